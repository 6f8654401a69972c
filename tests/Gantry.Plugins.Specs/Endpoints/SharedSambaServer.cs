using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedSambaServer))]

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One server for all tests that neither stop nor change it.</summary>
public sealed class SharedSambaServer : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private SambaServer? server;

    /// <summary>Started by whoever asks first, so that it is that test which is skipped where there is no smbd.</summary>
    public async Task<SambaServer> GetAsync()
    {
        await gate.WaitAsync();
        try
        {
            return server ??= await SambaServer.StartAsync();
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
