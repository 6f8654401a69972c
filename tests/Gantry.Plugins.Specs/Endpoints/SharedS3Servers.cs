using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedS3Servers))]

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One of each for all tests that neither stop nor change it.</summary>
public sealed class SharedS3Servers : IAsyncDisposable
{
    private readonly SharedServer<S3Server> fauxqs = new(() => S3Server.StartFauxqsAsync());
    private readonly SharedServer<S3Server> s3rver = new(() => S3Server.StartS3rverAsync());

    public Task<S3Server> FauxqsAsync() => fauxqs.GetAsync();

    public Task<S3Server> S3rverAsync() => s3rver.GetAsync();

    public async ValueTask DisposeAsync()
    {
        await fauxqs.DisposeAsync();
        await s3rver.DisposeAsync();
    }
}
