using System.Globalization;
using System.Text.Json;
using Gantry.Hub.Web;

namespace Gantry.Hub.Operations;

/// <summary>The log of the hub that answers, for administrators: by pages, searched, and followed live.</summary>
internal static class SystemLogRoutes
{
    private const int TailDefault = 500;
    private const int TailMax = 20_000;
    private const int TextMax = 200;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void MapSystemLog(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/system-logs");
        group.MapGet("", List).Allow(Access.Administrator)
            .WithSummary("Lists the newest lines of this hub's own log, the newest first: by component, least level and text (q). Older ones are in its files.");
        group.MapGet("/events", FollowAsync).Allow(Access.Administrator)
            .WithSummary("Streams this hub's own log as server-sent events 'log', the newest lines first of all, then what comes: by component, least level and text (q).")
            .WithQuery("tail", $"With how many of the lines that are there it begins; {TailDefault} if not given, at most {TailMax}.").StreamsEvents();
    }

    private static SystemLogPage List(SystemLog log, string? component, string? level, string? q, string? limit, string? after)
    {
        var count = PageQuery.Limit(limit);
        var found = log.Before(PageQuery.AfterNumber(after), FilterOf(component, level, q), count + 1);
        var page = Page<SystemLogLine>.From(found, count, line => line.Id.ToString(CultureInfo.InvariantCulture));
        return new SystemLogPage(page.Items, page.Next, log.Components, log.File);
    }

    private static async Task FollowAsync(HttpContext context, SystemLog log, IHostApplicationLifetime lifetime, TimeProvider clock, string? component, string? level, string? q)
    {
        var filter = FilterOf(component, level, q);
        var seen = SeenFrom(context.Request);
        var tail = TailFrom(context.Request);
        await EventStream.ServeAsync(context, lifetime, clock, (stream, cancellationToken) => WriteAsync(stream, log, filter, seen, tail, clock, cancellationToken));
    }

    private static async Task WriteAsync(
        EventStream stream, SystemLog log, SystemLogFilter filter, long? seen, int tail, TimeProvider clock, CancellationToken cancellationToken)
    {
        var last = seen ?? 0;
        var isFirst = seen is null;
        while (true)
        {
            var added = log.Added;
            var lines = log.After(last, filter);
            await stream.GreetAsync(cancellationToken);
            foreach (var line in isFirst ? lines.TakeLast(tail) : lines)
                await stream.WriteAsync("log", JsonSerializer.Serialize(line, HubJson.Options), line.Id.ToString(CultureInfo.InvariantCulture), cancellationToken);
            if (lines.Count > 0) last = lines[^1].Id;
            isFirst = false;
            await stream.FlushAsync(cancellationToken);
            if (!stream.IsLive)
                return;
            try
            {
                await added.WaitAsync(Heartbeat, clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The comment that is written then tells a proxy that the stream lives.
            }
        }
    }

    private static SystemLogFilter FilterOf(string? component, string? level, string? q)
    {
        if (level is not null && !SystemLog.Levels.Contains(level))
            throw ProblemException.Invalid($"The parameter 'level' is one of {string.Join(", ", SystemLog.Levels)}.");
        if (q is { Length: 0 or > TextMax })
            throw ProblemException.Invalid($"The parameter 'q' is a text of at most {TextMax} characters.");
        return new SystemLogFilter { Component = component, Level = level, Text = q };
    }

    private static long? SeenFrom(HttpRequest request)
    {
        if (request.Headers["Last-Event-ID"] is not [{ Length: > 0 } text, ..]) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen
            : throw ProblemException.Invalid("The header 'Last-Event-ID' is the id of the last line that was seen, a number.");
    }

    private static int TailFrom(HttpRequest request)
    {
        if (request.Query["tail"] is not [{ } text, ..]) return TailDefault;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tail) && tail <= TailMax ? tail
            : throw ProblemException.Invalid($"The parameter 'tail' is a whole number from 0 to {TailMax}.");
    }

    /// <param name="Components">Those that have lines here.</param>
    /// <param name="File">The file of this hub, beside which the older ones are.</param>
    private sealed record SystemLogPage(IReadOnlyList<SystemLogLine> Items, string? Next, IReadOnlyList<string> Components, string File);
}
