using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedS3Servers))]

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One of each for all tests that neither stop nor change it.</summary>
public sealed class SharedS3Servers : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private S3Server? fauxqs;
    private S3Server? s3rver;

    /// <summary>Started by whoever asks first, so that it is that test which is skipped where there is none.</summary>
    public async Task<S3Server> FauxqsAsync()
    {
        await gate.WaitAsync();
        try
        {
            return fauxqs ??= await S3Server.StartFauxqsAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task<S3Server> S3rverAsync()
    {
        await gate.WaitAsync();
        try
        {
            return s3rver ??= await S3Server.StartS3rverAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { fauxqs, s3rver })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        gate.Dispose();
    }
}
