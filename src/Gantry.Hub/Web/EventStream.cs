using System.Text;

namespace Gantry.Hub.Web;

/// <summary>Server-sent events to one client, with a sign of life while there are none.</summary>
internal sealed class EventStream
{
    /// <summary>Whether a stream goes on with what happens, as its address says it.</summary>
    public const string LiveQuery = "live";

    /// <summary>How long it is silent before a comment shows that the connection lives.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly HttpResponse response;
    private readonly TimeProvider clock;
    private DateTimeOffset wroteAt;

    private EventStream(HttpResponse response, TimeProvider clock, bool isLive) => (this.response, this.clock, IsLive, wroteAt) = (response, clock, isLive, clock.GetUtcNow());

    /// <summary>False when only what there is to tell now is wanted: then the answer ends with it.</summary>
    public bool IsLive { get; }

    /// <summary>Begins the answer and writes until that ends, the client goes away, or the hub stops: a client that resumes misses nothing.</summary>
    /// <exception cref="ProblemException">The query has a 'live' that is neither true nor false.</exception>
    public static async Task ServeAsync(HttpContext context, IHostApplicationLifetime lifetime, TimeProvider clock, Func<EventStream, CancellationToken, Task> writeAsync)
    {
        var isLive = context.Request.Query[LiveQuery] is not [{ } live, ..] || live switch
        {
            "true" => true,
            "false" => false,
            _ => throw ProblemException.Invalid($"The parameter '{LiveQuery}' is true or false."),
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(stop.Token);
        try
        {
            await writeAsync(new EventStream(context.Response, clock, isLive), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client went away, or the hub stops: either way the stream is over.
        }
    }

    /// <param name="type">The event's.</param>
    /// <param name="data">JSON, in which a line break is only ever between things.</param>
    /// <param name="eventId">What to resume behind; null for what is not kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(string type, string data, string? eventId, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (eventId is not null) text.Append("id: ").Append(eventId).Append('\n');
        text.Append("event: ").Append(type).Append("\ndata: ").Append(data.Replace('\n', ' ').Replace('\r', ' ')).Append("\n\n");
        await response.WriteAsync(text.ToString(), cancellationToken);
        wroteAt = clock.GetUtcNow();
    }

    /// <summary>Shows that the stream lives, at once.</summary>
    public async Task GreetAsync(CancellationToken cancellationToken)
    {
        await response.WriteAsync(": still here\n\n", cancellationToken);
        wroteAt = clock.GetUtcNow();
    }

    /// <summary>Shows it when nothing was written for long.</summary>
    public Task BeatAsync(CancellationToken cancellationToken) => clock.GetUtcNow() - wroteAt < Heartbeat ? Task.CompletedTask : GreetAsync(cancellationToken);

    /// <summary>What was written is on its way.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => response.Body.FlushAsync(cancellationToken);
}
