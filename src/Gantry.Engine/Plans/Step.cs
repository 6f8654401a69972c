using System.Text.Json;

namespace Gantry.Engine.Plans;

/// <summary>What a plan does at one place. Each kind of step is a record of its own.</summary>
public abstract record Step
{
    /// <summary>Null when the plan gave none; no other step that can be seen from it has the same.</summary>
    public string? Id { get; init; }

    /// <summary>What it performs, for records and messages: "provider.action"; control steps: "if", "each", …</summary>
    public abstract string Use { get; }

    /// <summary>
    /// The ids of the steps of the same list that end before it begins. A list in which any step says so is a graph: what can run at once does, and a step that needs nothing
    /// begins at once. Null when the step says nothing.
    /// </summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>Of an action, how long one attempt may take; of a control step, how long it may take in all, from its first beginning. Null means as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When it fails, what comes after it runs all the same; the list that it stands in fails at its end.</summary>
    public bool KeepsGoing { get; init; }

    /// <summary>The lists of steps directly within, in the order of the document.</summary>
    internal virtual IEnumerable<IReadOnlyList<Step>> Lists => [];
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

    /// <summary>The author says that doing it twice does no harm, whatever the action says of itself.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The agent that is to do it; null means here.</summary>
    public string? Agent { get; init; }

    public override string Use => $"{Provider}.{Action}";
}
