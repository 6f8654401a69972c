using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What a server told of itself at the greeting.</summary>
internal sealed record SftpServer
{
    // OpenSSH's own client asks for this much; a packet's head must fit into the server's 256 KiB besides.
    private const int DataBytesMax = 255 * 1024;
    private const int HandlesUnknown = 100;

    public static SftpServer Unknown { get; } = new();

    public IReadOnlySet<string> Extensions { get; init; } = new HashSet<string>();

    public bool HasPosixRename => Extensions.Contains(SftpWire.PosixRename);

    /// <summary>Only OpenSSH's own server (since 6.5) was seen to say this.</summary>
    public bool IsOpenSsh => Extensions.Contains(SftpWire.FileSync);

    /// <summary>The most bytes that one READ asks for.</summary>
    public int ReadBytesMax { get; init; } = SftpWire.SafeDataBytes;

    /// <summary>The most bytes that one WRITE carries.</summary>
    public int WriteBytesMax { get; init; } = SftpWire.SafeDataBytes;

    /// <summary>How many handles we use at once: three quarters of what the server allows.</summary>
    public int HandlesMax { get; init; } = HandlesUnknown;

    public TimeSpan RoundTrip { get; init; }

    /// <summary>Asks for the limits where the server knows that question, and measures the round trip by it.</summary>
    public static async Task<SftpServer> AskAsync(
        SftpConnection connection, IReadOnlySet<string> extensions, TimeProvider clock, CancellationToken cancellationToken)
    {
        var asksLimits = extensions.Contains(SftpWire.Limits);
        var request = new SftpRequest(connection);
        var start = clock.GetTimestamp();
        using (var batch = connection.Begin())
        {
            if (asksLimits)
            {
                batch.Extension(request, SftpWire.Limits);
            }
            else
            {
                batch.ForPath(request, SftpWire.RealPath, new SftpPath("."));
            }
        }

        var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
        var server = new SftpServer { Extensions = extensions, RoundTrip = clock.GetElapsedTime(start) };
        return asksLimits && reply.Extended is { } limits ? server.With(new SftpReader(limits)) : server;
    }

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
            HandlesMax = handles == 0 ? HandlesUnknown : (int)Math.Max(1, Math.Min(handles, 4096) * 3 / 4),
        };
    }

    // 0 means that the server sets no limit it would tell.
    private static int Within(ulong limit, int most, int unknown) => limit == 0 ? unknown : (int)Math.Min(limit, (ulong)most);
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
