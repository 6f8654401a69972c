using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Gantry.TestServers;

namespace Gantry.EndToEnd.Specs.Canaries;

/// <summary>
/// Answers with what it was asked, as rude programs do: /echo/STATUS/FORM with the whole request in one of <see cref="SecretForms"/> or as a problem in JSON.
/// </summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly ConcurrentQueue<string> seen = new();
    private readonly Task serving;

    public EchoServer()
    {
        // A free port is only known by taking it, which HttpListener cannot; one that did not start is of no use any more.
        for (var port = Random.Shared.Next(20_000, 60_000); ; port++)
        {
            Address = $"http://127.0.0.1:{port}";
            listener = new() { Prefixes = { Address + "/" } };
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (port < 65_000)
            {
                listener.Close();
            }
        }

        serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Every request: its address, headers and body, as they came in.</summary>
    public IReadOnlyCollection<string> Seen => seen;

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using StreamReader reader = new(context.Request.InputStream, Encoding.UTF8);
        var request = $"{context.Request.HttpMethod} {context.Request.RawUrl}\n{context.Request.Headers}{await reader.ReadToEndAsync()}";
        seen.Enqueue(request);
        var parts = context.Request.Url!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var form = Uri.UnescapeDataString(parts[2]);
        var isJson = form is "problem" or "object";
        var body = isJson ? JsonSerializer.Serialize(new { error = new { message = $"not like this: {request}" }, given = request }) : SecretForms.All[form](request);
        context.Response.StatusCode = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        context.Response.StatusDescription = "As you wish";
        context.Response.ContentType = isJson ? "application/json" : "text/plain; charset=utf-8";
        context.Response.Headers["X-Echo"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(request))[..Math.Min(4000, request.Length)];
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}
