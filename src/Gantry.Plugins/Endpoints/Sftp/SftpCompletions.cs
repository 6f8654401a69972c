using System.Diagnostics;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The uploads that one reading of the connection completed. Whoever waits for them goes on right here, on the reader's thread, and as
/// a rule sends the next file: a hand-over to another thread for each file would cost more than the file. Where going on takes long (the next
/// file comes from a slow disk) pool threads take over for a while, so that replies do not wait for it.
/// </summary>
internal sealed class SftpCompletions
{
    private const int TurnsElsewhere = 64;

    private static readonly long ticksOfOne = Stopwatch.Frequency / 200;
    private static readonly long ticksOfAll = Stopwatch.Frequency / 50;
    private static readonly long ticksOfSome = Stopwatch.Frequency / 5_000;

    private readonly Queue<SftpTold> completed = new();
    private int elsewhere;

    public void Add(SftpTold upload) => completed.Enqueue(upload);

    /// <param name="send">Sends what has gathered meanwhile; called now and then, and at the end.</param>
    public void Tell(Action send)
    {
        if (completed.Count == 0)
        {
            return;
        }

        if (elsewhere > 0)
        {
            elsewhere--;
            TellElsewhere();
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var sent = start;
        var last = start;
        while (completed.TryDequeue(out var upload))
        {
            upload.Tell();
            var now = Stopwatch.GetTimestamp();
            if (now - last > ticksOfOne || now - start > ticksOfAll)
            {
                elsewhere = now - last > ticksOfOne ? TurnsElsewhere : 0;
                TellElsewhere();
                break;
            }

            last = now;
            if (now - sent > ticksOfSome)
            {
                send();
                sent = now;
            }
        }

        send();
    }

    /// <summary>Each on whichever pool thread is free.</summary>
    public void TellElsewhere()
    {
        while (completed.TryDequeue(out var upload))
        {
            TellElsewhere(upload);
        }
    }

    public static void TellElsewhere(SftpTold upload) =>
        ThreadPool.UnsafeQueueUserWorkItem(static upload => upload.Tell(), upload, preferLocal: false);
}
