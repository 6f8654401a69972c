using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What came back for one request. Status is Ok for every reply that is not a status.</summary>
internal readonly record struct SftpReply
{
    public SftpStatus Status { get; init; }

    /// <summary>The server's own words to the status; may be empty.</summary>
    public string Message { get => field ?? ""; init; }

    public byte[]? Handle { get; init; }

    public SftpAttributes? Attributes { get; init; }

    public IReadOnlyList<SftpName>? Names { get; init; }

    /// <summary>The body of an extended reply.</summary>
    public byte[]? Extended { get; init; }

    public bool IsOk => Status == SftpStatus.Ok;

    public static SftpReply Read(byte type, ref SftpReader body) => type switch
    {
        SftpWire.StatusReply => ReadStatus(ref body),
        SftpWire.HandleReply => new() { Message = "", Handle = ReadHandle(ref body) },
        SftpWire.AttributesReply => new() { Message = "", Attributes = body.Attributes() },
        SftpWire.NameReply => new() { Message = "", Names = ReadNames(ref body) },
        SftpWire.ExtendedReply => new() { Message = "", Extended = ReadRest(ref body) },
        _ => throw new EndpointException(EndpointError.Protocol, $"The SFTP server answered with a packet of the unknown type {type}."),
    };

    public static SftpReply ReadStatus(ref SftpReader body)
    {
        var status = (SftpStatus)body.UInt32();

        // Old servers leave the words out.
        return new() { Status = status, Message = status == SftpStatus.Ok || body.IsAtEnd ? "" : body.Text() };
    }

    public static byte[] ReadHandle(ref SftpReader body)
    {
        var handle = body.Bytes();
        return handle.Length is > 0 and <= SftpWire.HandleBytesMax
            ? handle.ToArray()
            : throw new EndpointException(EndpointError.Protocol, $"The SFTP server gave a handle of {handle.Length} bytes; 1 to {SftpWire.HandleBytesMax} are allowed.");
    }

    private static List<SftpName> ReadNames(ref SftpReader body)
    {
        var count = body.UInt32();
        var names = new List<SftpName>((int)Math.Min(count, 1024));
        for (; count > 0; count--)
        {
            var name = NameBytes.Decode(body.Bytes());
            var longName = body.Bytes();
            names.Add(new SftpName(name, body.Attributes().ToEntry(name, longName)));
        }

        return names;
    }

    private static byte[] ReadRest(ref SftpReader body)
    {
        var bytes = new List<byte>();
        while (!body.IsAtEnd)
        {
            bytes.Add(body.Byte());
        }

        return [.. bytes];
    }
}

/// <summary>One of the names in a reply: unchecked, as the server sent it.</summary>
internal readonly record struct SftpName(string Name, Entry Entry);
