namespace Gantry.TestServers;

/// <summary>One server for all tests that neither stop nor change it, started by whoever asks first, so that it is that test which is skipped where there is none.</summary>
public class SharedServer<T>(Func<Task<T>> start) : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly Lazy<Task<T>> server = new(start);

    public Task<T> GetAsync() => server.Value;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
