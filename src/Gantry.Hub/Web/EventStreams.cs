using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Gantry.Hub.Web;

/// <summary>A route whose answer goes on until something ends: it has no time limit, and one user may have only so many of them.</summary>
internal sealed class StreamingRoute;

internal static class StreamingRouteExtensions
{
    public static RouteHandlerBuilder Streams(this RouteHandlerBuilder builder) => builder.WithMetadata(new StreamingRoute(), new DisableRequestTimeoutAttribute());

    /// <summary>Answers an <see cref="EventStream"/>.</summary>
    public static RouteHandlerBuilder StreamsEvents(this RouteHandlerBuilder builder) => builder
        .WithHeader("Last-Event-ID", "The id of the last event that was seen.")
        .WithQuery(EventStream.LiveQuery, "With false the stream ends when what there is now is told; asked again with Last-Event-ID, it goes on from there. Without it, the stream goes on with what happens.")
        .Produces<string>(200, "text/event-stream").Streams();

    /// <summary>For work that takes as long as there is much of it.</summary>
    public static RouteHandlerBuilder Unhurried(this RouteHandlerBuilder builder) => builder.WithMetadata(new DisableRequestTimeoutAttribute());
}

/// <summary>Counts the streams that each user has open.</summary>
internal sealed class EventStreams(WebOptions options)
{
    private readonly ConcurrentDictionary<Guid, int> open = new();

    /// <summary>Disposing it ends the stream's place.</summary>
    /// <exception cref="ProblemException">The user has as many open as one may.</exception>
    public Place Enter(Guid user)
    {
        if (open.AddOrUpdate(user, 1, (_, count) => count + 1) <= options.StreamsOfUser) return new Place(this, user);
        Leave(user);
        throw ProblemException.TooMany($"You have {options.StreamsOfUser} streams open, downloads and uploads included, which is as many as one may have. Close one of them.", TimeSpan.FromSeconds(5));
    }

    private void Leave(Guid user)
    {
        // Whoever has none open is not remembered.
        if (open.AddOrUpdate(user, 0, (_, count) => count - 1) <= 0) open.TryRemove(KeyValuePair.Create(user, 0));
    }

    public sealed class Place(EventStreams streams, Guid user) : IDisposable
    {
        public void Dispose() => streams.Leave(user);
    }
}
