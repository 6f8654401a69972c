using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.Engine.Transfers;

/// <summary>Results and progress as JSON, the same on the command line, in plans and in the API.</summary>
public static class TransferReport
{
    // Reasons are sentences with names in quotes; nobody pastes them into HTML unescaped.
    private static readonly JsonWriterOptions writerOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement ToJson(TransferResult result) => Write(json =>
    {
        json.WriteString("status", result.IsSuccess ? "succeeded" : "failed");
        WriteCounts(json, result);
        json.WriteNumber("duration_seconds", Math.Round(result.Duration.TotalSeconds, 3));
        json.WriteStartArray("failures");
        foreach (var failure in result.Failures)
        {
            json.WriteStartObject();
            json.WriteString("path", failure.Path);
            json.WriteString("reason", failure.Reason);
            json.WriteBoolean("transient", failure.IsTransient);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in result.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        if (result.EndedBy is { } end)
        {
            json.WriteStartObject("error");
            json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(end.Error.ToString()));
            json.WriteString("message", end.Message);
            json.WriteBoolean("transient", end.IsTransient);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error");
        }
    });

    public static JsonElement ToJson(TransferProgress progress) => Write(json =>
    {
        json.WriteNumber("files_done", progress.FilesDone);
        json.WriteNumber("files_total", progress.FilesTotal);
        json.WriteNumber("bytes_done", progress.BytesDone);
        json.WriteNumber("bytes_total", progress.BytesTotal);
        json.WriteBoolean("total_is_final", progress.IsWalkDone);
        json.WriteNumber("copied", progress.Copied);
        json.WriteNumber("bytes", progress.Bytes);
        json.WriteNumber("skipped", progress.Skipped);
        json.WriteNumber("deleted", progress.Deleted);
        json.WriteNumber("failed", progress.Failed);
        json.WriteNumber("bytes_per_second", Math.Round(progress.BytesPerSecond));
        json.WriteNumber("elapsed_seconds", Math.Round(progress.Elapsed.TotalSeconds, 3));
        json.WriteStartArray("current_files");
        foreach (var file in progress.CurrentFiles)
        {
            json.WriteStringValue(Endpoints.EndpointPath.AsText(file));
        }

        json.WriteEndArray();
    });

    /// <summary>The result of a transfer that ended before it could begin.</summary>
    public static TransferResult NotBegun(Endpoints.EndpointException exception) =>
        new TransferTally(TimeProvider.System, failuresListed: 0).Result(new TransferEnd(exception.Error, exception.Message, exception.IsTransient));

    /// <summary>The result of a transfer that had nothing to do.</summary>
    public static TransferResult Nothing { get; } = new TransferTally(TimeProvider.System, failuresListed: 0).Result(endedBy: null) with { Duration = TimeSpan.Zero };

    private static void WriteCounts(Utf8JsonWriter json, TransferResult result)
    {
        json.WriteNumber("copied", result.Copied);
        json.WriteNumber("skipped", result.Skipped);
        json.WriteNumber("deleted", result.Deleted);
        json.WriteNumber("failed", result.Failed);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteNumber("bytes_resumed", result.BytesResumed);
        json.WriteNumber("folders", result.Folders);
    }

    private static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, writerOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
