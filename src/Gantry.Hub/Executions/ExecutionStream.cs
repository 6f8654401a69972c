using System.Globalization;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>
/// What happens to an execution, as server-sent events: all that is kept from the beginning, or behind <c>Last-Event-ID</c>, then live, to the
/// end. A progress event has no id: it is not kept.
/// </summary>
internal sealed class ExecutionStream(HubDatabase database, ExecutionEvents events, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task ServeAsync(HttpContext context, Caller caller, string id)
    {
        var seen = SeenFrom(context.Request);
        ExecutionView execution;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
        {
            execution = await ExecutionRoutes.FindAsync(session, id, context.RequestAborted);
            if (seen == 0 && TailFrom(context.Request) is { } tail)
                seen = Math.Max(0, await ExecutionStore.LastLineAsync(session, execution, context.RequestAborted) - tail);
        }

        await EventStream.ServeAsync(context, lifetime, clock, (stream, cancellationToken) =>
            new EventWriter(database, events, clock, stream, caller, execution.Id, seen).RunAsync(cancellationToken));
    }

    /// <summary>Null when all is wanted.</summary>
    private static int? TailFrom(HttpRequest request)
    {
        if (request.Query["tail"] is not [{ Length: > 0 } text, ..])
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tail) ? tail
            : throw ProblemException.Invalid("The parameter 'tail' is how many of the last events are wanted, a number.");
    }

    private static int SeenFrom(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"] is [{ Length: > 0 } header, ..] ? header : request.Query["after"] is [{ Length: > 0 } query, ..] ? query : "0";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen
            : throw ProblemException.Invalid("The header 'Last-Event-ID' is the id of the last event that was seen, a number.");
    }
}
