namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Bounds how much content is held in memory at once. First come, first served.</summary>
internal sealed class S3Room(int bytesMax) : IDisposable
{
    private const int Unit = 64 * 1024;
    private readonly SemaphoreSlim first = new(1);
    private readonly SemaphoreSlim units = new(bytesMax / Unit);

    /// <summary>Waits for so much room, or for all of it where that is less; what it answers is given back.</summary>
    public async ValueTask<int> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Clamp((bytes + Unit - 1) / Unit, 1, bytesMax / Unit);
        var taken = 0;
        await first.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (; taken < wanted; taken++)
            {
                await units.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            return taken;
        }
        catch
        {
            Give(taken);
            throw;
        }
        finally
        {
            first.Release();
        }
    }

    public void Dispose()
    {
        first.Dispose();
        units.Dispose();
    }

    public void Give(int taken)
    {
        if (taken > 0)
        {
            units.Release(taken);
        }
    }
}
