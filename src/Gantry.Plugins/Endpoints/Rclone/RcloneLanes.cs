namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// How many small files are under way at once. Systems let logins in one after the other (rclone waits 100 ms between two to a share), so that many lanes cost time before
/// they save any: there are few, and more where an upload mostly waits for a far server.
/// </summary>
internal sealed class RcloneLanes(TimeProvider clock) : IDisposable
{
    public const int Most = 16;

    private const int First = 4;
    private static readonly TimeSpan far = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim free = new(First);
    private int lanes = First;

    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> upload, CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        var begun = clock.GetTimestamp();
        try
        {
            return await upload().ConfigureAwait(false);
        }
        finally
        {
            var isMore = clock.GetElapsedTime(begun) > far && Interlocked.Increment(ref lanes) <= Most;
            free.Release(isMore ? 2 : 1);
        }
    }

    public void Dispose() => free.Dispose();
}
