using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gantry.TestServers;

/// <summary>Stands before a real S3 server and passes everything on, but for what a test wants to go wrong.</summary>
public sealed class S3FaultProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly string server;
    private readonly ConcurrentDictionary<(string Upload, int Number), (int Size, string ETag)> parts = new();

    private S3FaultProxy(string server)
    {
        this.server = server;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        app = builder.Build();
        app.Run(ServeAsync);
    }

    public string Url => app.Urls.First();

    /// <summary>What was asked, as "PUT /bucket/key?partNumber=1&amp;…".</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Answers in the server's place; false passes the request on.</summary>
    public Func<HttpContext, ValueTask<bool>>? Instead { get; set; }

    /// <summary>Changes what the server gets.</summary>
    public Func<HttpContext, byte[], byte[]>? Body { get; set; }

    /// <summary>Changes what the server answered; null breaks the connection off in the middle of it.</summary>
    public Func<HttpContext, byte[], byte[]?>? Answer { get; set; }

    public static async Task<S3FaultProxy> StartAsync(string server)
    {
        S3FaultProxy proxy = new(server);
        await proxy.app.StartAsync();
        return proxy;
    }

    /// <summary>How often something was asked.</summary>
    public int Count(string method, string part) =>
        Asked.Count(line => line.StartsWith(method + " ", StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal));

    /// <summary>An answer as S3 fails.</summary>
    public static async ValueTask<bool> FailAsync(HttpContext context, int status, string code, string more = "")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Told by a test.</Message>{more}</Error>");
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        http.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Asked.Enqueue($"{context.Request.Method} {target}");
        if ((Instead is { } instead && await instead(context)) || await ListPartsAsync(context))
        {
            return;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using HttpRequestMessage request = new(new HttpMethod(context.Request.Method), new Uri(server + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        var bytes = Body is { } change ? change(context, body.ToArray()) : body.ToArray();
        request.Content = new ByteArrayContent(bytes);
        foreach (var (name, value) in context.Request.Headers)
        {
            if (name is not ("Host" or "Connection" or "Expect") && !request.Headers.TryAddWithoutValidation(name, (string?)value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, (string?)value);
            }
        }

        using var response = await http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (name is not ("Transfer-Encoding" or "Connection"))
            {
                context.Response.Headers[name] = values.ToString();
            }
        }

        if (response.IsSuccessStatusCode && HttpMethods.IsPut(context.Request.Method) && int.TryParse(context.Request.Query["partNumber"], out var number))
        {
            parts[(context.Request.Query["uploadId"].ToString(), number)] = (bytes.Length, response.Headers.ETag!.Tag);
        }

        var answer = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
        await AnswerAsync(context, answer);
    }

    /// <summary>fauxqs does not know this request; what passed here tells the same.</summary>
    private async ValueTask<bool> ListPartsAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Query["uploadId"].ToString() is not { Length: > 0 } upload)
        {
            return false;
        }

        var standing = parts.Where(part => part.Key.Upload == upload).OrderBy(part => part.Key.Number)
            .Select(part => $"<Part><PartNumber>{part.Key.Number}</PartNumber><ETag>{part.Value.ETag}</ETag><Size>{part.Value.Size}</Size></Part>");
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<ListPartsResult><UploadId>{upload}</UploadId><IsTruncated>false</IsTruncated>{string.Concat(standing)}</ListPartsResult>");
        return true;
    }

    private async Task AnswerAsync(HttpContext context, byte[] answer)
    {
        var changed = Answer is { } change ? change(context, answer) : answer;
        if (HttpMethods.IsHead(context.Request.Method) || context.Response.StatusCode == StatusCodes.Status204NoContent)
        {
            return;
        }

        if (changed is null)
        {
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        context.Response.ContentLength = changed.Length;
        await context.Response.Body.WriteAsync(changed);
    }
}
