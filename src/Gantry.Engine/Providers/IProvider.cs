using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Providers;

/// <summary>Something that performs actions. It keeps nothing between calls; many calls run at once.</summary>
public interface IProvider
{
    /// <summary>Lower-case, [a-z0-9_-]: "http", "custom_api".</summary>
    string Id { get; }

    string Title { get; }

    /// <summary>One sentence: what it is for.</summary>
    string Help { get; }

    /// <summary>What it stands with in the catalogue: "Storage &amp; files".</summary>
    string Category => "Generic & protocol";

    IReadOnlyList<ProviderAction> Actions { get; }

    /// <summary>All about its actions is read when it is first asked for: whoever looks at every provider leaves it be.</summary>
    bool IsReadOnDemand => false;

    /// <summary>The ids of its actions, where they can be had without reading all about them.</summary>
    IReadOnlyList<string> ActionIds => [.. Actions.Select(action => action.Id)];

    /// <summary>For the id of an action that it has not, and that people look for here: a sentence on where it is to be had instead. Null for all others.</summary>
    string? WhereElse(string actionId) => null;

    /// <summary>
    /// Performs the action. A failure is a result, or an exception: the caller treats both alike. Cancellation comes through the token
    /// as <see cref="OperationCanceledException"/>.
    /// </summary>
    Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken);
}

/// <summary>One thing a provider can do.</summary>
public sealed record ProviderAction
{
    /// <summary>Lower-case, words joined by '_': "chat_completion".</summary>
    public required string Id { get; init; }

    /// <summary>One sentence in the imperative: "Copies files from one place to another."</summary>
    public required string Help { get; init; }

    public IReadOnlyList<Setting> Parameters { get; init; } = [];

    /// <summary>
    /// Doing it twice does no more than doing it once, so that an attempt cut off by a crash may simply be made again. Otherwise such an attempt is marked
    /// "may have run" and is left to a person, unless the step says that repeating is safe.
    /// </summary>
    public bool IsRepeatable { get; init; }

    /// <summary>
    /// For an action that is repeatable with some parameters only (an HTTP request that is a GET): decides by the resolved parameters.
    /// Null leaves it to <see cref="IsRepeatable"/>.
    /// </summary>
    public Func<JsonElement, bool>? IsRepeatableWith { get; init; }

    /// <summary>
    /// It has no effect outside the plan and ends at once, so that its start need not be on record before it runs (transformations).
    /// </summary>
    public bool IsPure { get; init; }

    /// <summary>It asks an AI, which is paid by what it is asked and answers: budgets hold for it.</summary>
    public bool AsksAi { get; init; }

    /// <summary>
    /// Of an action by which somebody is told something: what notifications put into its parameters when nothing else is said, with ${trigger.title}, ${trigger.text} or
    /// ${trigger} in it. Empty for all others.
    /// </summary>
    public IReadOnlyDictionary<string, string> Tells { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>One call of an action: resolved parameters, and what the provider may use.</summary>
public sealed record ProviderCall
{
    public required string Action { get; init; }

    /// <summary>An object. References are resolved, types checked, defaults filled in; secret parameters are still ${cred:NAME}.</summary>
    public required JsonElement Parameters { get; init; }

    public required ISecretResolver Secrets { get; init; }

    public required IEndpointOpener Endpoints { get; init; }

    /// <summary>The same for every attempt at this step of this execution (and item); sent where the target knows idempotency keys.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Where the provider tells how it goes.</summary>
    public required IStepLog Log { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// host:port pairs that may be reached although their address is private or this machine's own ("127.0.0.1:9000"); "*" is everything
    /// (the command line, where the user is the user).
    /// </summary>
    public IReadOnlyList<string> EgressAllowed { get; init; } = [];

    /// <summary>The absolute paths of the programs of this machine that may be run. None unless the administrator of the machine named some.</summary>
    public IReadOnlyList<string> ProgramsAllowed { get; init; } = [];

    /// <summary>The execution that it is part of.</summary>
    public Guid ExecutionId { get; init; }

    /// <summary>When the execution was accepted: the same for all its steps and attempts, by which a path with the day in it stays the same after midnight.</summary>
    public DateTimeOffset AcceptedAt { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Where the step stands in its plan, as its records name it.</summary>
    public string StepPath { get; init; } = "0";

    /// <summary>Counted from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Where the tokens of connections rest that a person agreed to.</summary>
    public IConnectionTokens Tokens { get; init; } = MemoryConnectionTokens.Shared;

    /// <summary>Where a transfer tells what becomes of each file; null when nobody keeps it.</summary>
    public IManifestStore? Manifests { get; init; }

    /// <summary>Where a file is left that nobody named a place for; null when nobody keeps it.</summary>
    public IStepFiles? Files { get; init; }

    /// <summary>An answer of another form than was asked for is asked for once more, and then a failure; false when whoever calls looks at that itself.</summary>
    public bool ChecksForm { get; init; } = true;

    /// <summary>What it holds of answers is taken from here before it is held; null when nobody counts.</summary>
    public MemoryShare? Memory { get; init; }
}

/// <summary>A step's own lines in the execution's log, and its progress.</summary>
public interface IStepLog
{
    /// <summary>Kept with the execution. Fields are a JSON object or null.</summary>
    void Write(StepLogLevel level, string message, JsonElement? fields = null);

    /// <summary>Shown live, never kept: a JSON object such as {"files_done": 3, "files_total": 20}.</summary>
    void Report(JsonElement progress);
}

public enum StepLogLevel
{
    Debug,
    Info,
    Warning,
    Error,
}
