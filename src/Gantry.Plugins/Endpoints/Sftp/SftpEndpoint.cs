using System.Buffers;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A folder behind an SFTP server. Small files travel in bursts, hundreds at once over one connection; large ones in a window.</summary>
internal sealed partial class SftpEndpoint : IEndpoint, IConnects, IMoves, ISetsTimes, ISymbolicLinks, IWritesWhole, ITakesBatches, IWritesRanges, IReadsRanges, ITellsRealPath
{
    private const int ListingsAhead = 3;

    private readonly string root;
    private readonly TimeProvider clock;
    private readonly Action<string> notice;
    private readonly TimeSpan? silenceMax;
    private readonly SftpSessions sessions;
    private readonly SftpStripes stripes;
    private readonly SftpBudget uploadBytes = new(8 * 1024 * 1024);
    private readonly Lock gate = new();
    private SftpFlight? flight;
    private Capabilities capabilities = new()
    {
        TimePrecision = TimeSpan.FromSeconds(1),
        TimeFirst = DateTimeOffset.UnixEpoch,
        TimeLast = DateTimeOffset.FromUnixTimeSeconds(uint.MaxValue),
        ConcurrentFiles = 64,
        ConcurrentListings = 8,
    };
    private SftpServer? known;

    /// <param name="address">For messages, without secrets and without a '/' at the end.</param>
    /// <param name="root">The folder on the server: absolute, or relative to the login's home; "" is the home.</param>
    /// <param name="connect">Makes the way to the server; called at once, and again when a connection was lost.</param>
    /// <param name="clock">Measures and limits.</param>
    /// <param name="notice">Hears once what this server cannot do.</param>
    /// <param name="connectionsMax">Over how many connections a large file may be spread.</param>
    /// <param name="silenceMax">How long the server may owe an answer and say nothing before a connection is given up; null for ever.</param>
    public SftpEndpoint(
        string address,
        string root,
        Func<CancellationToken, Task<SftpPipe>> connect,
        TimeProvider clock,
        Action<string> notice,
        int connectionsMax = 1,
        TimeSpan? silenceMax = null)
    {
        this.silenceMax = silenceMax;
        Address = address;
        this.root = root;
        this.clock = clock;
        this.notice = notice;
        sessions = new SftpSessions((onBegun, token) => OpenAsync(onBegun, Learn, token), clock);
        stripes = new SftpStripes(sessions, token => OpenAsync(_ => { }, _ => { }, token), connectionsMax, clock);

        async Task<SftpConnection> OpenAsync(Action<SftpConnection> onBegun, Action<SftpServer> onLearned, CancellationToken token) =>
            await SftpConnection.OpenAsync(await connect(token).ConfigureAwait(false), clock, onBegun, onLearned, silenceMax, token).ConfigureAwait(false);
    }

    public string Address { get; }

    public Task Connecting => sessions.First;

    /// <summary>There is no connection now; the next call makes one.</summary>
    internal bool IsConnectionLost => sessions.Standing is null;

    /// <summary>Careful guesses until the server has been asked; then what its limits and its distance tell.</summary>
    public Capabilities Capabilities
    {
        get
        {
            if (sessions.Standing is { } connection)
            {
                Learn(connection.Server);
            }

            return Volatile.Read(ref capabilities);
        }
    }

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);

        // With the greeting, which saves a round trip.
        using var early = Beginning is { } begun ? new SftpFolderOpening(begun, root, folder) : null;
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            using var late = early?.Connection == connection ? null : new SftpFolderOpening(connection, root, folder);
            var opening = late ?? early!;
            var opened = await opening.HandleAsync(cancellationToken).ConfigureAwait(false);
            if (opened.Handle is not { } handle)
            {
                throw await ListFailureAsync(connection, opened, opening.Stat, folder, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await foreach (var entry in ReadFolderAsync(connection, handle, folder, cancellationToken).ConfigureAwait(false))
                {
                    yield return entry;
                }
            }
            finally
            {
                connection.TryClose(handle);
            }
        }
        finally
        {
            flight!.Handles.Give(1);
        }
    }

    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);

        // The root is what it leads to; everything below is told as it is.
        var reply = await AskAsync(connection, path.Length == 0 ? SftpWire.Stat : SftpWire.LinkStat, path, cancellationToken).ConfigureAwait(false);
        return reply.Status switch
        {
            SftpStatus.Ok when reply.Attributes is { } attributes => attributes.ToEntry(EndpointPath.NameOf(path), []),
            SftpStatus.NoSuchFile => null,
            _ => throw SftpErrors.Of(reply, PlaceOf(path), "looked at"),
        };
    }

    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        return expectedSize is { } size && size - offset >= 0 && size - offset < connection.Server.ReadBytesMax
            ? await OpenSmallAsync(connection, path, offset, (int)(size - offset), cancellationToken).ConfigureAwait(false)
            : await OpenLargeAsync(connection, path, offset, expectedSize, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        await RefuseFolderAsync(connection, path, cancellationToken).ConfigureAwait(false);
        var reply = await AskAsync(connection, SftpWire.Remove, path, cancellationToken).ConfigureAwait(false);
        if (reply.IsOk || reply.Status == SftpStatus.NoSuchFile)
        {
            return;
        }

        throw (await LookAsync(connection, path, cancellationToken).ConfigureAwait(false))?.Kind == EntryKind.Folder
            ? new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, not a file.")
            : SftpErrors.Of(reply, PlaceOf(path), "deleted");
    }

    public async ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (path.Length > 0)
        {
            await MakeFolderAsync(connection, path, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await MakeRootAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (!connection.Server.IsOpenSsh && await LookAsync(connection, path, cancellationToken).ConfigureAwait(false) is { } there && there.Kind != EntryKind.Folder)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(path)}' is not a folder.");
        }

        var reply = await AskAsync(connection, SftpWire.RemoveFolder, path, cancellationToken).ConfigureAwait(false);
        if (reply.IsOk)
        {
            return;
        }

        // OpenSSH says "no such file" for a file too, and "failure" for a folder that is not empty.
        var entry = await LookAsync(connection, path, cancellationToken).ConfigureAwait(false);
        if (entry is null)
        {
            return;
        }

        if (entry.Kind != EntryKind.Folder)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(path)}' is not a folder.");
        }

        await foreach (var inside in ListAsync(path, cancellationToken).ConfigureAwait(false))
        {
            throw new EndpointException(
                EndpointError.FolderNotEmpty, $"The folder '{PlaceOf(path)}' is not empty: it holds '{EndpointPath.Printable(inside.Name)}'.");
        }

        throw SftpErrors.Of(reply, PlaceOf(path), "deleted");
    }

    public async ValueTask DisposeAsync()
    {
        if (sessions.Standing is { } connection)
        {
            await connection.SettledAsync(settlingPause, settlingMax, clock).ConfigureAwait(false);
        }

        await stripes.DisposeAsync().ConfigureAwait(false);
        await sessions.DisposeAsync().ConfigureAwait(false);
        replacing.Dispose();
    }

    /// <summary>The first connection, while it is being made.</summary>
    private SftpConnection? Beginning => sessions is { Standing: null, Begun: { IsOver: false } begun } ? begun : null;

    private static ValueTask<SftpReply> AskAsync(SftpConnection connection, byte type, SftpPath path, CancellationToken cancellationToken) =>
        Ask(connection, type, path).ReplyAsync(cancellationToken);

    private static SftpRequest Ask(SftpConnection connection, byte type, SftpPath path)
    {
        var request = new SftpRequest(connection);
        using var batch = connection.Begin();
        batch.ForPath(request, type, path);
        return request;
    }

    private static async ValueTask<bool> IsFolderAsync(SftpConnection connection, SftpPath path, CancellationToken cancellationToken) =>
        (await AskAsync(connection, SftpWire.Stat, path, cancellationToken).ConfigureAwait(false)).Attributes?.Kind == EntryKind.Folder;

    private ValueTask<SftpReply> AskAsync(SftpConnection connection, byte type, string path, CancellationToken cancellationToken) =>
        AskAsync(connection, type, new SftpPath(root, path), cancellationToken);

    /// <summary>
    /// Servers other than OpenSSH's were seen to remove a folder by REMOVE, and to replace one by RENAME: they are asked beforehand.
    /// </summary>
    /// <returns>What is there; null when nothing is, or the server was not asked.</returns>
    private async ValueTask<Entry?> RefuseFolderAsync(SftpConnection connection, string path, CancellationToken cancellationToken)
    {
        var there = connection.Server.IsOpenSsh ? null : await LookAsync(connection, path, cancellationToken).ConfigureAwait(false);
        return there?.Kind == EntryKind.Folder
            ? throw new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, not a file.")
            : there;
    }

    /// <summary>What is there, links not followed; null when nothing is or the server does not say.</summary>
    private async ValueTask<Entry?> LookAsync(SftpConnection connection, string path, CancellationToken cancellationToken) =>
        (await AskAsync(connection, SftpWire.LinkStat, path, cancellationToken).ConfigureAwait(false)).Attributes?.ToEntry(EndpointPath.NameOf(path), []);

    private async ValueTask<SftpConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        var connection = await sessions.GetAsync(cancellationToken).ConfigureAwait(false);
        Learn(connection.Server);
        return connection;
    }

    private void Learn(SftpServer server)
    {
        if (ReferenceEquals(Volatile.Read(ref known), server))
        {
            return;
        }

        lock (gate)
        {
            if (flight is null)
            {
                flight = new SftpFlight(server, clock, Gather);
            }
            else
            {
                flight.Learn(server);
            }

            // Three round trips a file: enough of them at once to keep the server at work all the while, at its thirty files a millisecond. Near
            // by, more only wait in each other's way.
            const int FilesAtOnce = 160;
            const int FilesMost = 2048;
            var distance = server.Distance?.TotalMilliseconds ?? FilesMost;
            capabilities = capabilities with
            {
                ConcurrentFiles = (int)Math.Clamp(FilesAtOnce + (distance * 96), 1, server.KeepsOrder ? FilesMost : Math.Min(FilesMost, server.HandlesMax * 2)),
                ConcurrentListings = (int)Math.Clamp(8 + (distance * 2), 1, Math.Min(64, server.HandlesMax)),
                KeepsOrder = server.KeepsOrder,
            };
            Volatile.Write(ref known, server);
        }
    }

    private void Gather(Action send)
    {
        if (sessions.Standing is { } connection)
        {
            connection.Gather(send);
        }
        else
        {
            send();
        }
    }

    private string PlaceOf(string path) => path.Length == 0 ? Address : $"{Address}/{EndpointPath.Printable(path)}";

    private async IAsyncEnumerable<Entry> ReadFolderAsync(
        SftpConnection connection, byte[] handle, string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = new Queue<SftpRequest>();
        IReadOnlyList<SftpName>? before = null;
        while (true)
        {
            while (asked.Count < ListingsAhead)
            {
                var request = new SftpRequest(connection);
                using var batch = connection.Begin();
                batch.ForHandle(request, SftpWire.ReadFolder, handle);
                asked.Enqueue(request);
            }

            var reply = await asked.Dequeue().ReplyAsync(cancellationToken).ConfigureAwait(false);
            if (reply.Status == SftpStatus.EndOfFile)
            {
                yield break;
            }

            if (!reply.IsOk)
            {
                throw SftpErrors.Of(reply, PlaceOf(folder), "listed");
            }

            var names = reply.Names ?? throw new EndpointException(
                EndpointError.Protocol, $"The SFTP server answered the listing of '{PlaceOf(folder)}' with something else.");
            if (before?.Select(said => said.Name).SequenceEqual(names.Select(said => said.Name), StringComparer.Ordinal) == true)
            {
                throw new EndpointException(EndpointError.Protocol, $"The SFTP server lists the same part of '{PlaceOf(folder)}' again and again.");
            }

            before = names;
            foreach (var (name, entry) in names)
            {
                if (name is "." or "..")
                {
                    continue;
                }

                if (!EndpointPath.IsName(name))
                {
                    throw new EndpointException(
                        EndpointError.Protocol,
                        $"The SFTP server lists '{EndpointPath.Printable(name)}' in '{PlaceOf(folder)}', which is no name of a file.");
                }

                yield return entry;
            }
        }
    }

    private async ValueTask<EndpointException> ListFailureAsync(
        SftpConnection connection, SftpReply reply, SftpRequest? asked, string folder, CancellationToken cancellationToken)
    {
        var stat = asked is null
            ? await AskAsync(connection, SftpWire.Stat, folder, cancellationToken).ConfigureAwait(false)
            : await asked.ReplyAsync(cancellationToken).ConfigureAwait(false);
        return stat.Attributes?.Kind is { } kind && kind != EntryKind.Folder
            ? new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(folder)}' is not a folder.")
            : SftpErrors.Of(reply, PlaceOf(folder), "listed");
    }

    private async ValueTask<Stream> OpenSmallAsync(
        SftpConnection connection, string path, long offset, int expectedBytes, CancellationToken cancellationToken)
    {
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        var download = new SftpSmallDownload(connection, new SftpPath(root, path), offset, expectedBytes);
        try
        {
            await download.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            flight!.Handles.Give(1);
        }

        if (!download.Failure.IsOk)
        {
            ArrayPool<byte>.Shared.Return(download.Buffer);
            throw await ReadFailureAsync(connection, download.Failure, path, cancellationToken).ConfigureAwait(false);
        }

        // As long as expected: the one byte more that was asked for is not there, so that it ends here.
        return download.Length == expectedBytes
            ? new SftpPrefetchedStream(download.Buffer, download.Length, openRest: null)
            : new SftpPrefetchedStream(
                download.Buffer,
                download.Length,
                async token => await OpenLargeAsync(
                    await ConnectionAsync(token).ConfigureAwait(false), path, offset + download.Length, null, token).ConfigureAwait(false));
    }

    private async ValueTask<Stream> OpenLargeAsync(
        SftpConnection connection, string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        await flight!.Handles.TakeAsync(1, cancellationToken).ConfigureAwait(false);
        try
        {
            var request = new SftpRequest(connection);
            using (var batch = connection.Begin())
            {
                batch.Open(request, new SftpPath(root, path), SftpWire.OpenRead);
            }

            var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
            return reply.Handle is { } handle
                ? new SftpReadStream(connection, handle, offset, expectedSize, failure => SftpErrors.Of(failure, PlaceOf(path), "read"), () => flight!.Handles.Give(1))
                : throw await ReadFailureAsync(connection, reply, path, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            flight!.Handles.Give(1);
            throw;
        }
    }

    private async ValueTask<EndpointException> ReadFailureAsync(
        SftpConnection connection, SftpReply reply, string path, CancellationToken cancellationToken)
    {
        if (reply.Status == SftpStatus.Failure && await IsFolderAsync(connection, new SftpPath(root, path), cancellationToken).ConfigureAwait(false))
        {
            return new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, not a file.");
        }

        return SftpErrors.Of(reply, PlaceOf(path), "read");
    }
}
