using System.Text.Json;
using Gantry.Engine.Transfers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>What became of each file: by pages, and whole as JSON lines. Of any execution that moves files, whatever its plan.</summary>
internal static class ManifestRoutes
{
    private const int LinesOfPart = 5_000;
    private static readonly string[] Outcomes = ["copied", "skipped", "deleted", "failed"];
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public static async Task<IResult> PageAsync(
        Caller caller, string id, HubDatabase database, string? result, string? q, string? step, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var filter = FilterOf(result, q, step);
        var place = ManifestPlace.Parse(after, "after");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var execution = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
        var (lines, end) = await ManifestStore.ReadAsync(session, execution.Id, filter, place, count, cancellationToken);
        return JsonAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var line in lines)
                Write(json, line);
            json.WriteEndArray();
            json.WriteString("next", end?.ToString());
            json.WriteEndObject();
        });
    }

    public static async Task DownloadAsync(HttpContext context, Caller caller, string id, HubDatabase database, string? result, string? q, string? step)
    {
        await foreach (var line in ReadAllAsync(context, caller, id, database, FilterOf(result, q, step), "application/x-ndjson", "jsonl"))
        {
            context.Response.BodyWriter.Write(line);
            context.Response.BodyWriter.Write(NewLine);
        }
    }

    public static async Task DownloadCsvAsync(HttpContext context, Caller caller, string id, HubDatabase database, string? result, string? q, string? step)
    {
        var isFirst = true;
        await foreach (var line in ReadAllAsync(context, caller, id, database, FilterOf(result, q, step), "text/csv", "csv"))
        {
            if (isFirst) context.Response.BodyWriter.Write(ManifestCsv.Head);
            isFirst = false;
            context.Response.BodyWriter.Write(ManifestCsv.Line(line));
        }

        if (isFirst) await context.Response.Body.WriteAsync(ManifestCsv.Head, context.RequestAborted);
    }

    public static string Json(ManifestLine line) => ExecutionJson.Write(json => Write(json, line));

    /// <summary>All lines of a file that is sent as they are read. No session stays open while a slow reader takes its time.</summary>
    private static async IAsyncEnumerable<ManifestLine> ReadAllAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, ManifestFilter filter, string mediaType, string extension)
    {
        Guid execution;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
            execution = (await ExecutionRoutes.FindAsync(session, id, context.RequestAborted)).Id;
        context.Response.ContentType = mediaType + "; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"manifest-{execution}.{extension}\"";
        ManifestPlace? place = ManifestPlace.Beginning;
        while (place is { } from)
        {
            IReadOnlyList<ManifestLine> lines;
            await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
                (lines, place) = await ManifestStore.ReadAsync(session, execution, filter, from, LinesOfPart, context.RequestAborted);
            foreach (var line in lines)
                yield return line;
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    private static void Write(this System.IO.Pipelines.PipeWriter writer, ManifestLine line)
    {
        using var json = new Utf8JsonWriter(writer);
        Write(json, line);
    }

    private static void Write(this System.IO.Pipelines.PipeWriter writer, byte[] bytes) => System.Buffers.BuffersExtensions.Write(writer, bytes);

    private static void Write(Utf8JsonWriter json, ManifestLine line)
    {
        json.WriteStartObject();
        ManifestJson.WriteMembers(json, line.File);
        json.WriteString("step", line.Step);
        json.WriteNumber("attempt", line.Attempt);
        json.WriteEndObject();
    }

    private static ManifestFilter FilterOf(string? result, string? q, string? step)
    {
        if (result is not null && !Outcomes.Contains(result))
            throw ProblemException.Invalid($"The parameter 'result' is one of {string.Join(", ", Outcomes)}.");
        if (q is { Length: 0 or > TransferGrams.QuestionMax })
            throw ProblemException.Invalid($"The parameter 'q' is a text of at most {TransferGrams.QuestionMax} characters.");
        if (step is { Length: 0 or > 200 } || step?.Contains('\0') == true)
            throw ProblemException.Invalid("The parameter 'step' is the path of a step, such as 0.");
        return new ManifestFilter { Outcome = result is null ? null : (FileOutcome)Array.IndexOf(Outcomes, result), Text = q, Step = step };
    }
}
