using System.Globalization;
using System.Text.Json;

namespace Gantry.Engine.Audit;

/// <summary>Verifies an exported log without any hub: every line against its hash and its neighbour, and the whole against the hub's signature.</summary>
public static class AuditFile
{
    private static readonly JsonDocumentOptions LineOptions = new() { MaxDepth = 64 };

    /// <param name="lines">The file's lines, in their order.</param>
    /// <param name="fingerprint">The key that must have signed it; null takes any, and it is the reader who compares <see cref="AuditFileVerdict.Fingerprint"/>.</param>
    public static async Task<AuditFileVerdict> VerifyAsync(IAsyncEnumerable<string> lines, string? fingerprint, CancellationToken cancellationToken)
    {
        // Whether entries of others are left out is said at the end only.
        using AuditChain whole = new(), part = new(isWhole: false);
        var number = 0L;
        AuditHead? head = null;
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                number++;
                if (line.Length == 0)
                {
                    continue;
                }

                if (head is not null)
                {
                    return Bad(number, part, "There is something behind the head, which was not signed.");
                }

                var value = Parse(line);
                if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("head", out _))
                {
                    head = AuditHead.Read(value);
                    continue;
                }

                var entry = SealedEntry.Read(value);
                whole.Add(entry);
                part.Add(entry);
            }
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException)
        {
            return Bad(number, part, $"It is no line of an audit log: {wrong.Message}.");
        }

        return head is null
            ? new AuditFileVerdict(part.Count, null, IsWhole: false, part.Fault?.Position ?? part.Position + 1,
                part.Fault?.Message ?? "The file has no head: its end was cut off, or it was not written to the end.")
            : Judge(head, head.IsWhole ? whole : part, fingerprint);
    }

    private static AuditFileVerdict Judge(AuditHead head, AuditChain chain, string? fingerprint)
    {
        var (position, problem) = (chain.Fault?.Position ?? chain.Position, chain.Fault?.Message);
        if (problem is null && !head.IsSigned())
        {
            (position, problem) = (head.Position, "The signature of the head is not valid: the head was changed.");
        }
        else if (problem is null && fingerprint is not null && fingerprint != head.Fingerprint)
        {
            problem = $"The file is signed by the key {head.Fingerprint}, and not by {fingerprint}.";
        }
        else if (problem is null && !chain.EndAt(head.Position, head.Hash))
        {
            (position, problem) = (chain.Fault!.Position, chain.Fault.Message);
        }
        else if (problem is null && (chain.Count != head.Entries || !chain.Digest.AsSpan().SequenceEqual(head.Digest)))
        {
            problem = string.Create(CultureInfo.InvariantCulture,
                $"The file holds {chain.Count} entries, and the hub signed {head.Entries} others: entries were taken out or put in.");
        }

        return new AuditFileVerdict(chain.Count, head.Fingerprint, head.IsWhole, problem is null ? null : position, problem);
    }

    private static JsonElement Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line, LineOptions);
        }
        catch (JsonException broken)
        {
            throw new FormatException("it is no JSON", broken);
        }
    }

    private static AuditFileVerdict Bad(long line, AuditChain chain, string problem) =>
        new(chain.Count, null, IsWhole: false, chain.Fault?.Position ?? chain.Position + 1,
            chain.Fault?.Message ?? string.Create(CultureInfo.InvariantCulture, $"Line {line}: {problem}"));
}

/// <summary>What there is to say about an exported log.</summary>
/// <param name="Entries">How many were looked at.</param>
/// <param name="Fingerprint">Of the key that signed it; null when it did not come that far.</param>
/// <param name="IsWhole">It is the hub's whole log.</param>
/// <param name="Position">Of the first entry that is wrong; null when all is well.</param>
/// <param name="Problem">A sentence; null when all is well.</param>
public sealed record AuditFileVerdict(long Entries, string? Fingerprint, bool IsWhole, long? Position, string? Problem)
{
    public bool IsGood => Problem is null;
}
