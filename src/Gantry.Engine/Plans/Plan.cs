using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>A named list of steps with inputs, as PlanReader reads it from YAML or JSON.</summary>
public sealed record Plan
{
    /// <summary>Null for a plan that is run without being saved.</summary>
    public string? Name { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }
}

/// <summary>One action of one provider with its parameters.</summary>
public sealed record Step
{
    /// <summary>Null when the plan gave none.</summary>
    public string? Id { get; init; }

    public required string Provider { get; init; }

    public required string Action { get; init; }

    /// <summary>An object whose strings may hold references.</summary>
    public required JsonElement Parameters { get; init; }
}
