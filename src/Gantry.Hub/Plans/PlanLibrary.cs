using System.Collections.Concurrent;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Plans;

/// <summary>
/// Plans as they are run: read once, then kept at hand. A version never changes, so what is kept is never old.
/// </summary>
internal sealed class PlanLibrary(NpgsqlDataSource database, ProviderCatalog providers)
{
    /// <summary>How many plans are kept at hand, and how long a text may be that is kept.</summary>
    private const int PlansMax = 2_000;

    private const int TextCharactersMax = 64 * 1024;

    private const string SourceSql = "select source from execution_plan_versions where workspace_id = $1 and plan_id = $2 and version = $3";

    private readonly ConcurrentDictionary<(Guid WorkspaceId, Guid PlanId, int Version), Plan> versions = [];
    private readonly ConcurrentDictionary<string, Plan> texts = new(StringComparer.Ordinal);
    private IReadOnlyCollection<IProvider> checkedWith = providers.Own;

    /// <summary>The saved version, or the plan that was given as text.</summary>
    /// <exception cref="PlanUnreadableException">It cannot be run by this program.</exception>
    public async ValueTask<Plan> ReadAsync(
        Guid workspaceId, Guid? planId, int? version, string? text, CancellationToken cancellationToken)
    {
        if (planId is not { } id)
            return Readable(text ?? throw new PlanUnreadableException("The execution has neither a plan nor names one."));
        if (versions.TryGetValue((workspaceId, id, version!.Value), out var known))
            return known;
        await using var command = database.CreateCommand(SourceSql);
        command.Parameters.AddWithValue(workspaceId);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(version.Value);
        var source = (string?)await command.ExecuteScalarAsync(cancellationToken)
            ?? throw new PlanUnreadableException($"There is no version {version} of the plan {id} any more.");
        return Keep(versions, (workspaceId, id, version.Value), Readable(source));
    }

    /// <summary>A plan that somebody gives: all that is wrong with it, or the plan. The same text answers the same plan.</summary>
    public CheckedPlan Check(string text)
    {
        ForgetOfOthers();
        if (texts.TryGetValue(text, out var known))
            return new CheckedPlan(known, []);
        var document = PlanReader.Read(text);
        return Checked(text, document, PlanCheck.Check(document, providers));
    }

    /// <summary>The same for a plan that may be saved: it must not call itself by way of others. They stay as they are until the session ends.</summary>
    /// <param name="session">Whose plans it may call.</param>
    /// <param name="text">The plan.</param>
    /// <param name="name">What it is saved as when it says no name itself; null when that is not known.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<CheckedPlan> CheckAsync(HubSession session, string text, string? name, CancellationToken cancellationToken)
    {
        var document = PlanReader.Read(text);
        if (document.Calls.Count == 0)
            return Check(text);
        var called = await CalledPlans.LoadAsync(session, document.Calls, this, cancellationToken);
        return Checked(text, document, PlanCheck.Check(document, providers, called, name));
    }

    // With other providers added or removed, what was right may be wrong.
    private void ForgetOfOthers()
    {
        var own = providers.Own;
        if (!ReferenceEquals(Interlocked.Exchange(ref checkedWith, own), own))
            texts.Clear();
    }

    private CheckedPlan Checked(string text, PlanDocument document, IReadOnlyList<PlanFinding> findings)
    {
        if (findings.Count > 0)
            return new CheckedPlan(null, findings);
        var plan = document.Plan!;
        return new CheckedPlan(text.Length <= TextCharactersMax ? Keep(texts, text, plan) : plan, []);
    }

    // What was accepted once is run as long as it can be read: a provider that is gone fails its own step.
    private Plan Readable(string text)
    {
        if (texts.TryGetValue(text, out var known))
            return known;
        var document = PlanReader.Read(text);
        return document.Plan ?? throw new PlanUnreadableException($"The plan cannot be read by this program: {document.Findings[0]}");
    }

    private static Plan Keep<TKey>(ConcurrentDictionary<TKey, Plan> plans, TKey key, Plan plan)
        where TKey : notnull
    {
        // Whatever is still used comes back soon; which ones they are is not worth the bookkeeping.
        if (plans.Count >= PlansMax)
            plans.Clear();
        return plans.GetOrAdd(key, plan);
    }
}

/// <summary>A plan, or everything that is wrong with it.</summary>
internal sealed record CheckedPlan(Plan? Plan, IReadOnlyList<PlanFinding> Findings);

/// <summary>The plan's text cannot be read by this program; the message says why and where.</summary>
internal sealed class PlanUnreadableException(string message) : Exception(message);
