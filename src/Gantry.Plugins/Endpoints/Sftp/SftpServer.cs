using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What a server told of itself at the greeting.</summary>
internal sealed record SftpServer
{
    // OpenSSH's own client asks for this much; a packet's head must fit into the server's 256 KiB besides.
    private const int DataBytesMax = 255 * 1024;
    private const int HandlesUnknown = 100;
    private static readonly TimeSpan machineTime = TimeSpan.FromMilliseconds(2);
    private const ulong HandlesMost = 4096;
    private const ulong HandlesSpare = 16;

    public static SftpServer Unknown { get; } = new();

    public IReadOnlySet<string> Extensions { get; init; } = new HashSet<string>();

    public bool HasPosixRename => Extensions.Contains(SftpWire.PosixRename);

    /// <summary>Only OpenSSH's own server (since 6.5) was seen to say this.</summary>
    public bool IsOpenSsh => Extensions.Contains(SftpWire.FileSync);

    /// <summary>A rename onto a file deletes that one first, so that a rename which then fails would leave neither.</summary>
    public bool ReplacesByDeleting { get; init; }

    /// <summary>What is written reaches its place when it is closed, and is looked at after that. Such a server works off in order what it is asked of one file.</summary>
    public bool StoresAtClose { get; init; }

    /// <summary>OpenSSH works requests off in the order in which they come.</summary>
    public bool KeepsOrder => IsOpenSsh;

    /// <summary>The most bytes that one READ asks for.</summary>
    public int ReadBytesMax { get; init; } = SftpWire.SafeDataBytes;

    /// <summary>The most bytes that one WRITE carries.</summary>
    public int WriteBytesMax { get; init; } = SftpWire.SafeDataBytes;

    /// <summary>How many handles we use at once: nearly all that the server allows one session.</summary>
    public int HandlesMax { get; init; } = HandlesUnknown;

    /// <summary>Null until it is known.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The round trip without the millisecond or two that the machine needs, and not the line; null until it is known.</summary>
    public TimeSpan? Distance => RoundTrip > machineTime ? RoundTrip - machineTime : RoundTrip is null ? null : TimeSpan.Zero;

    /// <summary>The same, with what its answer to the question for its limits tells.</summary>
    public SftpServer With(TimeSpan roundTrip, SftpReply reply) =>
        (reply.Extended is { } limits ? With(new SftpReader(limits)) : this) with { RoundTrip = roundTrip };

    private SftpServer With(SftpReader limits)
    {
        limits.UInt64();
        var read = limits.UInt64();
        var write = limits.UInt64();
        var handles = limits.UInt64();
        return this with
        {
            ReadBytesMax = Within(read, DataBytesMax, SftpWire.SafeDataBytes),
            WriteBytesMax = Within(write, DataBytesMax, SftpWire.SafeDataBytes),
            HandlesMax = handles == 0 ? HandlesUnknown : (int)Math.Clamp(handles - Math.Min(HandlesSpare, handles / 2), 1, HandlesMost),
        };
    }

    // 0 means that the server sets no limit it would tell.
    private static int Within(ulong limit, int most, int unknown) => limit == 0 ? unknown : (int)Math.Min(limit, (ulong)most);
}

/// <summary>
/// Asks for the server's limits where it knows that question, else a small one, and measures the way there and back by it. Nobody waits: what
/// is true of every server will do until the answer comes.
/// </summary>
internal sealed class SftpLimitsCall(SftpConnection connection, TimeProvider clock) : SftpCall
{
    private readonly long start = clock.GetTimestamp();

    public void Ask()
    {
        using var batch = connection.Begin();
        if (connection.Server.Extensions.Contains(SftpWire.Limits))
        {
            batch.Extension(this, SftpWire.Limits);
        }
        else
        {
            batch.ForPath(this, SftpWire.RealPath, new SftpPath("."));
        }
    }

    public override void OnReply(uint id, byte type, ref SftpReader body) =>
        connection.Learn(clock.GetElapsedTime(start), SftpReply.Read(type, ref body));

    public override void OnLost(EndpointException reason)
    {
        // Whoever needs the connection is told.
    }
}

/// <summary>Waits for the server's VERSION, which carries no id.</summary>
internal sealed class SftpGreeting : SftpCall
{
    /// <summary>No request gets this one: ids begin with 1.</summary>
    public const uint Id = 0;

    private readonly TaskCompletionSource<IReadOnlySet<string>> extensions = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IReadOnlySet<string>> Extensions => extensions.Task;

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        if (type != SftpWire.VersionReply)
        {
            throw Unexpected(type);
        }

        var version = body.UInt32();
        if (version != SftpWire.Version)
        {
            throw new EndpointException(EndpointError.Protocol, $"The SFTP server speaks only version {version}; version {SftpWire.Version} is needed.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!body.IsAtEnd)
        {
            var name = Encoding.ASCII.GetString(body.Bytes());
            body.Bytes();
            names.Add(name);
        }

        extensions.TrySetResult(names);
    }

    public override void OnLost(EndpointException reason) => extensions.TrySetException(reason);
}
