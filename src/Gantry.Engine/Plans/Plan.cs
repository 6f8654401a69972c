using System.Text.Json;
using Gantry.Engine.Plans.Triggers;
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

    /// <summary>What starts it by itself, once it is saved on a hub: its 'on' block.</summary>
    public IReadOnlyList<Trigger> Triggers { get; init; } = [];

    /// <summary>They run in this order, or, when one of them says what it needs, as a graph (see <see cref="Step.Needs"/>).</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>What is done when the execution failed, before it ends; empty when nothing is. Not when it was cancelled.</summary>
    public IReadOnlyList<Step> OnFailure { get; init; } = [];

    /// <summary>Who is told of its ends, once it is saved on a hub; null leaves it to the workspace, empty tells nobody.</summary>
    public IReadOnlyList<NotifyRule>? Notify { get; init; }

    /// <summary>How long an execution may take from its beginning, its waits included; null means as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How much of AIs an execution may use; null means as much as the workspace lets it.</summary>
    public PlanBudget? Budget { get; init; }

    /// <summary>How many executions may run at once; null means any number.</summary>
    public PlanConcurrency? Concurrency { get; init; }

    /// <summary>What its steps call, at any depth, each once: plans as the steps name them.</summary>
    public IReadOnlyList<string> Calls() => [.. CalledBy(Steps).Concat(CalledBy(OnFailure)).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> CalledBy(IEnumerable<Step> steps) =>
        steps.SelectMany(step => step is CallStep call ? [call.Plan] : step.Lists.SelectMany(CalledBy));
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
