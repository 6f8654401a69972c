using System.Buffers;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One small file on the short way: the lines that are sent for it, and what their replies are held against.</summary>
internal sealed class FtpQuickFile : FtpQuickJob
{
    private const int ModeBits = 0xFFF;

    public required ReadOnlyMemory<byte> Content { get; init; }

    public required IWholeWriteReceiver Receiver { get; init; }

    /// <summary>STOR under the partial name, and what is asked about it.</summary>
    public required byte[] Storing { get; init; }

    /// <summary>RNFR and RNTO.</summary>
    public required byte[] Naming { get; init; }

    /// <summary>DELE of the partial name.</summary>
    public required byte[] Removing { get; init; }

    public required bool SetsTime { get; init; }

    public required bool SetsMode { get; init; }

    public required bool AsksSize { get; init; }

    public override void GoLongWay() => Receiver.OnEnded(WholeWriteEnd.NotWritten);

    /// <summary>Fails with BadPath when a name cannot be sent.</summary>
    public static FtpQuickFile Of(
        FtpEndpoint endpoint, string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        var manners = endpoint.Manners;
        var place = endpoint.PathOf(EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName));
        var time = manners.TimeSetting == FtpTimeSetting.None ? null : options.ModifiedAt;
        var mode = manners.SetsModes ? options.UnixMode & ModeBits : null;
        ArrayBufferWriter<byte> lines = new(512);
        void Add(string verb, string argument)
        {
            Encoding.ASCII.GetBytes(verb, lines);
            endpoint.Text.Write(argument, lines);
            lines.Write("\r\n"u8);
        }

        byte[] Taken()
        {
            var taken = lines.WrittenSpan.ToArray();
            lines.ResetWrittenCount();
            return taken;
        }

        Add("STOR ", place);
        if (time is { } given)
        {
            Add($"{FtpUpload.TimeVerb(manners, given)} ", place);
        }

        if (mode is { } bits)
        {
            Add($"{FtpUpload.ModeVerb(bits)} ", place);
        }

        if (manners.HasSize)
        {
            Add("SIZE ", place);
        }

        var storing = Taken();
        Add("RNFR ", place);
        Add("RNTO ", endpoint.PathOf(path));
        var naming = Taken();
        Add("DELE ", place);
        return new()
        {
            Content = content,
            Receiver = receiver,
            Wanted = cancellationToken,
            Storing = storing,
            Naming = naming,
            Removing = Taken(),
            SetsTime = time is not null,
            SetsMode = mode is not null,
            AsksSize = manners.HasSize,
        };
    }
}
