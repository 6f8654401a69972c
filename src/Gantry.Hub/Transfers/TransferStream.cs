using System.Text;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>
/// What happens to a transfer, as server-sent events: its state, how each link stands, and each file's end. It reads what is kept, so that it says the same on every
/// hub, and goes on behind <c>Last-Event-ID</c>, which is a place in the manifest.
/// </summary>
internal sealed class TransferStream(HubDatabase database, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int LinesOfPart = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task ServeAsync(HttpContext context, Caller caller, string id)
    {
        var place = ManifestPlace.Parse(context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } seen, ..] ? seen : context.Request.Query["after"], "Last-Event-ID");
        var hasFiles = context.Request.Query["files"] is not [{ } files, ..] || files switch
        {
            "all" => true,
            "none" => false,
            _ => throw ProblemException.Invalid("The parameter 'files' is \"all\" or \"none\"."),
        };
        Guid transfer;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
            transfer = (await TransferRoutes.FindAsync(session, id, context.RequestAborted)).Id;

        // A hub that stops ends its streams: a client that resumes misses nothing.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(stop.Token);
        try
        {
            await new Writer(database, clock, context.Response, caller, transfer, place, hasFiles).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client went away, or the hub stops: either way the stream is over.
        }
    }

    private sealed class Writer(HubDatabase database, TimeProvider clock, HttpResponse response, Caller caller, Guid id, ManifestPlace place, bool hasFiles)
    {
        private readonly Dictionary<string, string> toldLinks = new(StringComparer.Ordinal);
        private ManifestPlace place = place;
        private string? toldState;
        private DateTimeOffset wroteAt = clock.GetUtcNow();

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                // The state is read before the files: when it is final, all files are there.
                TransferView view;
                await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
                    view = await TransferRoutes.FindAsync(session, id.ToString(), cancellationToken);
                await FilesAsync(cancellationToken);
                await LinksAsync(view, cancellationToken);
                var state = State(view);
                if (state != toldState)
                    await WriteAsync("transfer", toldState = state, null, cancellationToken);
                await BeatAsync(cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                if (view.IsFinal)
                    return;
                await Task.Delay(Interval, clock, cancellationToken);
            }
        }

        private async Task FilesAsync(CancellationToken cancellationToken)
        {
            while (hasFiles)
            {
                IReadOnlyList<ManifestLine> lines;
                ManifestPlace? end;
                await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
                    (lines, end) = await ManifestStore.ReadAsync(session, id, new ManifestFilter(), place, LinesOfPart, cancellationToken);
                foreach (var line in lines)
                {
                    place = new ManifestPlace(line.Chunk, line.Index);
                    await WriteAsync("file", ManifestRoutes.Json(line), place.ToString(), cancellationToken);
                }

                await response.Body.FlushAsync(cancellationToken);
                if (end is null)
                    return;
            }
        }

        private async Task LinksAsync(TransferView view, CancellationToken cancellationToken)
        {
            foreach (var (step, stand) in view.Links())
            {
                var told = ExecutionJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("step", step);
                    stand.Write(json, isRunning: !view.IsFinal);
                    json.WriteEndObject();
                });
                if (toldLinks.GetValueOrDefault(step) == told)
                    continue;
                toldLinks[step] = told;
                await WriteAsync("progress", told, null, cancellationToken);
            }
        }

        private static string State(TransferView view) => ExecutionJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", view.Id);
            json.WriteString("status", view.Status);
            EventJson.WriteText(json, "waiting_for", view.WaitingFor);
            if (view.EndedAt is { } endedAt)
                json.WriteString("ended_at", endedAt.UtcDateTime);
            EventJson.WriteRaw(json, "error", view.Error);
            json.WriteEndObject();
        });

        private async Task WriteAsync(string type, string data, string? eventId, CancellationToken cancellationToken)
        {
            var text = new StringBuilder();
            if (eventId is not null)
                text.Append("id: ").Append(eventId).Append('\n');

            // In JSON a line break is only ever between things.
            text.Append("event: ").Append(type).Append("\ndata: ").Append(data.Replace('\n', ' ').Replace('\r', ' ')).Append("\n\n");
            await response.WriteAsync(text.ToString(), cancellationToken);
            wroteAt = clock.GetUtcNow();
        }

        private async Task BeatAsync(CancellationToken cancellationToken)
        {
            if (clock.GetUtcNow() - wroteAt < Heartbeat)
                return;
            await response.WriteAsync(": still here\n\n", cancellationToken);
            wroteAt = clock.GetUtcNow();
        }
    }
}
