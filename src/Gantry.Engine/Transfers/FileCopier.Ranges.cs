using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Large files in ranges, and what is left of earlier attempts at them.</summary>
internal sealed partial class FileCopier
{
    private const int RangesMax = 32;
    private const long RangesHeldBytesMax = 64 * 1024 * 1024;

    // A live writer of any kind writes more often than this.
    private static readonly TimeSpan quietFor = TimeSpan.FromMinutes(5);

    private readonly FlightGate rangesRoom = new(() => RangesMax, RangesHeldBytesMax);

    /// <summary>Null when the file goes in one piece.</summary>
    private IWritesRanges? RangesFor(FileJob job) =>
        run.Target.Endpoint is IWritesRanges ranges && job.Entry.Size >= ranges.RangedFromBytes ? ranges : null;

    private async ValueTask<(Entry Entry, string? Hash)> WriteRangesAsync(
        FileJob job, IWritesRanges target, string path, WriteOptions options, IncrementalHash? hash)
    {
        // A source that cannot hash by itself is read once, from its beginning to its end, rather than in parts and then again.
        var streamed = hash is not null && job.Source.Endpoint is IHashes hashes && hashes.HashNames.Contains(HashName(job)) ? null : hash;
        _ = streamed?.GetHashAndReset();
        await LearnBeforeCopyAsync(job);
        options = Completed(options, job);
        await using var write = await BeginAsync(job, target, path, options);
        using var copy = new RangedCopy(run, job, rangesRoom);
        return (await copy.WriteAsync(write, options, streamed), copy.SourceHash);
    }

    /// <summary>On top of the first thing left that is of use.</summary>
    private async ValueTask<IRangedWrite> BeginAsync(FileJob job, IWritesRanges target, string path, WriteOptions options)
    {
        foreach (var leftover in Usable(job))
        {
            if (leftover.Writer == LeftoverWriter.Another && !await IsDeadAsync(job, leftover))
            {
                continue;
            }

            var write = await target.BeginRangesAsync(path, options with { EarlierPartialName = leftover.Name }, run.Token);
            job.Leftovers = [.. job.Leftovers.Where(other => other.Name != leftover.Name)];
            if (write.Has(0))
            {
                var standing = RangedCopy.StandingBytes(write, job.Entry.Size);
                job.ResumedBytes = leftover.Writer == LeftoverWriter.ThisAttempt ? Math.Min(job.ResumedBytes, standing) : standing;
                return write;
            }

            await using (write)
            {
                await write.AbandonAsync();
            }
        }

        job.ResumedBytes = 0;
        return await target.BeginRangesAsync(path, options, run.Token);
    }

    /// <summary>The name of the first thing left that may be gone on with; null when there is none.</summary>
    private async ValueTask<string?> FindUsableAsync(FileJob job)
    {
        foreach (var leftover in Usable(job))
        {
            if (leftover.Writer != LeftoverWriter.Another || await IsDeadAsync(job, leftover))
            {
                return leftover.Name;
            }
        }

        return null;
    }

    /// <summary>
    /// What is left of this very version, the best first. Where the source tells no time, nobody can know that the version is the same.
    /// </summary>
    private static IEnumerable<Leftover> Usable(FileJob job) => job.Leftovers.Count == 0 || VersionTimeOf(job.Entry) is not { } time
        ? []
        : job.Leftovers
            .Where(leftover => PartialName.IsOf(leftover.Name, job.Entry.Name, job.Entry.Size, time))
            .Reverse()
            .OrderByDescending(leftover => leftover.Writer)
            .ThenByDescending(leftover => leftover.Size)
            .ToList();

    /// <summary>
    /// Whether nobody writes it: it was quiet for a while, and still is as it was listed. If it is alive all the same, its writer finds it gone and
    /// begins anew.
    /// </summary>
    private async ValueTask<bool> IsDeadAsync(FileJob job, Leftover leftover)
    {
        if (leftover.ModifiedAt is not { } time || run.Clock.GetUtcNow() - time < quietFor)
        {
            return false;
        }

        var now = await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(job.TargetFolder.TargetPathOf(leftover.Name), cancellationToken));
        return now is not null && now.Size == leftover.Size && VersionTimeOf(now) == leftover.ModifiedAt;
    }

    /// <summary>What tells one version of a file from the next of the same size; null when the source does not say.</summary>
    public static DateTimeOffset? VersionTimeOf(Entry entry) => entry.ModifiedAt ?? entry.StoredAt;
}
