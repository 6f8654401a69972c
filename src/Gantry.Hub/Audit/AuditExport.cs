using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Engine.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Keys;

namespace Gantry.Hub.Audit;

/// <summary>Writes the log as JSON lines that can be verified without this hub. What is held in memory does not grow with the log.</summary>
internal sealed class AuditExport(HubDatabase database, AuditSealer sealer, HubKeys keys, TimeProvider clock)
{
    private const int Batch = 1000;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="output">Where the lines go.</param>
    /// <param name="actor">Who sees what is written.</param>
    /// <param name="isWhole">Every entry of the hub; the actor must be an administrator.</param>
    public async Task WriteAsync(Stream output, Actor actor, bool isWhole, CancellationToken cancellationToken)
    {
        var end = await sealer.SealAllAsync(cancellationToken);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new ArrayBufferWriter<byte>();
        var (after, count, isMore) = (0L, 0L, true);
        while (isMore)
        {
            var entries = await ReadAsync(actor, isWhole, after, end.Position, cancellationToken);
            foreach (var entry in entries)
            {
                Write(buffer, entry.Write);
                digest.AppendData(entry.Hash);
            }

            await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
            count += entries.Count;
            isMore = entries.Count == Batch;
            after = isMore ? entries[^1].Position : after;
        }

        Write(buffer, Sign(end, count, digest.GetHashAndReset(), isWhole).Write);
        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
    }

    private async Task<IReadOnlyList<SealedEntry>> ReadAsync(Actor actor, bool isWhole, long after, long last, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        return isWhole
            ? [.. (await AuditStore.ChainAsync(session, after, (int)Math.Min(Batch, last - after), cancellationToken)).Where(entry => entry.Position <= last)]
            : await AuditStore.VisibleAsync(session, after, last, Batch, cancellationToken);
    }

    private AuditHead Sign(ChainEnd end, long count, byte[] digest, bool isWhole)
    {
        var head = new AuditHead
        {
            Position = end.Position,
            Hash = end.Hash,
            Entries = count,
            Digest = digest,
            IsWhole = isWhole,
            Time = clock.GetUtcNow(),
            PublicKey = keys.Audit.PublicKey,
        };
        return head with { Signature = keys.Audit.Sign(head.SignedBytes, DSASignatureFormat.Rfc3279DerSequence) };
    }

    private static void Write(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(buffer, Plain)) write(json);
        buffer.Write("\n"u8);
    }
}
