using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>What an expression gives: a value, or why there is none ("there is no 'x' in input").</summary>
internal readonly record struct Answer(JsonElement Value, string? Missing)
{
    public static implicit operator Answer(JsonElement value) => new(value, null);

    public static implicit operator Answer(bool value) => new(value ? Scalars.True : Scalars.False, null);

    public static Answer None(string why) => new(default, why);
}

/// <summary>One node of a parsed expression. It is made once and evaluated often, by many threads.</summary>
internal abstract class Expression
{
    /// <summary>The nodes directly within, for checks.</summary>
    public virtual IEnumerable<Expression> Parts => [];

    public Answer Evaluate(Scope scope)
    {
        scope.Spend(1);
        return EvaluateSelf(scope);
    }

    protected abstract Answer EvaluateSelf(Scope scope);

    /// <summary>The value, or the failure that there is none.</summary>
    protected static JsonElement Need(Expression part, Scope scope)
    {
        var answer = part.Evaluate(scope);
        return answer.Missing is null ? answer.Value : throw new ExpressionException(answer.Missing) { IsMissing = true };
    }

    protected static bool NeedBoolean(Expression part, Scope scope, string operation) => Need(part, scope).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        var kind => throw new ExpressionException($"{operation} needs true or false, and got {Values.Describe(kind)}"),
    };
}

internal sealed class Literal(JsonElement value) : Expression
{
    /// <summary>A text written in an expression; null for other literals.</summary>
    public string? Text => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    protected override Answer EvaluateSelf(Scope scope) => value;
}

/// <summary>a ?? b: b where a is missing or null.</summary>
internal sealed class Coalesce(Expression first, Expression second) : Expression
{
    public override IEnumerable<Expression> Parts => [first, second];

    protected override Answer EvaluateSelf(Scope scope) =>
        first.Evaluate(scope) is { Missing: null, Value.ValueKind: not JsonValueKind.Null } answer ? answer : second.Evaluate(scope);
}

internal sealed class Not(Expression part) : Expression
{
    public override IEnumerable<Expression> Parts => [part];

    protected override Answer EvaluateSelf(Scope scope) => !NeedBoolean(part, scope, "'!'");
}

/// <summary>&amp;&amp; and ||: the right side is evaluated only when the left one leaves it open.</summary>
internal sealed class Logical(Expression left, Expression right, bool isAnd) : Expression
{
    public override IEnumerable<Expression> Parts => [left, right];

    protected override Answer EvaluateSelf(Scope scope)
    {
        var operation = isAnd ? "'&&'" : "'||'";
        return NeedBoolean(left, scope, operation) == isAnd ? NeedBoolean(right, scope, operation) : !isAnd;
    }
}

internal enum ComparisonKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal sealed class Comparison(Expression left, Expression right, ComparisonKind kind) : Expression
{
    public override IEnumerable<Expression> Parts => [left, right];

    protected override Answer EvaluateSelf(Scope scope)
    {
        var (one, other) = (Need(left, scope), Need(right, scope));
        scope.Spend(Values.SizeOf(one) / 16);
        return kind switch
        {
            ComparisonKind.Equal => Values.AreEqual(one, other),
            ComparisonKind.NotEqual => !Values.AreEqual(one, other),
            ComparisonKind.Less => Values.Compare(one, other) < 0,
            ComparisonKind.LessOrEqual => Values.Compare(one, other) <= 0,
            ComparisonKind.Greater => Values.Compare(one, other) > 0,
            _ => Values.Compare(one, other) >= 0,
        };
    }
}

/// <summary>A call of one of <see cref="Functions"/>.</summary>
internal sealed class Call(Function function, IReadOnlyList<Expression> arguments) : Expression
{
    public override IEnumerable<Expression> Parts => arguments;

    protected override Answer EvaluateSelf(Scope scope) => function.Evaluate(arguments, scope);
}
