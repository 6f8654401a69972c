using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>A named list of steps with inputs, as PlanReader reads it from YAML or JSON.</summary>
public sealed record Plan
{
    /// <summary>Null for a plan that is run without being saved.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>In the order of the plan; what is not declared here is refused when an execution is started.</summary>
    public IReadOnlyList<PlanInput> Inputs { get; init; } = [];

    /// <summary>They run in this order.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }
}

/// <summary>One value that whoever starts the plan gives.</summary>
public sealed record PlanInput
{
    public required string Name { get; init; }

    public SettingType Type { get; init; } = SettingType.Any;

    /// <summary>Whether a start without it is refused.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The value used when none is given; null means that the input is then null.</summary>
    public JsonElement? Default { get; init; }

    public string? Description { get; init; }
}

/// <summary>What a plan does at one place. Each kind of step is a record of its own.</summary>
public abstract record Step
{
    /// <summary>Null when the plan gave none; unique in the plan.</summary>
    public string? Id { get; init; }

    /// <summary>What it performs, for records and messages: "provider.action"; control steps: "if", "each", …</summary>
    public abstract string Use { get; }
}

/// <summary>One action of one provider with its parameters.</summary>
public sealed record ActionStep : Step
{
    public required string Provider { get; init; }

    public required string Action { get; init; }

    /// <summary>An object whose strings may hold references.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>Null leaves it to the action: <see cref="RetryPolicy.Default"/> where repeating is safe, one attempt otherwise.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>How long one attempt may take; null means as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The author says that doing it twice does no harm, whatever the action says of itself.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>When it fails, the steps after it run all the same; the execution fails at its end.</summary>
    public bool KeepsGoing { get; init; }

    public override string Use => $"{Provider}.{Action}";
}
