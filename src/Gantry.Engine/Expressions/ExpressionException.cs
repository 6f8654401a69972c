namespace Gantry.Engine.Expressions;

/// <summary>An expression that is malformed, or that cannot be evaluated. The message names the expression; <see cref="Offset"/> is where in its text it breaks.</summary>
public sealed class ExpressionException(string message, int offset = 0) : Exception(message)
{
    public int Offset { get; } = offset;

    /// <summary>It failed because something it refers to is not there.</summary>
    public bool IsMissing { get; init; }
}
