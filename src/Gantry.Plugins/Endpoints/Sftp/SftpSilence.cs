namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Notices when the other side owes an answer and says nothing at all for too long: a line can die without a word, and a server can hang behind one that
/// lives. Who owes nothing may be silent for ever. Only looks that find the same silence count, so that a machine that slept, or a process that was
/// stopped, does not take its own absence for the other's.
/// </summary>
internal sealed class SftpSilence : IAsyncDisposable
{
    private const int LooksMax = 4;

    private readonly Func<bool> isAwaited;
    private readonly Action onSilent;
    private readonly ITimer timer;
    private long heard;
    private long seen;
    private int looks;

    /// <param name="max">Silence of this length, and up to a quarter more, is too long.</param>
    /// <param name="clock">Its timers tell when to look.</param>
    /// <param name="isAwaited">Whether something is owed at the moment.</param>
    /// <param name="onSilent">Called again and again until this is disposed of.</param>
    public SftpSilence(TimeSpan max, TimeProvider clock, Func<bool> isAwaited, Action onSilent)
    {
        this.isAwaited = isAwaited;
        this.onSilent = onSilent;
        timer = clock.CreateTimer(static silence => ((SftpSilence)silence!).Look(), this, max / LooksMax, max / LooksMax);
    }

    /// <summary>Something came, or something sent was taken.</summary>
    public void Break() => Volatile.Write(ref heard, heard + 1);

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Look()
    {
        var now = Volatile.Read(ref heard);
        looks = now == seen && isAwaited() ? looks + 1 : 0;
        seen = now;

        // The first of them may have come right after the question.
        if (looks > LooksMax)
        {
            onSilent();
        }
    }
}
