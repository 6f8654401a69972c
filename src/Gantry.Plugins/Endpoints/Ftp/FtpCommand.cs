using System.Buffers;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>What kind of reply a command is answered by; by this a reply that comes out of its turn is noticed.</summary>
internal enum FtpCommandKind
{
    Plain,

    /// <summary>EPSV and PASV: 229 or 227 when it succeeds.</summary>
    Passive,

    /// <summary>A data connection belongs to it: a preliminary reply, then another one when all is through.</summary>
    Transfer,
}

/// <summary>One command on its way, and its reply.</summary>
internal sealed class FtpCommand
{
    private readonly TaskCompletionSource<FtpReply> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool>? begun;
    private readonly string verb;
    private readonly string? path;

    /// <param name="verb">With its fixed arguments: "MFMT 20260101000000".</param>
    /// <param name="path">Its last argument, which is a path; null when it has none.</param>
    /// <param name="kind">How it is answered.</param>
    public FtpCommand(string verb, string? path = null, FtpCommandKind kind = FtpCommandKind.Plain)
    {
        this.verb = verb;
        this.path = path;
        Kind = kind;
        begun = kind == FtpCommandKind.Transfer ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

        // Whoever sent it may not be interested any more.
        _ = reply.Task.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public FtpCommandKind Kind { get; }

    /// <summary>The last reply to it.</summary>
    public Task<FtpReply> Reply => reply.Task;

    /// <summary>Of a transfer: true when the server has begun, false when it will not.</summary>
    public Task<bool> Begun => begun!.Task;

    public bool HasBegun => begun is { Task: { IsCompletedSuccessfully: true, Result: true } };

    /// <summary>The command's first word, for messages.</summary>
    public string Word => verb.Split(' ')[0];

    /// <summary>In bytes, at most.</summary>
    public int LengthMax => verb.Length + NameBytes.Count(path ?? "") + 3;

    /// <summary>
    /// Of a transfer: nobody wants its data any more. Pure-FTPd says how fast it was by a second preliminary reply, and no word after it.
    /// </summary>
    public bool IsLeft { get; set; }

    /// <summary>A reply to it is to be expected.</summary>
    public bool IsSent { get; set; }

    public void Write(IBufferWriter<byte> lines, FtpText text)
    {
        Encoding.ASCII.GetBytes(verb, lines);
        if (path is not null)
        {
            lines.Write(" "u8);
            text.Write(path, lines);
        }

        lines.Write("\r\n"u8);
    }

    public void OnBegun() => begun?.TrySetResult(true);

    public void OnReply(FtpReply given)
    {
        begun?.TrySetResult(false);
        reply.TrySetResult(given);
    }

    public void OnLost(EndpointException reason)
    {
        begun?.TrySetResult(false);
        reply.TrySetException(reason);
    }
}
