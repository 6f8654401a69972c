using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// The one way out by HTTP for providers. The address is checked when a connection is made, and exactly that address is dialled; redirects are followed by hand, each hop
/// checked anew, and what may be a credential never crosses to another scheme, host or port. Proxies of the environment are not used. Connections are kept and
/// shared only among requests that may reach the same.
/// </summary>
public sealed class HttpGate
{
    private const int RedirectsMax = 10;
    private const int PoolsMax = 256;

    /// <summary>What an answer may be given at first, by the length that it says it has.</summary>
    private const long RoomAtOnce = 2 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, HttpMessageInvoker> pools = new(StringComparer.Ordinal);
    private readonly Uri? place;

    private HttpGate(Uri? place) => this.place = place;

    public static HttpGate Shared { get; } = new(null);

    /// <summary>A gate that sends everything to one place, whatever hosts the requests name (their Host header says it): for trying requests without their vendors.</summary>
    public static HttpGate To(Uri place) => new(place);

    /// <summary>
    /// Any answer of the server is an answer. What keeps it from coming is a <see cref="ProviderException"/>. Cancellation comes through as itself.
    /// </summary>
    public async Task<WebAnswer> SendAsync(WebRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (request.Memory is { } memory)
        {
            // Whoever answers is not kept waiting: there is some room before it is asked.
            await memory.TakeAsync(0, cancellationToken);
        }

        using var limit = new CancellationTokenSource(request.Timeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var hop = request;
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var message = HttpMessage.Create(hop, place);
                using var response = await PoolFor(request.EgressAllowed).SendAsync(message, stop.Token);
                if (!request.FollowsRedirects || Redirect.Follow(hop, response) is not { } next)
                {
                    return await ReadAsync(hop, response, clock, stop.Token);
                }

                hop = redirects < RedirectsMax ? next : throw Fail(ProviderErrorKind.Upstream, $"{Where(request)} was redirected more than {RedirectsMax} times.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail(ProviderErrorKind.TimedOut, $"{Where(hop)} did not answer within {Settings.Duration.Format(request.Timeout)}.", isTransient: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw Describe(exception, hop);
        }
    }

    /// <summary>The same way out for a library's own client: it follows no redirect, and reads no more than the budget allows.</summary>
    public HttpMessageHandler HandlerOf(IReadOnlyList<string> egressAllowed, ReadBudget budget) => new GuardedHandler(PoolFor(egressAllowed), budget);

    internal static string Where(WebRequest request) => $"{request.Method} {WebRequest.Display(request.Url)}";

    internal static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient = false, Exception? inner = null) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);

    private static ProviderException Describe(Exception exception, WebRequest request)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ProviderException refusal:
                    return refusal;
                case AuthenticationException:
                    return Fail(ProviderErrorKind.Unavailable, $"{Where(request)}: TLS failed: {inner.InnerException?.Message ?? inner.Message}", inner: exception);
                case InvalidDataException:
                    return Fail(ProviderErrorKind.Upstream, $"The answer to {Where(request)} cannot be unpacked: its Content-Encoding says what it is not.", inner: exception);
                case SocketException socket:
                    return Fail(ProviderErrorKind.Unavailable, $"{Where(request)} could not be reached: {socket.Message}.", isTransient: true, exception);
            }
        }

        return Fail(ProviderErrorKind.Unavailable, $"{Where(request)} broke off: {exception.Message}", isTransient: true, exception);
    }

    private HttpMessageInvoker PoolFor(IReadOnlyList<string> egressAllowed)
    {
        var key = egressAllowed.Count == 0 ? "" : string.Join('\n', egressAllowed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (pools.TryGetValue(key, out var pool))
        {
            return pool;
        }

        // One pool is let go when there are too many; its idle connections close by themselves.
        if (pools.Count >= PoolsMax && pools.Keys.FirstOrDefault(known => known.Length > 0) is { } other)
        {
            pools.TryRemove(other, out _);
        }

        return pools.GetOrAdd(key, _ => new HttpMessageInvoker(CreateHandler(RulesOf(egressAllowed))));
    }

    private static EgressRules RulesOf(IReadOnlyList<string> egressAllowed)
    {
        try
        {
            return new EgressRules(egressAllowed);
        }
        catch (FormatException exception)
        {
            throw Fail(ProviderErrorKind.Internal, exception.Message, inner: exception);
        }
    }

    private static SocketsHttpHandler CreateHandler(EgressRules rules) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, rules, cancellationToken),
    };

    /// <summary>Dials the address that was checked. What the rules do not allow fails with <see cref="ProviderException"/>.</summary>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, EgressRules rules, CancellationToken cancellationToken)
    {
        var allowed = await rules.AddressesOfAsync(target.Host, target.Port, cancellationToken);
        for (var index = 0; ; index++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(allowed[index], target.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (index < allowed.Count - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<WebAnswer> ReadAsync(WebRequest request, HttpResponseMessage response, TimeProvider clock, CancellationToken cancellationToken)
    {
        var head = HeadOf(request, response, [], clock);
        if (request.Receive is not { } receive)
        {
            return HeadOf(request, response, await ReadBodyAsync(request, response.Content, cancellationToken), clock);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await receive(head, stream, cancellationToken) ? head : HeadOf(request, response, await ReadBodyAsync(request, response.Content, cancellationToken), clock);
    }

    private static WebAnswer HeadOf(WebRequest request, HttpResponseMessage response, byte[] body, TimeProvider clock) => new()
    {
        Status = response.StatusCode,
        Reason = response.ReasonPhrase ?? "",
        Url = request.Url,
        Headers = [.. HeadersOf(response)],
        Body = body,
        MediaType = response.Content.Headers.ContentType?.MediaType,
        Charset = response.Content.Headers.ContentType?.CharSet?.Trim('"'),
        RetryAfter = RetryAfterOf(response.Headers.RetryAfter, clock),
    };

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> HeadersOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Select(header => KeyValuePair.Create<string, IReadOnlyList<string>>(header.Key.ToLowerInvariant(), [.. header.Value]));

    private static async Task<byte[]> ReadBodyAsync(WebRequest request, HttpContent content, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        long room = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > request.BytesMax)
            {
                throw Fail(ProviderErrorKind.Upstream,
                    $"The answer to {Where(request)} is longer than {request.BytesMax:N0} bytes. Ask for less, or move it as a file.");
            }

            if (request.Memory is { } memory && body.Length + read > Math.Max(room, OutputMemory.CountedFrom))
            {
                var more = room > 0 ? room : Math.Clamp(content.Headers.ContentLength ?? 0, 2 * OutputMemory.CountedFrom, RoomAtOnce);
                await memory.TakeAsync(more, cancellationToken);
                room += more;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static TimeSpan? RetryAfterOf(RetryConditionHeaderValue? header, TimeProvider clock)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
