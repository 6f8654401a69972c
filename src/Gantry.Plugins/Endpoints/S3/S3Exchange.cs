using System.Net;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>What a server answered on a line of our own.</summary>
/// <param name="Status">Of the answer.</param>
/// <param name="Headers">In their order, with names as they were sent.</param>
/// <param name="Length">How many bytes of content came.</param>
/// <param name="Content">Them, unless they went into the caller's buffer.</param>
internal sealed record S3Answer(HttpStatusCode Status, IReadOnlyList<KeyValuePair<string, string>> Headers, int Length, ReadOnlyMemory<byte> Content)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>One header; null when it has none.</summary>
    public string? Header(string name)
    {
        foreach (var header in Headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }
}

/// <summary>One request on its way over a line of our own. Ends once, on whatever thread.</summary>
internal abstract class S3Exchange(string about, CancellationToken wanted)
{
    /// <summary>For messages.</summary>
    public string About => about;

    public CancellationToken Wanted => wanted;

    /// <summary>Where the content of an answer that is a success goes; null when it is wanted as bytes.</summary>
    public Memory<byte>? Into { get; init; }

    /// <summary>Asked where it is sent, so that many are prepared at once. May fail with what is wrong with it.</summary>
    public abstract S3Request Make();

    /// <param name="answer">Null when this request cannot go, or its answer come, this way: nothing is said of why.</param>
    public abstract void End(S3Answer? answer);

    /// <summary>No answer came, or only part of one.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>One whose caller waits for the answer, and goes on where it came: that costs no change of threads.</summary>
internal sealed class S3Question(S3Request request, CancellationToken wanted) : S3Exchange(request.About, wanted)
{
    private readonly TaskCompletionSource<S3Answer?> answer = new();

    public Task<S3Answer?> Answer => answer.Task;

    public override S3Request Make() => request;

    public override void End(S3Answer? given) => answer.SetResult(given);

    public override void Fail(Exception reason) => answer.SetException(reason);
}

/// <summary>A small file that is written, of which its receiver is told.</summary>
/// <param name="about">For messages.</param>
/// <param name="make">The request.</param>
/// <param name="receiver">Told at the end.</param>
/// <param name="refused">Takes why the server refused it.</param>
/// <param name="wanted">Breaks it off.</param>
internal sealed class S3QuickWrite(string about, Func<S3Request> make, IWholeWriteReceiver receiver, Action<S3Answer> refused, CancellationToken wanted)
    : S3Exchange(about, wanted)
{
    private S3Request? made;

    public override S3Request Make() => made = make();

    public override void End(S3Answer? answer)
    {
        var isWritten = answer is not null && made?.IsDoneBy(answer.Status, answer.Header("etag")) == true;
        if (answer is not null && !isWritten)
        {
            refused(answer);
        }

        receiver.OnEnded(isWritten ? WholeWriteEnd.Written : WholeWriteEnd.NotWritten);
    }

    /// <summary>The server may have taken it, and not have come to say so.</summary>
    public override void Fail(Exception reason) => receiver.OnEnded(made is not null ? WholeWriteEnd.Lost : WholeWriteEnd.NotWritten);
}
