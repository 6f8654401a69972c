using System.Buffers.Binary;
using System.Text;

namespace Gantry.Plugins.Endpoints.Rclone;

internal enum SmbCommand : ushort
{
    Negotiate = 0,
    SessionSetup = 1,
    TreeConnect = 3,
    Create = 5,
    Close = 6,
    Write = 9,
    QueryInfo = 16,
    SetInfo = 17,
}

/// <summary>One request without its head (MS-SMB2, 2.2). Offsets in it count from the head's beginning.</summary>
/// <param name="Command">What is asked.</param>
/// <param name="Body">As it is sent.</param>
/// <param name="Charge">How many credits it costs.</param>
internal sealed record SmbRequest(SmbCommand Command, byte[] Body, int Charge = 1)
{
    public const int HeadBytes = 64;

    // The one that the request before it made or named.
    private static readonly byte[] sameFile = [.. Enumerable.Repeat((byte)0xFF, FileIdBytes)];

    public const int FileIdBytes = 16;

    private const int CreditBytes = 64 * 1024;
    private const byte OfFile = 1;

    public static SmbRequest Negotiate(ReadOnlySpan<ushort> dialects, Guid client, ReadOnlySpan<byte> salt)
    {
        const int FixedBytes = 36;
        const int AlignedTo = 8;
        var contextAt = (HeadBytes + FixedBytes + (dialects.Length * 2) + AlignedTo - 1) / AlignedTo * AlignedTo;
        var secondAt = (contextAt + 8 + 6 + salt.Length + AlignedTo - 1) / AlignedTo * AlignedTo;
        var body = new byte[secondAt - HeadBytes + 8 + 6];
        Put(body, 0, FixedBytes);
        Put(body, 2, dialects.Length);
        body[4] = 1; // Signs where it is asked to; what was signed is always checked.
        body[8] = LargeWrites | Encryption;
        client.TryWriteBytes(body.AsSpan(12));
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(28), contextAt);
        Put(body, 32, 2);
        for (var i = 0; i < dialects.Length; i++)
        {
            Put(body, FixedBytes + (i * 2), dialects[i]);
        }

        // That nobody changed what led to the login: SHA-512 over it.
        var context = contextAt - HeadBytes;
        Put(body, context, 1);
        Put(body, context + 2, 6 + salt.Length);
        Put(body, context + 8, 1);
        Put(body, context + 10, salt.Length);
        Put(body, context + 12, 1);
        salt.CopyTo(body.AsSpan(context + 14));

        // AES-128-GCM and -CCM: said only so that a server that would rather encrypt says so, too.
        context = secondAt - HeadBytes;
        Put(body, context, 2);
        Put(body, context + 2, 6);
        Put(body, context + 8, 2);
        Put(body, context + 10, 2);
        Put(body, context + 12, 1);
        return new(SmbCommand.Negotiate, body);
    }

    public const byte LargeWrites = 4;

    private const byte Encryption = 0x40;

    public static SmbRequest SessionSetup(byte[] token)
    {
        const int FixedBytes = 24;
        var body = new byte[FixedBytes + token.Length];
        Put(body, 0, FixedBytes + 1);
        body[3] = 1;
        Put(body, 12, HeadBytes + FixedBytes);
        Put(body, 14, token.Length);
        token.CopyTo(body, FixedBytes);
        return new(SmbCommand.SessionSetup, body);
    }

    /// <param name="share">As '\\host\share'.</param>
    public static SmbRequest TreeConnect(string share)
    {
        const int FixedBytes = 8;
        var name = Encoding.Unicode.GetBytes(share);
        var body = new byte[FixedBytes + name.Length];
        Put(body, 0, FixedBytes + 1);
        Put(body, 4, HeadBytes + FixedBytes);
        Put(body, 6, name.Length);
        name.CopyTo(body, FixedBytes);
        return new(SmbCommand.TreeConnect, body);
    }

    /// <summary>A new file, which nobody else can open meanwhile. Fails where something has the name.</summary>
    public static SmbRequest CreateNew(string path) => Create(path, WriteAndRename, disposition: 2, options: NoFolder);

    /// <summary>A file that goes when it is closed.</summary>
    public static SmbRequest OpenToDelete(string path) => Create(path, Delete, disposition: 1, options: NoFolder | DeleteOnClose);

    public static SmbRequest WriteAll(ReadOnlySpan<byte> content)
    {
        const int FixedBytes = 48;
        var body = new byte[FixedBytes + content.Length];
        Put(body, 0, FixedBytes + 1);
        Put(body, 2, HeadBytes + FixedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), content.Length);
        sameFile.CopyTo(body, 16);
        content.CopyTo(body.AsSpan(FixedBytes));
        return new(SmbCommand.Write, body, Math.Max(1, (content.Length + CreditBytes - 1) / CreditBytes));
    }

    public static SmbRequest SetTime(DateTimeOffset time)
    {
        const int FileBasicInformation = 4;
        var times = new byte[40];
        BinaryPrimitives.WriteInt64LittleEndian(times.AsSpan(16), time.ToFileTime());
        return Set(FileBasicInformation, sameFile, times);
    }

    /// <summary>Its size and times.</summary>
    public static SmbRequest Look()
    {
        const int FixedBytes = 40;
        const byte FileNetworkOpenInformation = 34;
        var body = new byte[FixedBytes + 1];
        Put(body, 0, FixedBytes + 1);
        body[2] = OfFile;
        body[3] = FileNetworkOpenInformation;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), LookBytes);
        sameFile.CopyTo(body, 24);
        return new(SmbCommand.QueryInfo, body);
    }

    public const int LookBytes = 56;

    /// <summary>To a name that nothing has; fails otherwise.</summary>
    public static SmbRequest Rename(ReadOnlySpan<byte> file, string newPath)
    {
        const int FileRenameInformation = 10;
        const int FixedBytes = 20;
        const int BytesMin = 24;
        var name = Encoding.Unicode.GetBytes(newPath);
        var information = new byte[Math.Max(FixedBytes + name.Length, BytesMin)];
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(16), name.Length);
        name.CopyTo(information, FixedBytes);
        return Set(FileRenameInformation, file, information);
    }

    /// <summary>It goes when it is closed.</summary>
    public static SmbRequest Remove(ReadOnlySpan<byte> file)
    {
        const int FileDispositionInformation = 13;
        return Set(FileDispositionInformation, file, [1]);
    }

    public static SmbRequest Close()
    {
        const int FixedBytes = 24;
        var body = new byte[FixedBytes];
        Put(body, 0, FixedBytes);
        sameFile.CopyTo(body, 8);
        return new(SmbCommand.Close, body);
    }

    private const uint NoFolder = 0x40;
    private const uint DeleteOnClose = 0x1000;
    private const uint Delete = 0x1_0000;
    private const uint WriteAndRename = 0x10_0000 | Delete | 0x100 | 0x80 | 0x2; // And set and read its times.

    private static SmbRequest Create(string path, uint access, int disposition, uint options)
    {
        const int FixedBytes = 56;
        const int Impersonation = 2;
        const int NormalFile = 0x80;
        var name = Encoding.Unicode.GetBytes(path);
        var body = new byte[FixedBytes + name.Length];
        Put(body, 0, FixedBytes + 1);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), Impersonation);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(24), access);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(28), NormalFile);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(36), disposition);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(40), options);
        Put(body, 44, HeadBytes + FixedBytes);
        Put(body, 46, name.Length);
        name.CopyTo(body, FixedBytes);
        return new(SmbCommand.Create, body);
    }

    private static SmbRequest Set(int what, ReadOnlySpan<byte> file, ReadOnlySpan<byte> information)
    {
        const int FixedBytes = 32;
        var body = new byte[FixedBytes + information.Length];
        Put(body, 0, FixedBytes + 1);
        body[2] = OfFile;
        body[3] = (byte)what;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), information.Length);
        Put(body, 8, HeadBytes + FixedBytes);
        file.CopyTo(body.AsSpan(16));
        information.CopyTo(body.AsSpan(FixedBytes));
        return new(SmbCommand.SetInfo, body);
    }

    private static void Put(byte[] body, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(at), (ushort)value);
}
