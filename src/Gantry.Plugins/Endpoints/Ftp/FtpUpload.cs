using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One file on its way up: what is to be asked for it, and what the server said.</summary>
internal sealed class FtpUpload
{
    private const int ModeBits = 0xFFF;

    private readonly FtpEndpoint endpoint;
    private readonly FtpManners manners;
    private readonly string target;
    private FtpCommand? time;
    private FtpCommand? mode;
    private FtpCommand? size;
    private bool areAsked;
    private bool keepsTime;
    private bool keepsMode;

    /// <summary>A name that cannot be sent fails with BadPath before anything is.</summary>
    public FtpUpload(FtpEndpoint endpoint, string path, WriteOptions options)
    {
        this.endpoint = endpoint;
        manners = endpoint.Manners;
        Path = path;
        Options = options;
        PartialPath = endpoint.PathOf(EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName));
        target = endpoint.PathOf(path);
        endpoint.Text.Write(target, new ArrayBufferWriter<byte>());
    }

    public string Path { get; }

    public WriteOptions Options { get; }

    /// <summary>On the server.</summary>
    public string PartialPath { get; }

    /// <summary>Begins to store at the offset.</summary>
    /// <param name="session">The caller's.</param>
    /// <param name="offset">0 writes anew; elsewhere it goes on behind what stands there.</param>
    /// <param name="wantsNext">Another transfer follows on this session.</param>
    /// <param name="isLast">Nothing follows: what is to be asked about the file goes in the same flight, where the server bears that.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async ValueTask<FtpTransfer> BeginAsync(FtpSession session, long offset, bool wantsNext, bool isLast, CancellationToken cancellationToken)
    {
        var appends = offset > 0 && manners.Appends;
        FtpCommand store = new(appends ? "APPE" : "STOR", PartialPath, FtpCommandKind.Transfer);
        var questions = isLast ? Questions() : [];
        var transfer = await FtpTransfer.BeginAsync(session, store, appends ? 0 : offset, questions, wantsNext, cancellationToken).ConfigureAwait(false);
        areAsked = isLast && transfer.SentBehind;
        return transfer;
    }

    /// <summary>
    /// Fails with ContentDiffers when the server has not got as many bytes as were sent: a line that is cut looks like the end of a file to it. Time and mode
    /// are set as well.
    /// </summary>
    public async ValueTask CheckAsync(FtpSession session, long length, bool wantsNext, CancellationToken cancellationToken)
    {
        FtpCommand? next = null;
        if (!areAsked)
        {
            next = wantsNext && manners.Pipelines && !session.Dialer.IsActive ? FtpDataDialer.PassiveCommand(session) : null;
            FtpCommand[] questions = [.. Questions(), .. next is null ? (FtpCommand[])[] : [next]];
            if (questions.Length > 0)
            {
                await session.SendAsync(questions, cancellationToken).ConfigureAwait(false);
            }
        }

        if (size is not null)
        {
            CheckSize(await session.ReplyAsync(size, cancellationToken).ConfigureAwait(false), length);
        }

        keepsTime = time is not null && IsTimeTaken(await session.ReplyAsync(time, cancellationToken).ConfigureAwait(false));
        keepsMode = mode is not null && IsModeTaken(await session.ReplyAsync(mode, cancellationToken).ConfigureAwait(false));
        if (next is not null && session.Dialer.PortOf(await session.ReplyAsync(next, cancellationToken).ConfigureAwait(false)) is { } port)
        {
            session.Ahead = port;
        }

        if (Options.ModifiedAt is not null && manners.TimeSetting == FtpTimeSetting.None)
        {
            endpoint.OnTimeRefused();
        }
    }

    /// <summary>What gives the file its name, and asks about it where that is needed.</summary>
    public FtpCommand[] Naming()
    {
        FtpCommand[] naming = [new("RNFR", PartialPath), new("RNTO", target)];
        return manners.HasMachineLists && !(keepsTime && keepsMode) ? [.. naming, new("MLST", target)] : naming;
    }

    /// <summary>What is at the path now.</summary>
    /// <param name="length">How many bytes were sent.</param>
    /// <param name="told">The reply to MLST; null when it was not asked.</param>
    public Entry ToEntry(long length, FtpReply? told)
    {
        var name = EndpointPath.NameOf(Path);
        return told is { IsDone: true, Lines.Count: > 2 } && FtpMachineList.Parse(told.Lines[1].TrimStart(' '), name) is { Kind: EntryKind.File } entry
            ? entry
            : new Entry
            {
                Name = name,
                Kind = EntryKind.File,
                Size = length,
                ModifiedAt = keepsTime ? ToSeconds(Options.ModifiedAt!.Value) : null,
                UnixMode = keepsMode ? Options.UnixMode & ModeBits : null,
            };
    }

    private static DateTimeOffset ToSeconds(DateTimeOffset time)
    {
        var held = time < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : time.ToUniversalTime();
        return held.AddTicks(-(held.UtcTicks % TimeSpan.TicksPerSecond));
    }

    private FtpCommand[] Questions()
    {
        areAsked = false;
        time = Options.ModifiedAt is { } given && manners.TimeSetting != FtpTimeSetting.None ? TimeCommand(manners, given, PartialPath) : null;
        mode = Options.UnixMode is { } bits && manners.SetsModes ? new FtpCommand(ModeVerb(bits & ModeBits), PartialPath) : null;
        size = manners.HasSize ? new FtpCommand("SIZE", PartialPath) : null;
        return [.. new[] { time, mode, size }.OfType<FtpCommand>()];
    }

    /// <summary>MFMT (draft-somers-ftp-mfxx); some older servers take a time with MDTM.</summary>
    public static FtpCommand TimeCommand(FtpManners manners, DateTimeOffset time, string place) =>
        new(TimeVerb(manners, time), place);

    public static string TimeVerb(FtpManners manners, DateTimeOffset time) =>
        $"{(manners.TimeSetting == FtpTimeSetting.Mfmt ? "MFMT" : "MDTM")} {FtpTime.Format(ToSeconds(time))}";

    public static string ModeVerb(int bits) => $"SITE CHMOD {Convert.ToString(bits, 8).PadLeft(3, '0')}";

    private void CheckSize(FtpReply reply, long length)
    {
        if (FtpEndpoint.SizeIn(reply) is { } arrived ? arrived == length : reply.IsUnknown)
        {
            manners.HasSize = !reply.IsUnknown;
            return;
        }

        throw new EndpointException(
            EndpointError.ContentDiffers,
            $"'{endpoint.PlaceOf(Path)}' got {length} bytes, and the server does not have them all: it says {manners.Redact(reply.ToString())}. The data connection was cut.",
            isTransient: true);
    }

    private bool IsTimeTaken(FtpReply reply)
    {
        if (reply.IsDone && reply.Code != 202)
        {
            manners.TimeSetting = manners.TimeSetting == FtpTimeSetting.Unknown ? FtpTimeSetting.Mdtm : manners.TimeSetting;
            return true;
        }

        endpoint.OnTimeRefused();
        return false;
    }

    private bool IsModeTaken(FtpReply reply)
    {
        if (reply.IsDone && reply.Code != 202)
        {
            return true;
        }

        endpoint.OnModeRefused();
        return false;
    }
}
