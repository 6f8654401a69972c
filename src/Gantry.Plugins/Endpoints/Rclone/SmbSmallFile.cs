using Gantry.Engine.Endpoints;
using Gantry.Engine.Work;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// One new file on its way: made under its partial name, written, given its time and looked at in one flight; named and closed in the next, which is not sent before
/// the answers to the first say that all of it is there.
/// </summary>
internal sealed class SmbSmallFile : SmbExchange
{
    private enum Step
    {
        Writing,
        Naming,
        Removing,
    }

    private readonly string path;
    private readonly string partial;
    private readonly int length;
    private readonly DateTimeOffset? time;
    private readonly Action<WholeWriteEnd, DateTimeOffset?> told;
    private readonly CancellationToken wanted;
    private DateTimeOffset? timeThere;
    private Step step;

    /// <param name="path">From the share's root, with '\' between names.</param>
    /// <param name="partial">The same, of its name while it grows.</param>
    /// <param name="content">All of it.</param>
    /// <param name="time">The one it gets; null leaves it to the server.</param>
    /// <param name="told">Hears once how it ended, and the time that the server tells.</param>
    /// <param name="wanted">Once it is cancelled, the file gets no name.</param>
    public SmbSmallFile(string path, string partial, ReadOnlySpan<byte> content, DateTimeOffset? time, Action<WholeWriteEnd, DateTimeOffset?> told, CancellationToken wanted)
    {
        this.path = path;
        this.partial = partial;
        this.time = time;
        this.told = told;
        this.wanted = wanted;
        length = content.Length;
        Ask(
        [
            SmbRequest.CreateNew(partial),
            .. length > 0 ? (SmbRequest[])[SmbRequest.WriteAll(content)] : [],
            .. time is { } given ? (SmbRequest[])[SmbRequest.SetTime(given)] : [],
            SmbRequest.Look(),
        ]);
    }

    public override void OnLost(bool wasSent) => told(wasSent ? WholeWriteEnd.Lost : WholeWriteEnd.NotWritten, null);

    /// <summary>Nothing was done.</summary>
    public void Refuse() => told(WholeWriteEnd.NotWritten, null);

    protected override bool Continue(ReadOnlySpan<SmbAnswer> answered) => step switch
    {
        Step.Writing => Name(answered),
        Step.Naming => End(answered),
        _ => Tell(answered[^1].IsGood ? WholeWriteEnd.NotWritten : WholeWriteEnd.Lost),
    };

    private bool Name(ReadOnlySpan<SmbAnswer> answered)
    {
        if (answered[0].FileId is not { } file)
        {
            // Nothing was made; what has the partial name is somebody else's, or an earlier attempt's.
            return Tell(WholeWriteEnd.NotWritten);
        }

        var isWhole = (length == 0 || answered[1].Written == length) && (time is null || answered[^2].IsGood) && answered[^1].Look is { } look && look.Size == length;
        if (!isWhole || wanted.IsCancellationRequested)
        {
            step = Step.Removing;
            Ask(SmbRequest.Remove(file), SmbRequest.Close());
            return true;
        }

        FaultPoint.Pass("publish.before");
        timeThere = answered[^1].Look!.Value.Time;
        step = Step.Naming;
        Ask(SmbRequest.Rename(file, path), SmbRequest.Close());
        return true;
    }

    private bool End(ReadOnlySpan<SmbAnswer> answered)
    {
        if (answered[0].IsGood)
        {
            FaultPoint.Pass("publish.after");
            return Tell(answered[1].IsGood ? WholeWriteEnd.Written : WholeWriteEnd.Lost);
        }

        // Somebody else's stands there, or the server does not let it be named.
        step = Step.Removing;
        Ask(SmbRequest.OpenToDelete(partial), SmbRequest.Close());
        return true;
    }

    private bool Tell(WholeWriteEnd end)
    {
        told(end, timeThere);
        return false;
    }
}
