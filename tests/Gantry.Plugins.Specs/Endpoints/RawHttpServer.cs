using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Says the same to every request, and what it is told to without one.</summary>
internal sealed class RawHttpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Stream> streams = [];
    private readonly X509Certificate2? certificate;
    private readonly Task serving;
    private int connections;

    /// <param name="answer">To each request.</param>
    /// <param name="hangsUp">After each answer.</param>
    /// <param name="certificate">With its key, where TLS is spoken.</param>
    public RawHttpServer(string answer, bool hangsUp = false, X509Certificate2? certificate = null)
    {
        this.certificate = certificate;
        listener.Start();
        serving = ServeAsync(answer, hangsUp);
    }

    public Task Asked => asked.Task;

    public int Connections => Volatile.Read(ref connections);

    public IPEndPoint Place => (IPEndPoint)listener.LocalEndpoint;

    public IEndpoint Open(params (string Name, string Value)[] others) => Open(TimeProvider.System, others);

    public IEndpoint Open(TimeProvider clock, params (string Name, string Value)[] others)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal)
        {
            ["bucket"] = "bucket",
            ["endpoint"] = certificate is null ? $"http://127.0.0.1:{Place.Port}" : $"https://localhost:{Place.Port}",
            ["region"] = "us-east-1",
            ["anonymous"] = "true",
        };
        foreach (var (name, value) in others)
        {
            values[name] = value;
        }

        return new S3Kind().Open(new EndpointSettings { Kind = "s3", Values = values }, S3Server.Context() with { Clock = clock });
    }

    /// <summary>To everybody who is connected, asked or not; the first one is waited for.</summary>
    public async Task SayAsync(string text)
    {
        await connected.Task.WaitAsync(stop.Token);
        foreach (var stream in streams)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync(string answer, bool hangsUp)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                _ = AnswerAsync(client, answer, hangsUp);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test has had enough.
        }
    }

    private async Task AnswerAsync(TcpClient client, string answer, bool hangsUp)
    {
        using var owned = client;
        try
        {
            await using var stream = await SecuredAsync(client);
            streams.Add(stream);
            connected.TrySetResult();
            using StreamReader reader = new(stream, Encoding.ASCII);
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    asked.TrySetResult();
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
                    if (hangsUp)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or AuthenticationException)
        {
            // That end has had enough.
        }
    }

    private async Task<Stream> SecuredAsync(TcpClient client)
    {
        if (certificate is null)
        {
            return client.GetStream();
        }

        SslStream secured = new(client.GetStream());
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
        return secured;
    }
}
