using System.Net;
using System.Net.Sockets;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Takes a connection and never answers.</summary>
internal sealed class SilentServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task<TcpClient> called;

    public SilentServer()
    {
        listener.Start();
        called = listener.AcceptTcpClientAsync();
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    public string Url => $"http://{Address}/";

    /// <summary>Completes when somebody called.</summary>
    public Task Called => called;

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        if (called.IsCompletedSuccessfully)
            (await called).Dispose();
    }
}
