namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>The numbers of version 3 of the protocol (draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL file for the extensions).</summary>
internal static class SftpWire
{
    public const uint Version = 3;

    public const byte Init = 1;
    public const byte VersionReply = 2;
    public const byte Open = 3;
    public const byte Close = 4;
    public const byte Read = 5;
    public const byte Write = 6;
    public const byte LinkStat = 7;
    public const byte FileStat = 8;
    public const byte SetStat = 9;
    public const byte FileSetStat = 10;
    public const byte OpenFolder = 11;
    public const byte ReadFolder = 12;
    public const byte Remove = 13;
    public const byte MakeFolder = 14;
    public const byte RemoveFolder = 15;
    public const byte RealPath = 16;
    public const byte Stat = 17;
    public const byte Rename = 18;
    public const byte ReadLink = 19;
    public const byte MakeLink = 20;
    public const byte StatusReply = 101;
    public const byte HandleReply = 102;
    public const byte DataReply = 103;
    public const byte NameReply = 104;
    public const byte AttributesReply = 105;
    public const byte Extended = 200;
    public const byte ExtendedReply = 201;

    public const uint OpenRead = 0x01;
    public const uint OpenWrite = 0x02;
    public const uint OpenCreate = 0x08;
    public const uint OpenExclusive = 0x20;

    public const uint HasSize = 0x01;
    public const uint HasOwner = 0x02;
    public const uint HasMode = 0x04;
    public const uint HasTimes = 0x08;
    public const uint HasExtensions = 0x80000000;

    public const string PosixRename = "posix-rename@openssh.com";
    public const string FileSync = "fsync@openssh.com";
    public const string Limits = "limits@openssh.com";
    public const string FileSystemStat = "statvfs@openssh.com";

    /// <summary>A handle is opaque and at most this long.</summary>
    public const int HandleBytesMax = 256;

    /// <summary>What every server must take (the draft says 34,000 bytes a packet).</summary>
    public const int SafeDataBytes = 32 * 1024;

    /// <summary>OpenSSH's own limit is 256 KiB; nobody needs more, and a hostile length must not become memory.</summary>
    public const int PacketBytesMax = 1024 * 1024;
}

/// <summary>The status codes of version 3.</summary>
internal enum SftpStatus : uint
{
    Ok = 0,
    EndOfFile = 1,
    NoSuchFile = 2,
    PermissionDenied = 3,
    Failure = 4,
    BadMessage = 5,
    NoConnection = 6,
    ConnectionLost = 7,
    Unsupported = 8,
}
