using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// A folder behind an FTP server. Each file in transfer has a session of a pool for itself; everything else is asked on the control connections, several
/// commands in one flight. Nothing holds a session while it waits for its caller and others wait for a session.
/// </summary>
internal sealed partial class FtpEndpoint : IEndpoint, IConnects, IMoves, ISetsTimes, IHashes, IWritesWhole, IFetchesWhole, IWritesRanges, IReadsRanges
{
    private const int TriesMax = 3;

    private readonly string root;
    private readonly FtpManners manners;
    private readonly FtpSessions sessions;
    private readonly TimeProvider clock;
    private readonly Action<string> notice;
    private readonly FtpQuickQueue<FtpQuickFile>? writes;
    private readonly FtpQuickQueue<FtpQuickRead>? reads;

    /// <param name="address">For messages, without secrets and without a '/' at the end.</param>
    /// <param name="root">The folder on the server: absolute, or relative to the login's home; "" is the home.</param>
    /// <param name="manners">What is learned of the server.</param>
    /// <param name="sessions">The pool.</param>
    /// <param name="clock">Measures and limits.</param>
    /// <param name="text">How names are written.</param>
    /// <param name="notice">Hears once what this server cannot do.</param>
    /// <param name="dialer">For the data connections of small files; null where they go the long way.</param>
    public FtpEndpoint(string address, string root, FtpManners manners, FtpSessions sessions, TimeProvider clock, FtpText text, Action<string> notice, FtpDataDialer? dialer = null)
    {
        Text = text;
        Address = address;
        this.root = root;
        this.manners = manners;
        this.sessions = sessions;
        this.clock = clock;
        this.notice = notice;
        if (dialer is { IsActive: false })
        {
            writes = new(sessions, dialer, (queue, session, port) => new FtpQuickWriting(this, queue, session, port));
            reads = new(sessions, dialer, static (queue, session, port) => new FtpQuickReading(queue, session, port));
        }
    }

    public string Address { get; }

    public Task Connecting => sessions.First;

    /// <summary>Until the server has been asked, what most of them can do.</summary>
    public Capabilities Capabilities => new()
    {
        TimePrecision = manners is { IsKnown: true, HasMachineLists: false, HasModificationTimes: false } ? null : TimeSpan.FromSeconds(1),
        KeepsGivenTimes = !manners.IsKnown || manners.TimeSetting is FtpTimeSetting.Mfmt or FtpTimeSetting.Mdtm,
        TimeFirst = DateTimeOffset.UnixEpoch,

        // While one file's name is given, the next one's bytes are on their way.
        ConcurrentFiles = sessions.Limit * 2,
        ConcurrentListings = sessions.Limit,
    };

    internal FtpManners Manners => manners;

    internal FtpText Text { get; }

    public async ValueTask DisposeAsync()
    {
        if (writes is not null)
        {
            await writes.DisposeAsync().ConfigureAwait(false);
            await reads!.DisposeAsync().ConfigureAwait(false);
        }

        await sessions.DisposeAsync().ConfigureAwait(false);
        manners.Dispose();
    }

    /// <summary>On the server: absolute where that is known.</summary>
    internal string PathOf(string path)
    {
        if (manners.ChangesNames && path.AsSpan().IndexOfAnyInRange('\0', '\x1f') is var control && (control >= 0 || path.Contains('\x7f') || path.EndsWith(' ') || path.Contains(" /", StringComparison.Ordinal)))
        {
            throw new EndpointException(
                EndpointError.BadPath, $"The server would write '{PlaceOf(path)}' with other characters: it keeps no control characters, and no spaces at the end of a name.");
        }

        var folder = root.StartsWith('/') ? root
            : manners.Home is { } home && home.StartsWith('/') ? (root.Length == 0 ? home : $"{home.TrimEnd('/')}/{root}")
            : root;
        return folder.Length == 0 ? (path.Length == 0 ? "." : $"./{path}")
            : path.Length == 0 ? folder
            : folder.EndsWith('/') ? folder + path : $"{folder}/{path}";
    }

    internal string PlaceOf(string path) => path.Length == 0 ? Address : $"{Address}/{EndpointPath.Printable(path)}";

    /// <summary>Work that may be begun anew when its session ends for a reason that lies in the session.</summary>
    private async ValueTask<T> OnSessionAsync<T>(Func<FtpSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await work(session).ConfigureAwait(false);
            }
            catch (EndpointException failed) when (failed.Error == EndpointError.Disconnected && session is { IsOver: true, EndedInnocently: true } && tries < TriesMax)
            {
                // On another one.
            }
            finally
            {
                sessions.Give(session);
            }
        }
    }

    /// <summary>
    /// Asks in one flight, and lets others use the session while the replies are on their way. The commands may be asked twice when a session ends
    /// in between. The path of a command is that of the server.
    /// </summary>
    private async ValueTask<FtpReply[]> AskAsync(Func<FtpCommand[]> make, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
            var commands = make();
            try
            {
                try
                {
                    await session.SendAsync(commands, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    sessions.Give(session);
                }

                var replies = new FtpReply[commands.Length];
                for (var i = 0; i < commands.Length; i++)
                {
                    replies[i] = await session.ReplyAsync(commands[i], cancellationToken).ConfigureAwait(false);
                }

                return replies;
            }
            catch (EndpointException failed) when (failed.Error == EndpointError.Disconnected && session is { IsOver: true, EndedInnocently: true } && tries < TriesMax)
            {
                // On another one.
            }
        }
    }

    private async ValueTask<FtpReply> AskAsync(string verb, string path, CancellationToken cancellationToken)
    {
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        return (await AskAsync(() => [new FtpCommand(verb, PathOf(path))], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Where paths begin and what the server can do is known from the first session on.</summary>
    private async ValueTask KnowAsync(CancellationToken cancellationToken)
    {
        if (!manners.IsKnown)
        {
            sessions.Give(await sessions.TakeAsync(cancellationToken).ConfigureAwait(false));
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private EndpointException Refused(FtpReply reply, string path, string action) => FtpErrors.Of(manners, reply, PlaceOf(path), action);

    internal static long? SizeIn(FtpReply reply) =>
        reply.Code == 213 && long.TryParse(reply.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
