using System.Buffers;
using System.Globalization;
using System.Net;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// A control connection that is signed in. Commands are sent several at a time, and a reader of its own gives each the reply that belongs to it.
/// Whoever has taken the session from the pool is the only one who sends.
/// </summary>
internal sealed class FtpSession : IAsyncDisposable
{
    private static readonly TimeSpan leavingMax = TimeSpan.FromSeconds(1);

    private readonly FtpControl control;
    private readonly TimeProvider clock;
    private readonly TimeSpan timeout;
    private readonly Queue<FtpCommand> expected = new();
    private readonly ArrayBufferWriter<byte> lines = new(512);
    private readonly Lock gate = new();
    private EndpointException? over;
    private CancellationTokenSource listening = new();
    private Task reading = Task.CompletedTask;
    private long lastHeard;

    public FtpSession(FtpControl control, FtpManners manners, FtpDataDialer dialer, TimeProvider clock, TimeSpan timeout)
    {
        this.control = control;
        this.clock = clock;
        this.timeout = timeout;
        Manners = manners;
        Dialer = dialer;
        lastHeard = clock.GetTimestamp();
    }

    public FtpManners Manners { get; }

    public FtpDataDialer Dialer { get; }

    public FtpControl Control => control;

    /// <summary>Where the server waits for the next data connection, asked for ahead; null when that has to be asked.</summary>
    public FtpPassivePort? Ahead { get; set; }

    /// <summary>Nothing can be sent any more.</summary>
    public bool IsOver => Volatile.Read(ref over) is not null;

    /// <summary>It ended for a reason that says nothing against trying the same again on another one.</summary>
    public bool EndedInnocently { get; private set; }

    /// <summary>It ended because the server has too many connections.</summary>
    public bool EndedCrowded { get; private set; }

    public TimeSpan Idle => clock.GetElapsedTime(Volatile.Read(ref lastHeard));

    public int Pending
    {
        get
        {
            lock (gate)
            {
                return expected.Count;
            }
        }
    }

    public string Name => control.Name;

    /// <summary>The shortest time that an answer took while it was signed in; null before that.</summary>
    public TimeSpan? Distance { get; private set; }

    public void LearnDistance(TimeSpan took) => Distance = Distance < took ? Distance : took;

    /// <summary>Begins to read replies; from here on nobody else reads from the control connection.</summary>
    public void Start()
    {
        listening = new CancellationTokenSource();
        reading = Task.Run(() => ReadAsync(listening.Token));
    }

    /// <summary>
    /// Nobody reads replies any more, so that the caller may, until he starts that again. No reply may be under way: the last command's has come.
    /// </summary>
    public async ValueTask PauseAsync()
    {
        await listening.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        listening.Dispose();
    }

    /// <summary>
    /// Sends commands at once where the server bears that, else one after the other. Fails with BadPath before anything is sent when a path
    /// cannot be sent.
    /// </summary>
    public async ValueTask SendAsync(ReadOnlyMemory<FtpCommand> commands, CancellationToken cancellationToken)
    {
        if (Manners.Pipelines || commands.Length == 1)
        {
            await SendTogetherAsync(commands, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < commands.Length; i++)
        {
            await SendTogetherAsync(commands.Slice(i, 1), cancellationToken).ConfigureAwait(false);
            if (i + 1 < commands.Length)
            {
                await ReplyAsync(commands.Span[i], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask SendAsync(FtpCommand command, CancellationToken cancellationToken) => SendAsync(new[] { command }, cancellationToken);

    public async ValueTask<FtpReply> AskAsync(FtpCommand command, CancellationToken cancellationToken)
    {
        await SendAsync(command, cancellationToken).ConfigureAwait(false);
        return await ReplyAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the reply, as long as the server says anything at all within the limit.</summary>
    public async ValueTask<FtpReply> ReplyAsync(FtpCommand command, CancellationToken cancellationToken)
    {
        await WaitAsync(command.Reply, command, cancellationToken).ConfigureAwait(false);
        return await command.Reply.ConfigureAwait(false);
    }

    /// <summary>Waits until the server has begun with a transfer; false when it will not, and the reply says why.</summary>
    public async ValueTask<bool> BegunAsync(FtpCommand command, CancellationToken cancellationToken)
    {
        await WaitAsync(command.Begun, command, cancellationToken).ConfigureAwait(false);
        return await command.Begun.ConfigureAwait(false);
    }

    /// <summary>Data flowed, so that the server is alive.</summary>
    public void Touch() => Volatile.Write(ref lastHeard, clock.GetTimestamp());

    /// <summary>Ends the session at once. Everything that waits for a reply fails.</summary>
    public void End(EndpointException reason, bool isInnocent = false)
    {
        FtpCommand[] lost;
        lock (gate)
        {
            if (over is not null)
            {
                return;
            }

            over = reason;
            EndedInnocently = isInnocent;
            lost = [.. expected];
            expected.Clear();
        }

        control.Abort();
        foreach (var command in lost)
        {
            command.OnLost(new EndpointException(reason.Error, reason.Message, reason.IsTransient, reason));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsOver)
        {
            using var patience = new CancellationTokenSource(leavingMax, clock);
            try
            {
                await AskAsync(new FtpCommand("QUIT"), patience.Token).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is EndpointException or OperationCanceledException)
            {
                // It is left either way.
            }
        }

        End(new EndpointException(EndpointError.Disconnected, "The endpoint was closed.", isTransient: true));
        await reading.ConfigureAwait(false);
        await control.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask SendTogetherAsync(ReadOnlyMemory<FtpCommand> commands, CancellationToken cancellationToken)
    {
        lines.ResetWrittenCount();
        foreach (var command in commands.Span)
        {
            command.Write(lines, control.Text);
        }

        lock (gate)
        {
            if (over is { } reason)
            {
                throw new EndpointException(reason.Error, reason.Message, reason.IsTransient, reason);
            }

            foreach (var command in commands.Span)
            {
                command.IsSent = true;
                expected.Enqueue(command);
            }
        }

        try
        {
            // Half a command on the line would spoil the next one: it is not broken off in the middle.
            await control.WriteAsync(lines.WrittenMemory, CancellationToken.None).AsTask().WaitAsync(timeout, clock, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EndpointException lost)
        {
            End(lost, isInnocent: true);
            throw;
        }
        catch (TimeoutException)
        {
            throw TimedOut("take commands");
        }
    }

    private async ValueTask WaitAsync(Task task, FtpCommand command, CancellationToken cancellationToken)
    {
        for (var left = timeout; !task.IsCompleted;)
        {
            try
            {
                await task.WaitAsync(left, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException) when ((left = timeout - Idle) > TimeSpan.Zero)
            {
                // It is at work on what was asked before.
            }
            catch (TimeoutException)
            {
                throw TimedOut($"answer {command.Word}");
            }
        }
    }

    private EndpointException TimedOut(string what)
    {
        EndpointException reason = new(
            EndpointError.TimedOut, $"{Name} did not {what} within {Engine.Settings.Duration.Format(timeout)}; the connection was given up.", isTransient: true);
        End(reason);
        return reason;
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var reply = await control.ReadReplyAsync(cancellationToken).ConfigureAwait(false);
                Touch();
                if (!Deliver(reply))
                {
                    return;
                }
            }
        }
        catch (EndpointException lost)
        {
            End(lost, isInnocent: lost.IsTransient);
        }
        catch (OperationCanceledException)
        {
            // It is paused.
        }
    }

    /// <summary>Service not available: the server closes, because of the time or because it has too many.</summary>
    public EndpointException EndBy(FtpReply goodbye)
    {
        EndedCrowded = FtpSignIn.IsTooMany(goodbye) && !goodbye.Says("time") && !goodbye.Says("idle");
        EndpointException reason = new(EndpointError.Disconnected, $"{Name} ended the session: {Manners.Redact(goodbye.ToString())}.", isTransient: true);
        End(reason, isInnocent: true);
        return reason;
    }

    /// <summary>From now on nothing is sent behind the command of a transfer.</summary>
    public EndpointException EndOutOfTurn(FtpReply reply)
    {
        Manners.Order = FtpOrder.NotKept;
        EndpointException reason = new(
            EndpointError.Disconnected, $"{Name} answered out of turn: {Manners.Redact(reply.ToString())}. It is asked one by one from now on.", isTransient: true);
        End(reason, isInnocent: true);
        return reason;
    }

    /// <summary>False when the session is over by that.</summary>
    private bool Deliver(FtpReply reply)
    {
        FtpCommand? command;
        lock (gate)
        {
            if (!expected.TryPeek(out command) && reply.Code != 421)
            {
                command = null;
            }
            else if (reply.IsPreliminary && command is not { IsLeft: true, HasBegun: true })
            {
                command!.OnBegun();
                return true;
            }
            else if (reply.Code != 421 && !IsOutOfTurn(reply, command!))
            {
                expected.Dequeue();
            }
            else
            {
                command = reply.Code == 200 ? TakeProbe() : null;
            }
        }

        if (command is not null)
        {
            command.OnReply(reply);
            return true;
        }

        _ = reply.Code == 421 ? EndBy(reply) : EndOutOfTurn(reply);
        return false;
    }

    /// <summary>The NOOP behind a transfer's command, which was sent to see whether it is answered in its turn; null when there is none.</summary>
    private FtpCommand? TakeProbe()
    {
        FtpCommand[] all = [.. expected];
        if (all is not [_, { Word: "NOOP" } probe, ..])
        {
            return null;
        }

        Manners.Order = FtpOrder.NotKept;
        expected.Clear();
        foreach (var command in all.Where(command => command != probe))
        {
            expected.Enqueue(command);
        }

        return probe;
    }

    /// <summary>
    /// A server that reads on while it transfers answers what was sent behind the transfer's command before it has ended the transfer. When it refused that, it
    /// may have more to say once the data connection ends: that all was sent, or that TLS failed.
    /// </summary>
    private bool IsOutOfTurn(FtpReply reply, FtpCommand command) => command.Kind switch
    {
        FtpCommandKind.Transfer => reply.Code is 200 or 213 or 227 or 229 or 350 or 253
            || (Manners.Order == FtpOrder.NotKept && !command.HasBegun && reply.Code is 226 or 522),
        FtpCommandKind.Passive => reply.Code is 226 or 213 or 426 or 522,
        _ => reply.Code is 226 or 227 or 229 or 425 or 426 or 522,
    };
}

/// <summary>Where a server waits for a data connection.</summary>
internal readonly record struct FtpPassivePort(int Port, long AskedAt)
{
    /// <summary>The port in a reply to EPSV (229, RFC 2428) or PASV (227); null when there is none. The address in the latter is nobody's business.</summary>
    public static int? PortIn(FtpReply reply)
    {
        var text = reply.Text;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (reply.Code == 229 && open >= 0 && text.Length > open + 5)
        {
            // Any character may be the delimiter: (|||6446|).
            var delimiter = text[open + 1];
            var parts = text[(open + 2)..].Split(delimiter);
            return parts.Length > 2 && IsPort(parts[2], out var port) ? port : null;
        }

        if (reply.Code != 227)
        {
            return null;
        }

        // RFC 1123, 4.1.2.6: the six numbers are looked for, with or without brackets.
        var first = text.AsSpan().IndexOfAnyInRange('0', '9');
        if (first < 0)
        {
            return null;
        }

        var numbers = text[first..].TrimEnd(')', '.', ' ', '\t').Split(')')[0].Split(',');
        return numbers.Length == 6 && byte.TryParse(numbers[4].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var high)
            && byte.TryParse(numbers[5].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var low) && (high > 0 || low > 0)
            ? (high * 256) + low
            : null;
    }

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort;
}
