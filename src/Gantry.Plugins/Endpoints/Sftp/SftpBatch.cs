using System.Buffers.Binary;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Requests that go out together, written straight into the connection's buffer. Holds the connection's lock until it is disposed:
/// whoever has one only adds requests.
/// </summary>
internal readonly ref struct SftpBatch
{
    private readonly SftpConnection connection;

    public SftpBatch(SftpConnection connection) => this.connection = connection;

    public void Open(SftpCall call, SftpPath path, uint flags) =>
        connection.Handles.OnOpening(SendOpen(call, path, flags), (flags & SftpWire.OpenWrite) != 0);

    /// <summary>
    /// Opens a file with the handle foretold, which is closed in this same batch. False when no handle can be foretold now: then nothing
    /// was added.
    /// </summary>
    public bool TryOpenAhead(SftpCall call, SftpPath path, uint flags, Span<byte> handle, out uint id)
    {
        id = 0;
        if (!connection.Server.KeepsOrder || !connection.Handles.TryTell(handle))
        {
            return false;
        }

        id = SendOpen(call, path, flags);
        return true;
    }

    public void OpenFolder(SftpCall call, SftpPath path)
    {
        Begin(call, SftpWire.OpenFolder, path.Bytes + 4, out var id).Path(path);
        connection.Handles.OnOpening(id, isForWriting: false);
    }

    public void Close(SftpCall call, ReadOnlySpan<byte> handle)
    {
        ForHandle(call, SftpWire.Close, handle);
        connection.Handles.OnClosing(handle);
    }

    /// <summary>Closes what was opened ahead.</summary>
    public void CloseAhead(SftpCall call, ReadOnlySpan<byte> handle) => ForHandle(call, SftpWire.Close, handle);

    /// <summary>A request that is a path and nothing else.</summary>
    public void ForPath(SftpCall call, byte type, SftpPath path) => Begin(call, type, path.Bytes + 4).Path(path);

    /// <summary>A request that is a handle and nothing else.</summary>
    public void ForHandle(SftpCall call, byte type, ReadOnlySpan<byte> handle) => Begin(call, type, handle.Length + 4).Bytes(handle);

    public void MakeFolder(SftpCall call, SftpPath path)
    {
        var packet = Begin(call, SftpWire.MakeFolder, path.Bytes + 8);
        packet.Path(path);
        packet.UInt32(0);
    }

    public void Read(SftpCall call, ReadOnlySpan<byte> handle, long offset, int length)
    {
        var packet = Begin(call, SftpWire.Read, handle.Length + 16);
        packet.Bytes(handle);
        packet.UInt64((ulong)offset);
        packet.UInt32((uint)length);
    }

    /// <summary>Answers the request's id.</summary>
    public uint Write(SftpCall call, ReadOnlySpan<byte> handle, long offset, ReadOnlySpan<byte> content)
    {
        var packet = Begin(call, SftpWire.Write, handle.Length + content.Length + 16, out var id);
        packet.Bytes(handle);
        packet.UInt64((ulong)offset);
        packet.Bytes(content);
        return id;
    }

    /// <summary>Answers the request's id, so that its reply is told from the others of the same call.</summary>
    public uint SetStat(SftpCall call, ReadOnlySpan<byte> handle, DateTimeOffset? modifiedAt, int? mode)
    {
        var packet = Begin(call, SftpWire.FileSetStat, handle.Length + 4 + StatBytes(modifiedAt, mode), out var id);
        packet.Bytes(handle);
        Stat(packet, modifiedAt, mode);
        return id;
    }

    public void SetStat(SftpCall call, SftpPath path, DateTimeOffset? modifiedAt, int? mode)
    {
        var packet = Begin(call, SftpWire.SetStat, path.Bytes + 4 + StatBytes(modifiedAt, mode));
        packet.Path(path);
        Stat(packet, modifiedAt, mode);
    }

    /// <summary>By OpenSSH's extension, which replaces the target at once; else the protocol's own, which fails when there is one.</summary>
    public void Rename(SftpCall call, SftpPath source, SftpPath target, bool isPosix)
    {
        var packet = isPosix
            ? BeginExtended(call, SftpWire.PosixRename, source.Bytes + target.Bytes + 8)
            : Begin(call, SftpWire.Rename, source.Bytes + target.Bytes + 8);
        packet.Path(source);
        packet.Path(target);
    }

    public void MakeLink(SftpCall call, SftpPath path, SftpPath linkTarget)
    {
        // The draft says the link first; OpenSSH has these arguments swapped, and everybody else follows it.
        var packet = Begin(call, SftpWire.MakeLink, path.Bytes + linkTarget.Bytes + 8);
        packet.Path(linkTarget);
        packet.Path(path);
    }

    public void Extension(SftpCall call, string name) => BeginExtended(call, name, 0);

    public void Extension(SftpCall call, string name, SftpPath path) => BeginExtended(call, name, path.Bytes + 4).Path(path);

    public void Dispose() => connection.EndBatch();

    /// <summary>The seconds that the protocol can say: 1970 to 2106.</summary>
    public static uint SecondsOf(DateTimeOffset time) => (uint)Math.Clamp(time.ToUnixTimeSeconds(), 0, uint.MaxValue);

    private uint SendOpen(SftpCall call, SftpPath path, uint flags)
    {
        var packet = Begin(call, SftpWire.Open, path.Bytes + 12, out var id);
        packet.Path(path);
        packet.UInt32(flags);
        packet.UInt32(0);
        return id;
    }

    private static int StatBytes(DateTimeOffset? modifiedAt, int? mode) => 4 + (modifiedAt is null ? 0 : 8) + (mode is null ? 0 : 4);

    private static void Stat(Packet packet, DateTimeOffset? modifiedAt, int? mode)
    {
        packet.UInt32((mode is null ? 0 : SftpWire.HasMode) | (modifiedAt is null ? 0 : SftpWire.HasTimes));
        if (mode is { } bits)
        {
            packet.UInt32((uint)bits & 0xFFF);
        }

        if (modifiedAt is { } time)
        {
            packet.UInt32(SecondsOf(time));
            packet.UInt32(SecondsOf(time));
        }
    }

    private Packet BeginExtended(SftpCall call, string name, int bodyBytes)
    {
        var packet = Begin(call, SftpWire.Extended, bodyBytes + 4 + name.Length);
        packet.Text(name);
        return packet;
    }

    private Packet Begin(SftpCall call, byte type, int bodyBytes) => Begin(call, type, bodyBytes, out _);

    private Packet Begin(SftpCall call, byte type, int bodyBytes, out uint id)
    {
        var packet = new Packet(connection, 9 + bodyBytes);
        id = connection.Register(call);
        packet.UInt32((uint)(5 + bodyBytes));
        packet.Byte(type);
        packet.UInt32(id);
        return packet;
    }

    /// <summary>Room in the buffer for one packet, filled from the front.</summary>
    private ref struct Packet
    {
        private readonly ref SftpCursor cursor;

        public Packet(SftpConnection connection, int bytes)
        {
            cursor = ref connection.Reserve(bytes);
        }

        public readonly void Byte(byte value) => cursor.Take(1)[0] = value;

        public readonly void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(cursor.Take(4), value);

        public readonly void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(cursor.Take(8), value);

        public readonly void Bytes(ReadOnlySpan<byte> value)
        {
            UInt32((uint)value.Length);
            value.CopyTo(cursor.Take(value.Length));
        }

        public readonly void Text(string value)
        {
            UInt32((uint)value.Length);
            System.Text.Encoding.ASCII.GetBytes(value, cursor.Take(value.Length));
        }

        public readonly void Path(SftpPath path)
        {
            UInt32((uint)path.Bytes);
            path.Encode(cursor.Take(path.Bytes));
        }
    }
}

/// <summary>The bytes that wait to be sent.</summary>
internal struct SftpCursor
{
    public byte[] Buffer;
    public int Length;

    public Span<byte> Take(int count)
    {
        var taken = Buffer.AsSpan(Length, count);
        Length += count;
        return taken;
    }
}
