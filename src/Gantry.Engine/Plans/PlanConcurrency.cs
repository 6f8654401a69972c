using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What becomes of an execution that is started while as many as may already run.</summary>
public enum WhenFull
{
    /// <summary>It waits for its turn.</summary>
    Queue,

    /// <summary>It ends as cancelled, without having done anything.</summary>
    Skip,

    /// <summary>The oldest one is cancelled to make room.</summary>
    CancelOldest,
}

/// <summary>Of the executions of one plan that have the same key, at most so many run at once. One that waits counts as one that runs.</summary>
public sealed record PlanConcurrency
{
    /// <summary>A text that may refer to inputs, trigger, env and plan.name.</summary>
    public required JsonElement Key { get; init; }

    public int Limit { get; init; } = 1;

    public WhenFull WhenFull { get; init; } = WhenFull.Queue;

    /// <summary>The key of one execution, for which only the plan, the id, the inputs, the trigger and the environment of the run have to be there.</summary>
    /// <exception cref="ExpressionException">The key refers to what is not there; the message names it.</exception>
    public string KeyOf(PlanRun run)
    {
        var value = Template.Compile(Key, takesSecrets: false).Evaluate(new StartScope(run));
        return value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) ?? "" : value.GetRawText();
    }
}
