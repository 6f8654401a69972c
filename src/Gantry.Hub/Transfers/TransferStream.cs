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

        await EventStream.ServeAsync(context, lifetime, clock, (stream, cancellationToken) =>
            new Writer(database, clock, stream, caller, transfer, place, hasFiles).RunAsync(cancellationToken));
    }

    private sealed class Writer(HubDatabase database, TimeProvider clock, EventStream stream, Caller caller, Guid id, ManifestPlace place, bool hasFiles)
    {
        private readonly Dictionary<string, string> toldLinks = new(StringComparer.Ordinal);
        private ManifestPlace place = place;
        private string? toldState;

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
                    await stream.WriteAsync("transfer", toldState = state, null, cancellationToken);
                await stream.BeatAsync(cancellationToken);
                await stream.FlushAsync(cancellationToken);
                if (view.IsFinal || !stream.IsLive)
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
                    await stream.WriteAsync("file", ManifestRoutes.Json(line), place.ToString(), cancellationToken);
                }

                await stream.FlushAsync(cancellationToken);
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
                await stream.WriteAsync("progress", told, null, cancellationToken);
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
    }
}
