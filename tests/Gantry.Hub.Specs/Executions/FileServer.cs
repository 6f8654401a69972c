using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.Hub.Specs.Executions;

/// <summary>A vendor whose answers are files: bytes without end or as many as are asked for, and a place that takes files and tells what it took.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FileServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    /// <summary>Name and SHA-256 of what was uploaded.</summary>
    public ConcurrentQueue<(string Name, string Sha256)> Uploads { get; } = [];

    /// <summary>Its "/held" has sent half of the file.</summary>
    public TaskCompletionSource IsHeld { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FileServer> StartAsync()
    {
        var app = LoopbackApp.Create(options => options.Limits.MaxRequestBodySize = null);
        var server = new FileServer(app);
        app.MapGet("/file", (HttpContext context) => SendAsync(context, long.Parse(context.Request.Query["bytes"].ToString()), isTold: true));
        app.MapGet("/untold", (HttpContext context) => SendAsync(context, long.Parse(context.Request.Query["bytes"].ToString()), isTold: false));
        app.MapGet("/broken", BreakOffAsync);
        app.MapGet("/held", server.HoldAsync);
        app.MapPost("/upload", async (HttpRequest request) => await server.TakeAsync(request));
        await app.StartAsync();
        server.Url = app.Urls.First();
        return server;
    }

    /// <summary>What a file of so many bytes holds.</summary>
    public static byte[] ContentOf(int bytes) => [.. Enumerable.Range(0, bytes).Select(index => At(index))];

    /// <summary>Lets "/held" go on.</summary>
    public void Release() => release.TrySetResult();

    public ValueTask DisposeAsync()
    {
        Release();
        return app.DisposeAsync();
    }

    private static byte At(long index) => (byte)((index * 31) + (index >> 8) + (index >> 16));

    private static async Task SendAsync(HttpContext context, long bytes, bool isTold)
    {
        context.Response.ContentType = "text/html";
        context.Response.Headers.ContentDisposition = context.Request.Query["name"] == "full" ? "attachment; filename=full.pdf" : "attachment; filename=\"../report <b>.html\"";
        if (isTold) context.Response.ContentLength = bytes;
        await WriteAsync(context, 0, bytes);
    }

    private static async Task BreakOffAsync(HttpContext context)
    {
        context.Response.ContentLength = 2_000_000;
        context.Response.ContentType = "application/pdf";
        await WriteAsync(context, 0, 1_000_000);
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>Half of it; the other half when it is let go on.</summary>
    private async Task HoldAsync(HttpContext context)
    {
        context.Response.ContentType = "application/pdf";
        await WriteAsync(context, 0, 2_000_000);
        await context.Response.Body.FlushAsync();
        IsHeld.TrySetResult();
        await release.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!context.RequestAborted.IsCancellationRequested) await WriteAsync(context, 2_000_000, 4_000_000);
    }

    private static async Task WriteAsync(HttpContext context, long from, long to)
    {
        var block = new byte[64 * 1024];
        for (var at = from; at < to;)
        {
            var count = (int)Math.Min(block.Length, to - at);
            for (var i = 0; i < count; i++) block[i] = At(at + i);
            await context.Response.Body.WriteAsync(block.AsMemory(0, count), context.RequestAborted);
            at += count;
        }
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var file = form.Files[0];
        await using var content = file.OpenReadStream();
        Uploads.Enqueue((file.FileName, Convert.ToHexStringLower(await SHA256.HashDataAsync(content))));
        return Results.Json(new { ok = true });
    }
}
