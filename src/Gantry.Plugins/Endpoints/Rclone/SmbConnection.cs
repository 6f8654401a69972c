using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// A connection to one share, signed in (SMB 2.1 to 3.1.1, MS-SMB2). Many exchanges are under way on it at once, as far as the server gives credits; each message is signed, and none
/// that is not is believed. It does not encrypt: where a server or a share wants that, it is not made.
/// </summary>
internal sealed partial class SmbConnection : IAsyncDisposable
{
    private const int FrameBytesMax = 1024 * 1024;
    private const ulong ToNobody = ulong.MaxValue;

    private readonly record struct Asked(SmbExchange Exchange, int Index);

    private readonly Socket socket;
    private readonly TimeProvider clock;
    private readonly TimeSpan patience;
    private readonly Channel<SmbExchange> outgoing = Channel.CreateUnbounded<SmbExchange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<ulong, Asked> asked = new();
    private readonly SemaphoreSlim credited = new(0);
    private readonly CancellationTokenSource ending = new();
    private SmbSigner? ofOurs;
    private SmbSigner? ofTheirs;
    private ITimer? watch;
    private Task running = Task.CompletedTask;
    private ulong nextId;
    private ulong sessionId;
    private uint treeId;
    private int credits = 1;
    private int isOver;
    private long heardAt;

    private SmbConnection(Socket socket, TimeProvider clock, TimeSpan patience)
    {
        this.socket = socket;
        this.clock = clock;
        this.patience = patience;
        heardAt = clock.GetTimestamp();
    }

    public bool IsOver => Volatile.Read(ref isOver) != 0;

    /// <summary>The most that one write takes.</summary>
    public int WriteBytesMax { get; private set; }

    /// <summary>False when it is over: then nothing was sent, and nobody is told.</summary>
    public bool TrySend(SmbExchange exchange) => !IsOver && outgoing.Writer.TryWrite(exchange);

    public async ValueTask DisposeAsync()
    {
        End();
        await running.ConfigureAwait(false);
        if (watch is not null)
        {
            await watch.DisposeAsync().ConfigureAwait(false);
        }

        ofOurs?.Dispose();
        ofTheirs?.Dispose();
        credited.Dispose();
        ending.Dispose();
    }

    private void Start()
    {
        watch = clock.CreateTimer(_ => Watch(), null, patience, patience / 4);
        running = RunAsync();
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(Task.Run(SendAsync), Task.Run(ReceiveAsync)).ConfigureAwait(false);
        foreach (var exchange in asked.Values.Select(question => question.Exchange).Distinct())
        {
            exchange.OnLost(wasSent: true);
        }
    }

    private void Watch()
    {
        if (!asked.IsEmpty && clock.GetElapsedTime(Volatile.Read(ref heardAt)) > patience)
        {
            End();
        }
    }

    private void End()
    {
        if (Interlocked.Exchange(ref isOver, 1) == 0)
        {
            outgoing.Writer.TryComplete();
            ending.Cancel();
            socket.Dispose();
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var exchange in outgoing.Reader.ReadAllAsync(ending.Token).ConfigureAwait(false))
            {
                if (!await TrySendAsync(exchange).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }

        End();
        while (outgoing.Reader.TryRead(out var unsent))
        {
            unsent.OnLost(wasSent: false);
        }
    }

    private async ValueTask<bool> TrySendAsync(SmbExchange exchange)
    {
        var isAsked = false;
        try
        {
            while (Volatile.Read(ref credits) < exchange.Cost)
            {
                if (asked.IsEmpty && Volatile.Read(ref credits) < exchange.Cost)
                {
                    // It never gives enough.
                    exchange.OnLost(wasSent: false);
                    return false;
                }

                await credited.WaitAsync(ending.Token).ConfigureAwait(false);
            }

            Interlocked.Add(ref credits, -exchange.Cost);
            var frame = Frame(exchange.Requests, ofOurs, (index, id) => asked[id] = new Asked(exchange, index));
            isAsked = true;
            Volatile.Write(ref heardAt, asked.Count == exchange.Requests.Count ? clock.GetTimestamp() : Volatile.Read(ref heardAt));
            for (var sent = 0; sent < frame.Length;)
            {
                sent += await socket.SendAsync(frame.AsMemory(sent), ending.Token).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failed) when (failed is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!isAsked)
            {
                exchange.OnLost(wasSent: false);
            }

            return false;
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var frame = await ReadFrameAsync(ending.Token).ConfigureAwait(false);
                Volatile.Write(ref heardAt, clock.GetTimestamp());
                foreach (var (id, answer) in Messages(frame, ofTheirs))
                {
                    if (asked.TryRemove(id, out var question) && question.Exchange.Answer(question.Index, answer) && question.Exchange.Continue() && !TrySend(question.Exchange))
                    {
                        question.Exchange.OnLost(wasSent: true);
                    }
                }

                credited.Release();
            }
        }
        catch (Exception failed) when (failed is SocketException or EndpointException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever waits is told.
        }

        End();
    }

    /// <summary>One frame of requests: each after the first is about the file of the one before it.</summary>
    private byte[] Frame(IReadOnlyList<SmbRequest> requests, SmbSigner? signer, Action<int, ulong> onId)
    {
        const int LengthBytes = 4;
        const int AlignedTo = 8;
        const uint Related = 4;
        const uint Signed = 8;
        var sizes = requests.Select((request, index) =>
            SmbRequest.HeadBytes + request.Body.Length is var size && index + 1 < requests.Count ? (size + AlignedTo - 1) / AlignedTo * AlignedTo : size).ToArray();
        var frame = new byte[LengthBytes + sizes.Sum()];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - LengthBytes);
        var at = LengthBytes;
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            var message = frame.AsSpan(at, sizes[i]);
            message[0] = 0xFE;
            "SMB"u8.CopyTo(message[1..]);
            BinaryPrimitives.WriteUInt16LittleEndian(message[4..], SmbRequest.HeadBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(message[6..], (ushort)(request.Command == SmbCommand.Negotiate ? 0 : request.Charge));
            BinaryPrimitives.WriteUInt16LittleEndian(message[12..], (ushort)request.Command);
            BinaryPrimitives.WriteUInt16LittleEndian(message[14..], (ushort)(request.Charge + (Volatile.Read(ref credits) < CreditsWanted ? CreditsMore : 0)));
            BinaryPrimitives.WriteUInt32LittleEndian(message[16..], (i > 0 ? Related : 0) | (signer is null ? 0 : Signed));
            BinaryPrimitives.WriteInt32LittleEndian(message[20..], i + 1 < requests.Count ? sizes[i] : 0);
            BinaryPrimitives.WriteUInt64LittleEndian(message[24..], nextId);
            BinaryPrimitives.WriteUInt32LittleEndian(message[36..], treeId);
            BinaryPrimitives.WriteUInt64LittleEndian(message[40..], sessionId);
            request.Body.CopyTo(message[SmbRequest.HeadBytes..]);
            signer?.Sign(message);
            onId(i, nextId);
            nextId += (ulong)request.Charge;
            at += sizes[i];
        }

        return frame;
    }

    private async ValueTask<byte[]> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var head = new byte[4];
        await FillAsync(head, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < SmbRequest.HeadBytes or > FrameBytesMax)
        {
            throw Strange();
        }

        var frame = new byte[length];
        await FillAsync(frame, cancellationToken).ConfigureAwait(false);
        return frame;
    }

    private async ValueTask FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            buffer = read > 0 ? buffer[read..] : throw new EndpointException(EndpointError.Disconnected, "The server ended the connection.", isTransient: true);
        }
    }

    /// <summary>The answers in a frame with the numbers of their questions. One that is not signed as it has to be ends all.</summary>
    private List<(ulong Id, SmbAnswer Answer)> Messages(ReadOnlySpan<byte> frame, SmbSigner? signer)
    {
        List<(ulong, SmbAnswer)> answers = [];
        while (true)
        {
            if (frame.Length < SmbRequest.HeadBytes || frame[0] != 0xFE || !frame[1..4].SequenceEqual("SMB"u8))
            {
                throw Strange();
            }

            var next = BinaryPrimitives.ReadInt32LittleEndian(frame[20..]);
            if (next != 0 && (next < SmbRequest.HeadBytes || next > frame.Length))
            {
                throw Strange();
            }

            var message = next == 0 ? frame : frame[..next];
            var status = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
            var id = BinaryPrimitives.ReadUInt64LittleEndian(message[24..]);
            var isLater = status == SmbAnswer.Pending;

            // What is only announced, or asked by the server itself, need not be signed; it counts for nothing.
            if (signer is not null && id != ToNobody && !isLater && !signer.IsGood(message))
            {
                throw Strange();
            }

            Interlocked.Add(ref credits, BinaryPrimitives.ReadUInt16LittleEndian(message[14..]));
            if (id != ToNobody && !isLater)
            {
                answers.Add((id, new SmbAnswer(status, message[SmbRequest.HeadBytes..].ToArray())));
            }

            if (next == 0)
            {
                return answers;
            }

            frame = frame[next..];
        }
    }

    private static EndpointException Strange() => new(EndpointError.Protocol, "The server's answer is none of SMB, or not signed as it should be.");
}
