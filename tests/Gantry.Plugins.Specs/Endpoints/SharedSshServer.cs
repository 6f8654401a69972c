using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedSshServer))]

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One server for all tests that neither stop nor change it.</summary>
public sealed class SharedSshServer : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private SshServer? server;

    /// <summary>Started by whoever asks first, so that it is that test which is skipped where there is no sshd.</summary>
    public async Task<SshServer> GetAsync()
    {
        await gate.WaitAsync();
        try
        {
            return server ??= await SshServer.StartAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        gate.Dispose();
    }
}
