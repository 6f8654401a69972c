using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.TestServers;

/// <summary>A WebDAV server on 127.0.0.1 whose folders take nothing: every upload is read to its end and answered with one status.</summary>
public sealed class WebDavServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private int uploads;

    private WebDavServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First());

    /// <summary>How many uploads it has refused.</summary>
    public int Uploads => Volatile.Read(ref uploads);

    /// <param name="uploadStatus">What it answers to an upload: 507 is a full disk.</param>
    public static async Task<WebDavServer> StartRefusingAsync(int uploadStatus)
    {
        WebDavServer server = new(LoopbackApp.Create());
        server.app.Run(context => server.AnswerAsync(context, uploadStatus));
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, int uploadStatus)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        switch (context.Request.Method)
        {
            case "PUT":
                Interlocked.Increment(ref uploads);
                context.Response.StatusCode = uploadStatus;
                break;
            case "PROPFIND" when context.Request.Path == "/":
                const int MultiStatus = 207;
                context.Response.StatusCode = MultiStatus;
                context.Response.ContentType = "application/xml; charset=utf-8";
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                    <?xml version="1.0"?><d:multistatus xmlns:d="DAV:"><d:response><d:href>/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype>
                    <d:getlastmodified>Mon, 02 Jan 2023 03:04:05 GMT</d:getlastmodified></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>
                    """), context.RequestAborted);
                break;
            case "MKCOL":
                context.Response.StatusCode = StatusCodes.Status201Created;
                break;
            case "DELETE":
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
