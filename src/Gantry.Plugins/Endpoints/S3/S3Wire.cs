using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Sends signed requests over pooled connections, and turns answers that are no success into failures.</summary>
internal sealed class S3Wire : IAsyncDisposable
{
    private const int ErrorBytesMax = 64 * 1024;
    private const int TextBytesMax = 64 * 1024 * 1024;

    /// <summary>So long may an answer take, or nothing move on a connection.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly S3Login login;
    private readonly S3Signer signer;
    private readonly TimeProvider clock;
    private readonly string authority;
    private readonly string scheme;
    private readonly string basePath;

    // Its loading takes longer than a small transfer by the lines.
    private readonly Lazy<HttpMessageHandler> connected;
    private readonly Lazy<HttpClient> http;

    public S3Wire(S3Service service, S3Login login, EndpointContext context, int connections)
    {
        Service = service;
        this.login = login;
        clock = context.Clock;
        signer = new S3Signer(service.Region, clock);
        var uri = service.ServiceUri;
        scheme = uri.Scheme;
        authority = service.IsPathStyle ? uri.Authority : $"{service.Bucket}.{uri.Authority}";
        basePath = uri.AbsolutePath.TrimEnd('/') + (service.IsPathStyle ? "/" + S3Keys.Escape(service.Bucket) : "");
        connected = new(() => HandlerOf(service.Authorities, context, connections));
        http = new(() => ClientOf(connected.Value));
        Lines = new S3Lines(this, context, new Uri($"{scheme}://{authority}"), connections);
    }

    public S3Service Service { get; }

    /// <summary>Dials only where the context lets it.</summary>
    public HttpClient Http => http.Value;

    /// <summary>By the same connections, for short answers only.</summary>
    public HttpClient OpenForWholeAnswers() => ClientOf(new S3WholeAnswers(connected.Value, Service));

    /// <summary>The short way of small requests.</summary>
    public S3Lines Lines { get; }

    /// <summary>Sends it; the caller disposes of the answer. Any status comes back, unless it is asked to be a success.</summary>
    public async ValueTask<HttpResponseMessage> SendAsync(S3Request request, S3Watch watch, HttpStatusCode? alsoGood = null)
    {
        HttpResponseMessage response;
        try
        {
            using var message = await MessageAsync(request, watch).ConfigureAwait(false);
            response = await Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (watch.HasExpired)
        {
            throw S3Errors.TimedOut(Service, request.About);
        }
        catch (Exception) when (request.Body?.SourceFailure is { } failure && failure is not OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            throw;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            watch.Token.ThrowIfCancellationRequested();
            throw S3Errors.OfConnection(exception, Service);
        }

        if (response.StatusCode == alsoGood || request.IsDoneBy(response.StatusCode, Header(response, "etag")))
        {
            return response;
        }

        using (response)
        {
            throw response.IsSuccessStatusCode ? S3Errors.NoETag(Service, request.About) : S3Errors.Of(await AnswerAsync(response, watch).ConfigureAwait(false), Service, request.About, clock.GetUtcNow());
        }
    }

    /// <summary>Sends it and reads the answer's headers only.</summary>
    public async ValueTask<HttpResponseMessage> AskAsync(S3Request request, CancellationToken cancellationToken, HttpStatusCode? alsoGood = null)
    {
        if (request.Method == HttpMethod.Head && await AskLineAsync(request, null, cancellationToken, alsoGood).ConfigureAwait(false) is { } told)
        {
            return MessageOf(told);
        }

        using var watch = new S3Watch(Patience, clock, cancellationToken);
        request.Body?.Watch = watch;
        var response = await SendAsync(request, watch, alsoGood).ConfigureAwait(false);
        if (request.Method != HttpMethod.Head)
        {
            // What is left unread costs the connection.
            await ReadTextAsync(response, request.About, TextBytesMax, watch).ConfigureAwait(false);
        }

        return response;
    }

    /// <summary>Sends it and reads all of the answer as text.</summary>
    public async ValueTask<string> AskTextAsync(S3Request request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get && await AskLineAsync(request, null, cancellationToken).ConfigureAwait(false) is { } told)
        {
            return Encoding.UTF8.GetString(told.Content.Span);
        }

        using var watch = new S3Watch(Patience, clock, cancellationToken);
        using var response = await SendAsync(request, watch).ConfigureAwait(false);
        return await ReadTextAsync(response, request.About, TextBytesMax, watch).ConfigureAwait(false);
    }

    public S3Watch Watch(CancellationToken cancellationToken) => new(Patience, clock, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Lines.DisposeAsync().ConfigureAwait(false);
        if (http.IsValueCreated)
        {
            http.Value.Dispose();
        }

        if (connected.IsValueCreated)
        {
            connected.Value.Dispose();
        }
    }

    /// <summary>One header of an answer; null when it has none.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;

    /// <summary>The same on a line of our own; null where that is no way for it.</summary>
    /// <param name="request">Without content.</param>
    /// <param name="into">Where the content of a success goes; null when it is wanted as bytes.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <param name="alsoGood">A status that is no failure.</param>
    public async ValueTask<S3Answer?> AskLineAsync(S3Request request, Memory<byte>? into, CancellationToken cancellationToken, HttpStatusCode? alsoGood = null)
    {
        S3Question question = new(request, cancellationToken) { Into = into };
        if (!Lines.TryAdd(question) || await question.Answer.ConfigureAwait(false) is not { } answer)
        {
            return null;
        }

        return answer.Status == alsoGood || request.IsDoneBy(answer.Status, answer.Header("etag")) ? answer : throw FailureOf(answer, request.About);
    }

    /// <summary>What an answer that is no success says, or one that counts as none: a success of an object without its ETag.</summary>
    public EndpointException FailureOf(S3Answer answer, string about)
    {
        if (answer.IsSuccess)
        {
            return S3Errors.NoETag(Service, about);
        }

        using var message = MessageOf(answer);
        var text = Encoding.UTF8.GetString(answer.Content.Span[..Math.Min(answer.Content.Length, ErrorBytesMax)]);
        return S3Errors.Of(AnswerOf(message, text), Service, about, clock.GetUtcNow());
    }

    /// <summary>What is sent ahead of a request's content; null when a line of our own cannot send it.</summary>
    public byte[]? HeadOf(S3Request request, CancellationToken cancellationToken)
    {
        var signing = SignAsync(request, cancellationToken);
        var target = signing.IsCompletedSuccessfully ? signing.Result : signing.AsTask().GetAwaiter().GetResult();
        var head = new StringBuilder(1024).Append(request.Method.Method).Append(' ').Append(target).Append(" HTTP/1.1\r\nhost: ").Append(authority).Append("\r\n");
        foreach (var (name, value) in request.Headers)
        {
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                return null;
            }

            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (request.Body is { } body)
        {
            head.Append(CultureInfo.InvariantCulture, $"content-length: {body.Bytes.Length}\r\n");
        }

        return authority.AsSpan().ContainsAnyExceptInRange('!', '~') ? null : Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private static HttpResponseMessage MessageOf(S3Answer answer)
    {
        HttpResponseMessage message = new(answer.Status) { Content = new ByteArrayContent([]) };
        foreach (var (name, value) in answer.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    /// <summary>Adds what signs it, and answers the path and the query as they are signed.</summary>
    private async ValueTask<string> SignAsync(S3Request request, CancellationToken cancellationToken)
    {
        var keys = await login.KeysAsync(cancellationToken).ConfigureAwait(false);
        var path = request.Key is null ? basePath.Length == 0 ? "/" : basePath : $"{basePath}/{S3Keys.Escape(request.Key, keepsSlashes: true)}";
        if (request.Key is null && Service.IsPathStyle is false)
        {
            path = "/";
        }

        var query = string.Join('&', request.Query.Select(part => $"{S3Keys.Escape(part.Name)}={S3Keys.Escape(part.Value)}"));
        signer.Sign(request, authority, path, query, keys);
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private async ValueTask<HttpRequestMessage> MessageAsync(S3Request request, S3Watch watch)
    {
        var target = await SignAsync(request, watch.Token).ConfigureAwait(false);

        // As it is signed: no part of it is read as "." or "..", or written in another way.
        var address = new Uri(
            $"{scheme}://{authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        HttpRequestMessage message = new(request.Method, address) { Content = request.Body };
        request.Body?.Watch ??= watch;
        foreach (var (name, value) in request.Headers)
        {
            if (name is "content-md5" or "content-type")
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private async ValueTask<S3Errors.Answer> AnswerAsync(HttpResponseMessage response, S3Watch watch)
    {
        return AnswerOf(response, await ReadTextAsync(response, "the reason of a failure", ErrorBytesMax, watch).ConfigureAwait(false));
    }

    private S3Errors.Answer AnswerOf(HttpResponseMessage response, string text)
    {
        var isXml = text.Contains("<Error", StringComparison.Ordinal) || text.Contains("<Code>", StringComparison.Ordinal);
        return new S3Errors.Answer(response.StatusCode, isXml ? Part(text, "Code") : null)
        {
            Message = isXml ? Part(text, "Message") : null,
            Region = Header(response, "x-amz-bucket-region") ?? (isXml ? Part(text, "Region") : null),
            Date = response.Headers.Date,
            RequestId = Header(response, "x-amz-request-id"),
            RetryAfter = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null,
        };

        static string? Part(string xml, string name)
        {
            try
            {
                return S3Xml.Find(xml, name);
            }
            catch (XmlException)
            {
                // A page of a proxy; the status tells enough.
                return null;
            }
        }
    }

    /// <summary>All of the content, and no more than that: an answer that never ends is no answer.</summary>
    private async ValueTask<string> ReadTextAsync(HttpResponseMessage response, string about, int bytesMax, S3Watch watch)
    {
        try
        {
            if (response.Content.Headers.ContentLength == 0)
            {
                return "";
            }

            await using var stream = await response.Content.ReadAsStreamAsync(watch.Token).ConfigureAwait(false);
            using var text = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, watch.Token).ConfigureAwait(false) is > 0 and var read)
            {
                watch.Progress();
                text.Write(buffer, 0, read);
                if (text.Length > bytesMax)
                {
                    throw new EndpointException(EndpointError.Protocol, $"{Service.ServiceUri.Authority} answers over '{about}' without end.");
                }
            }

            return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (OperationCanceledException) when (watch.HasExpired)
        {
            throw S3Errors.TimedOut(Service, about);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            watch.Token.ThrowIfCancellationRequested();
            throw S3Errors.OfConnection(exception, Service);
        }
    }

    private static HttpClient ClientOf(HttpMessageHandler handler) => new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private static SocketsHttpHandler HandlerOf(X509Certificate2Collection? authorities, EndpointContext context, int connections)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = connections,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            ActivityHeadersPropagator = null,
        };
        if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = OwnAuthorities.PolicyOf(authorities);
        }

        if (context.AddressOf is { } choose)
        {
            // A proxy would dial in our place, wherever it likes.
            handler.UseProxy = false;
            handler.ConnectCallback = async (connection, token) =>
            {
                var (host, port) = (connection.DnsEndPoint.Host, connection.DnsEndPoint.Port);
                IPEndPoint place = new(await choose(host, port, token).ConfigureAwait(false), port);
                Socket socket = new(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(place, token).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }
}
