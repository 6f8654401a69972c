using System.Globalization;
using System.Security.Cryptography;

namespace Gantry.Engine.Audit;

/// <summary>
/// Walks a chain of sealed entries in order and stops at the first that does not fit: one that was changed, is missing, stands elsewhere, or was put in between.
/// </summary>
/// <param name="after">The position that the walk begins behind; 0 is the beginning.</param>
/// <param name="isWhole">Every entry is given. Else some belong to others and are left out, and only neighbours can be held against each other.</param>
public sealed class AuditChain(long after = 0, bool isWhole = true) : IDisposable
{
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Of the last entry that fits.</summary>
    public long Position { get; private set; } = after;

    /// <summary>Of the last entry that fits; null when none was given yet and the walk did not begin at the beginning.</summary>
    public byte[]? Hash { get; private set; } = after == 0 ? AuditEntry.Beginning : null;

    public long Count { get; private set; }

    /// <summary>What is wrong first; null as long as everything fits.</summary>
    public AuditFault? Fault { get; private set; }

    /// <summary>Over the hashes of the entries given so far.</summary>
    public byte[] Digest => digest.GetCurrentHash();

    public void Dispose() => digest.Dispose();

    /// <summary>False when this entry, or one before it, does not fit.</summary>
    public bool Add(SealedEntry next)
    {
        Fault ??= FaultOf(next);
        if (Fault is not null)
        {
            return false;
        }

        (Position, Hash) = (next.Position, next.Hash);
        Count++;
        digest.AppendData(next.Hash);
        return true;
    }

    /// <summary>Holds the end against the head that was signed. False when there are fewer entries, or more, or another one stands there.</summary>
    public bool EndAt(long position, ReadOnlySpan<byte> hash)
    {
        if (Fault is null && Position > position)
        {
            Fault = new AuditFault(position + 1, $"Entry {position + 1} stands behind the end that was signed.");
        }

        if (Fault is null && Position < position && isWhole)
        {
            Fault = new AuditFault(Position + 1, Position + 1 == position
                ? $"Entry {position} is missing at the end: the log was cut off."
                : $"The entries {Position + 1} to {position} are missing at the end: the log was cut off.");
        }
        else if (Fault is null && Position == position && Hash is not null && !hash.SequenceEqual(Hash))
        {
            Fault = new AuditFault(position, $"Entry {position} is not the one that was signed: the log was written anew up to it.");
        }

        return Fault is null;
    }

    private AuditFault? FaultOf(SealedEntry next)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{next.Position} ({next.Entry.Action}, id {next.Entry.Id})");
        if (next.Position <= Position)
        {
            return new AuditFault(Position + 1, $"Entry {name} stands behind entry {Position}: entries were put in or swapped.");
        }

        var isNext = next.Position == Position + 1;
        if (!isNext && isWhole)
        {
            return new AuditFault(Position + 1, next.Position == Position + 2
                ? $"Entry {Position + 1} is missing." : $"The entries {Position + 1} to {next.Position - 1} are missing.");
        }

        if (!next.IsGenuine)
        {
            return new AuditFault(next.Position, $"Entry {name} is not what was sealed: it was changed, or put in the place of another.");
        }

        return isNext && Hash is not null && !next.Previous.AsSpan().SequenceEqual(Hash)
            ? new AuditFault(next.Position, $"Entry {name} does not follow the entry before it: one of the two was changed and sealed anew.") : null;
    }
}

/// <summary>The first thing that is wrong with a chain.</summary>
/// <param name="Position">Of the entry that should be there.</param>
/// <param name="Message">A sentence.</param>
public sealed record AuditFault(long Position, string Message);
