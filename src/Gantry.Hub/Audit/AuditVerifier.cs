using Gantry.Engine.Audit;
using Gantry.Hub.Database;

namespace Gantry.Hub.Audit;

/// <summary>Walks the whole log and says what is wrong first.</summary>
internal sealed class AuditVerifier(HubDatabase database, AuditSealer sealer)
{
    private const int Batch = 2000;

    /// <param name="administrator">As whom the log is read.</param>
    /// <param name="from">The first position to look at: behind a loss that is known.</param>
    public async Task<AuditVerdict> VerifyAsync(Actor administrator, long from, CancellationToken cancellationToken)
    {
        var started = await sealer.SealAllAsync(cancellationToken);
        var end = started;
        using var chain = new AuditChain(from - 1);
        for (var isMore = true; isMore;)
        {
            await using var session = await database.OpenAsync(administrator, cancellationToken);
            var entries = await AuditStore.ChainAsync(session, chain.Position, Batch, cancellationToken);
            isMore = entries.All(chain.Add) && entries.Count == Batch && chain.Position < end.Position;
        }

        // Another hub may have sealed more meanwhile; what nobody sealed is behind that end, too.
        if (chain.Position > end.Position) end = await sealer.SealAllAsync(cancellationToken);
        if (chain.Position >= end.Position || chain.Position < started.Position) chain.EndAt(end.Position, end.Hash);
        var problem = chain.Fault is { } fault ? new AuditProblem(fault.Position, fault.Message) : await HeadProblemAsync(chain, cancellationToken);
        return new AuditVerdict(problem is null, chain.Count, end.Position, Convert.ToHexStringLower(end.Hash), problem);
    }

    private async Task<AuditProblem?> HeadProblemAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        var head = await AuditStore.HeadAsync(session, cancellationToken);
        if (head.Position is null)
        {
            return chain.Position == 0 ? null
                : new AuditProblem(chain.Position, "The database does not know any more where the log ends: its head was taken away.");
        }

        return await sealer.IsHeadSignedAsync(head, cancellationToken) ? null
            : new AuditProblem(head.Position.Value, $"No hub signed that the log ends at entry {head.Position}: its head was changed.");
    }
}

/// <param name="Ok">Nothing is wrong.</param>
/// <param name="Entries">How many entries were looked at and are good.</param>
/// <param name="Position">Where the log ends.</param>
/// <param name="Hash">Of the last entry. Kept elsewhere, it proves later what was there today.</param>
/// <param name="Problem">What is wrong first; null when nothing is.</param>
internal sealed record AuditVerdict(bool Ok, long Entries, long Position, string Hash, AuditProblem? Problem);

/// <param name="Position">Of the first entry that is not as it should be.</param>
internal sealed record AuditProblem(long Position, string Message);
