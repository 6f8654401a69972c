using System.Security.Cryptography;
using Gantry.Engine.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Keys;

namespace Gantry.Hub.Audit;

/// <summary>
/// Puts what was written to the audit log into its chain, in batches, about once a second: whoever makes a change waits for nobody. See
/// docs/decisions/0007-audit-chain.md.
/// </summary>
internal sealed partial class AuditSealer(HubDatabase database, HubKeys keys, AuditHeadFile file, TimeProvider clock, ILogger<AuditSealer> logger) : BackgroundService
{
    private const int Batch = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim sealing = new(1, 1);
    private ChainEnd? known;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        known = file.Read();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        sealing.Dispose();
        base.Dispose();
    }

    /// <summary>Seals everything that is committed, and answers where the chain ends then.</summary>
    public async Task<ChainEnd> SealAllAsync(CancellationToken cancellationToken)
    {
        while (await SealBatchAsync(waits: true, cancellationToken) == Batch)
        {
            // There may be more.
        }

        return known ?? ChainEnd.Beginning;
    }

    /// <summary>Whether the end that the database knows was signed by a hub of it.</summary>
    public async Task<bool> IsHeadSignedAsync(SignedEnd head, CancellationToken cancellationToken) =>
        head is { KeyId: { } key, Signature: { } signature }
        && await keys.IsSignedAsync(key, KeyPurpose.Audit, head.SignedBytes, signature, DSASignatureFormat.Rfc3279DerSequence, cancellationToken);

    /// <summary>The last entries are sealed before the hub ends; after a start that failed, or a kill, at the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SealOrLogAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SealOrLogAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task SealOrLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await SealBatchAsync(waits: false, cancellationToken) == Batch)
            {
                // There may be more.
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.NotSealed(logger, exception);
        }
    }

    /// <summary>How many entries were sealed.</summary>
    private async Task<int> SealBatchAsync(bool waits, CancellationToken cancellationToken)
    {
        await sealing.WaitAsync(cancellationToken);
        try
        {
            await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
            if (!await AuditStore.LockAsync(session, waits, cancellationToken)) return 0;
            var found = await AuditStore.UnsealedAsync(session, Batch, cancellationToken);
            if (found.Count == 0 && !waits) return 0;
            var head = await AuditStore.HeadAsync(session, cancellationToken);
            var end = await FindEndAsync(session, head, cancellationToken);
            var entries = Chain(found, end, Math.Max(end.Position, head.Last));
            if (entries.Count > 0)
            {
                await AuditStore.SealAsync(session, entries, cancellationToken);
                end = new ChainEnd(entries[^1].Position, entries[^1].Hash);
                head = new SignedEnd { Position = end.Position, Hash = end.Hash, KeyId = keys.Audit.Id };
                head = head with { Signature = keys.Audit.Sign(head.SignedBytes, DSASignatureFormat.Rfc3279DerSequence) };
                await AuditStore.MoveHeadAsync(session, head, cancellationToken);
            }

            await session.CommitAsync(cancellationToken);
            if (end.Position > (known?.Position ?? 0)) file.Write(end);
            known = end;
            return entries.Count;
        }
        finally
        {
            sealing.Release();
        }
    }

    /// <summary>
    /// Where to go on: behind what this hub knows, even if the database has lost it. The gap that stays then is what shows the loss, for ever.
    /// </summary>
    private async Task<ChainEnd> FindEndAsync(HubSession session, SignedEnd head, CancellationToken cancellationToken)
    {
        if (known is not null && known.Position >= head.End.Position) return known;
        if (head.Position is { } position && !await IsHeadSignedAsync(head, cancellationToken))
        {
            Log.NotSigned(logger, position);
            await AuditLog.AppendAsync(session, "audit.head_not_signed", null, new { position, known = known?.Position }, address: null, cancellationToken);
        }

        return head.End;
    }

    /// <param name="end">What the first entry follows.</param>
    /// <param name="taken">The last position that is taken: more than the end's when somebody put entries in, which is then seen for ever.</param>
    private static List<SealedEntry> Chain(IReadOnlyList<AuditEntry> entries, ChainEnd end, long taken)
    {
        List<SealedEntry> chain = new(entries.Count);
        foreach (var entry in entries)
        {
            chain.Add(SealedEntry.Seal(entry, taken + chain.Count + 1, chain.Count == 0 ? end.Hash : chain[^1].Hash));
        }

        return chain;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The audit log could not be sealed; it is tried again")]
        public static partial void NotSealed(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "The database says that the audit log ends at {Position}, and no hub signed that: somebody else changed it")]
        public static partial void NotSigned(ILogger logger, long position);
    }
}
