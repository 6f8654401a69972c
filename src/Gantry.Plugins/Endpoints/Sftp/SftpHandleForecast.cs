using System.Buffers.Binary;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Knows which handle an OPEN will be answered with, so that a small file is opened, written and closed in one burst, without waiting for
/// the server in between. OpenSSH's server numbers its handles, takes the one that was closed last first (sftp-server.c, handle_new and
/// handle_unused), and works requests off in their order: whoever follows what is opened and closed knows the next one.
/// </summary>
/// <remarks>
/// It speaks only for a server that <see cref="SftpHandleProbe"/> has seen behave so, only while every OPEN before it is answered, and only
/// while no other file is open for writing: a request with a wrong handle could then reach no file at all. One answer that was not foreseen,
/// or one out of its turn, and it never speaks again. To be called under the connection's lock.
/// </remarks>
internal sealed class SftpHandleForecast
{
    /// <summary>Of every handle of OpenSSH's server.</summary>
    public const int HandleBytes = 4;

    private readonly Queue<Event> events = new();
    private readonly Stack<uint> free = new();
    private readonly HashSet<uint> writers = [];
    private readonly Dictionary<uint, Event> unanswered = [];
    private uint handlesMade;
    private uint lastAnswered;
    private int writersAsked;
    private bool isProven;
    private bool isBroken;

    /// <summary>Whether it may speak at all; whether it can at this moment is another matter.</summary>
    public bool IsProven => isProven && !isBroken;

    /// <summary>The server was seen to behave as it takes for granted.</summary>
    public void Prove() => isProven = true;

    /// <summary>The server does something else after all.</summary>
    public void Break() => isBroken = true;

    /// <summary>The handle of an OPEN that is sent now.</summary>
    public bool TryTell(Span<byte> handle)
    {
        if (!IsProven || events.Count > 0 || writersAsked + writers.Count > 0)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(handle, free.TryPeek(out var last) ? last : handlesMade);
        return true;
    }

    /// <summary>A request that opens something is sent, and its answer is waited for.</summary>
    public void OnOpening(uint id, bool isForWriting)
    {
        var opening = new Event { IsOpening = true, IsForWriting = isForWriting };
        writersAsked += isForWriting ? 1 : 0;
        unanswered[id] = opening;
        events.Enqueue(opening);
    }

    public void OnClosing(ReadOnlySpan<byte> handle)
    {
        if (!TryNumber(handle, out var number))
        {
            isBroken = true;
            return;
        }

        writers.Remove(number);
        events.Enqueue(new Event { IsAnswered = true, Handle = number });
        Follow();
    }

    /// <summary>Every answer passes here, in the order in which they come.</summary>
    /// <param name="id">Of the request.</param>
    /// <param name="handle">What it holds after its id when it is a handle: length and bytes; empty otherwise.</param>
    public void OnAnswer(uint id, ReadOnlySpan<byte> handle)
    {
        // Ids are given in rising order, and begin anew after the last one.
        isBroken |= (int)(id - lastAnswered) < 0;
        lastAnswered = id;
        if (unanswered.Count > 0 && unanswered.Remove(id, out var opening))
        {
            OnOpened(opening, handle);
        }
    }

    private void OnOpened(Event opening, ReadOnlySpan<byte> handle)
    {
        opening.IsAnswered = true;
        writersAsked -= opening.IsForWriting ? 1 : 0;
        if (!handle.IsEmpty)
        {
            if (handle.Length < HandleBytes || !TryNumber(handle[HandleBytes..], out var number))
            {
                isBroken = true;
                return;
            }

            opening.Handle = number;
            if (opening.IsForWriting)
            {
                writers.Add(number);
            }
        }

        Follow();
    }

    /// <summary>Does what the server has done, as far as that is known.</summary>
    private void Follow()
    {
        while (events.TryPeek(out var next) && next.IsAnswered)
        {
            events.Dequeue();
            if (!next.IsOpening)
            {
                free.Push(next.Handle!.Value);
            }
            else if (next.Handle is { } handle)
            {
                isBroken |= handle != (free.TryPop(out var last) ? last : handlesMade++);
            }
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> handle, out uint number) =>
        BinaryPrimitives.TryReadUInt32BigEndian(handle, out number) && handle.Length == HandleBytes;

    /// <summary>Something was opened, or a handle closed.</summary>
    private sealed class Event
    {
        public bool IsOpening { get; init; }

        public bool IsForWriting { get; init; }

        public bool IsAnswered { get; set; }

        /// <summary>Null when nothing was opened.</summary>
        public uint? Handle { get; set; }
    }
}
