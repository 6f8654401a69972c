namespace Gantry.Engine.Plans.Expressions;

/// <summary>An expression that is malformed, or that cannot be evaluated. The message names the expression; <see cref="Offset"/> is where in its text it breaks.</summary>
public sealed class ExpressionException(string message, int offset = 0) : Exception(message)
{
    public int Offset { get; } = offset;
}
