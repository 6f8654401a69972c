namespace Gantry.Hub.Executions.Journal;

/// <summary>What an execution moves, by which it is found: accepted with it, and never changed.</summary>
internal sealed record TransferRecord
{
    /// <summary>The template's, or what whoever started it called it; null when it has none.</summary>
    public string? Name { get; init; }

    /// <summary>"copy", "sync" or "move".</summary>
    public required string Mode { get; init; }

    /// <summary>JSON: what was asked for.</summary>
    public required string Request { get; init; }

    public Guid? TemplateId { get; init; }

    /// <summary>The transfer whose failures it takes up.</summary>
    public Guid? RetryOf { get; init; }

    /// <summary>In lower case.</summary>
    public required string SearchText { get; init; }

    /// <summary>The saved endpoints that it names, each once.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }
}
