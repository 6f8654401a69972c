using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.Engine.Transfers;

/// <summary>
/// A manifest in a file: a line of JSON for each file as it ends, and a last line {"complete":…} with the counts. It grows under the name FILE.part and
/// gets its own at the end, however the transfer ended; one without its last line is of a program that was killed.
/// </summary>
public sealed class ManifestFile : ITransferManifest, IAsyncDisposable
{
    private const int FlushBytes = 64 * 1024;
    private static readonly JsonWriterOptions writerOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);
    private readonly string path;
    private readonly FileStream stream;

    private ManifestFile(string path, FileStream stream)
    {
        this.path = path;
        this.stream = stream;
    }

    /// <summary>Why lines are missing in it, when the disk took no more; null otherwise.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>What stood at the path stands there until the end. A path that cannot be written fails as files do.</summary>
    public static ManifestFile Create(string path) =>
        new(path, new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));

    public void Add(in ManifestEntry entry)
    {
        lock (gate)
        {
            using (var json = new Utf8JsonWriter(buffer, writerOptions))
            {
                ManifestJson.Write(json, entry);
            }

            buffer.Write("\n"u8);
            if (buffer.WrittenCount >= FlushBytes)
            {
                Flush();
            }
        }
    }

    /// <summary>The last line, and the file's own name.</summary>
    /// <param name="result">How the transfer ended; null when it was cancelled.</param>
    /// <param name="progress">What it did so far, when it was cancelled.</param>
    public void Complete(TransferResult? result, TransferProgress progress)
    {
        lock (gate)
        {
            using (var json = new Utf8JsonWriter(buffer, writerOptions))
            {
                json.WriteStartObject();
                json.WriteBoolean("complete", result is { EndedBy: null } && Failure is null);
                json.WriteString("status", result is null ? "cancelled" : result.IsSuccess ? "succeeded" : "failed");
                json.WriteNumber("copied", result?.Copied ?? progress.Copied);
                json.WriteNumber("skipped", result?.Skipped ?? progress.Skipped);
                json.WriteNumber("deleted", result?.Deleted ?? progress.Deleted);
                json.WriteNumber("failed", result?.Failed ?? progress.Failed);
                if (result?.EndedBy is { } end)
                {
                    json.WriteString("reason", end.Message);
                }

                json.WriteEndObject();
            }

            buffer.Write("\n"u8);
            Flush();
            try
            {
                stream.Flush(flushToDisk: true);
                stream.Dispose();
                File.Move(path + ".part", path, overwrite: true);
            }
            catch (IOException exception)
            {
                Failure ??= exception;
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Flush()
    {
        try
        {
            stream.Write(buffer.WrittenSpan);
        }
        catch (IOException exception)
        {
            Failure ??= exception;
        }

        buffer.ResetWrittenCount();
    }
}
