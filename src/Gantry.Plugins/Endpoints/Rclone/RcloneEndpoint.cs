using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// A folder behind rclone: our SFTP client speaks with `rclone serve sftp`, and what only the system itself knows is asked through rclone's remote control.
/// </summary>
internal partial class RcloneEndpoint : IEndpoint, IConnects, IMoves
{
    private readonly RcloneSession session;
    private readonly SftpEndpoint files;
    private readonly CaseGuard cases;
    private readonly RcloneNames names;
    private readonly RcloneStage stage;
    private readonly RcloneLanes lanes;
    private readonly Action<string> notice;
    // rclone 1.60 takes a time of 0 for none.
    private static readonly DateTimeOffset timeFirst = DateTimeOffset.FromUnixTimeSeconds(1);

    private readonly TimeProvider clock;
    private int saidNoTimes;

    /// <param name="address">For messages, without secrets and without a '/' at the end.</param>
    /// <param name="names">How names are written there.</param>
    /// <param name="describe">What rclone is to serve; asked for at once, and again when a connection was lost.</param>
    /// <param name="clock">Measures and limits.</param>
    /// <param name="notice">Hears once what this system cannot do.</param>
    public RcloneEndpoint(string address, RcloneNames names, Func<CancellationToken, ValueTask<RcloneRemote>> describe, TimeProvider clock, Action<string> notice)
    {
        this.notice = notice;
        this.names = names;
        this.clock = clock;
        session = new RcloneSession(describe, clock);
        files = new SftpEndpoint(address, "/", session.ConnectAsync, clock, notice);
        cases = new CaseGuard(this, session);
        stage = new RcloneStage();
        lanes = new RcloneLanes(clock);
        Address = address;
    }

    public string Address { get; }

    public Task Connecting => files.Connecting;

    public Capabilities Capabilities => files.Capabilities with
    {
        TimePrecision = Volatile.Read(ref saidNoTimes) == 0 ? session.Features.TimePrecision : null,
        TimeFirst = timeFirst,
        ConcurrentFiles = RcloneLanes.Most,
        ConcurrentListings = 4,
        FoldersAreImplied = session.Features.ImpliesFolders,
        NamesIgnoreCase = session.Features.IgnoresCase && !cases.TellsCaseApart,
        KeepsOrder = false,
    };

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        await session.ReadyAsync(files, cancellationToken).ConfigureAwait(false);
        if (session.RootFile is not null)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(folder)}' is not a folder.");
        }

        var place = names.Encode(folder);
        await session.ForgetAsync(place, cancellationToken).ConfigureAwait(false);
        var isEmpty = true;
        await using var entries = await BeginListAsync(place, cancellationToken).ConfigureAwait(false);
        while (isEmpty ? entries.HasFirst : await TellAsync(entries.MoveNextAsync()).ConfigureAwait(false))
        {
            isEmpty = false;
            if (Known(entries.Current) is var known)
            {
                await cases.TryAsync(folder, known.Name, cancellationToken).ConfigureAwait(false);
                yield return known;
            }
        }

        // Rclone lists a root that is not there as an empty one.
        if (isEmpty && folder.Length == 0 && await session.Control.FindAsync("", cancellationToken).ConfigureAwait(false) is null)
        {
            throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{Address}'.");
        }
    }

    /// <summary>A list whose first entry is there. A connection that was lost meanwhile is not one that cannot be had: those that rclone keeps are let go, and it is asked once more.</summary>
    private async ValueTask<BegunList> BeginListAsync(string place, CancellationToken cancellationToken)
    {
        try
        {
            return await TellAsync(BegunList.OfAsync(files.ListAsync(place, cancellationToken), cancellationToken)).ConfigureAwait(false);
        }
        catch (EndpointException lost) when (lost.Error == EndpointError.Disconnected && !files.IsConnectionLost)
        {
            await session.Control.LetGoAsync(RcloneLanes.Most, cancellationToken).ConfigureAwait(false);
            return await TellAsync(BegunList.OfAsync(files.ListAsync(place, cancellationToken), cancellationToken)).ConfigureAwait(false);
        }
    }

    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        await session.ReadyAsync(files, cancellationToken).ConfigureAwait(false);
        if (session.RootFile is { } name)
        {
            return path.Length == 0 ? await session.Control.FindAsync(name, cancellationToken).ConfigureAwait(false) : null;
        }

        var place = names.Encode(path);
        var folder = EndpointPath.ParentOf(place);
        if (!IsText(place))
        {
            await session.ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
            return await CachedAsync(place, cancellationToken).ConfigureAwait(false);
        }

        Entry? now;
        try
        {
            now = await session.Control.FindAsync(place, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException failure) when (failure.Error == EndpointError.Other && path.Length > 0)
        {
            // Some systems fail when they are asked for something below a file.
            await session.ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
            return await CachedAsync(place, cancellationToken).ConfigureAwait(false);
        }

        now = now is null ? null : Known(now);
        if (path.Length > 0 && session.Remembers(folder) && !session.HasWritten(place) && await CachedAsync(place, cancellationToken).ConfigureAwait(false) is var known
            && (known?.Kind != now?.Kind || (now?.Kind == EntryKind.File && known != now)))
        {
            // What is read or deleted from here on is what is there, not what rclone remembers.
            await session.ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        return now;
    }

    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        await session.ReadyAsync(files, cancellationToken).ConfigureAwait(false);
        path = InRoot(names.Encode(path));
        await session.LookAtAsync(path, cancellationToken).ConfigureAwait(false);

        // What is asked for behind the end waits in vain: where nobody says where that is, rclone does, from what it remembers.
        expectedSize ??= await TellAsync(files.FindAsync(path, cancellationToken)).ConfigureAwait(false) is { Kind: EntryKind.File } known ? known.Size : null;

        // Rclone takes a small step forward for a request that overtook another, and waits for that one: such a beginning is skipped here.
        const int SkippedMost = 8 * SftpWire.SafeDataBytes;
        if (offset is 0 or > SkippedMost)
        {
            return new ToldStream(await TellAsync(files.OpenReadAsync(path, offset, expectedSize, cancellationToken)).ConfigureAwait(false));
        }

        var stream = new ToldStream(await TellAsync(files.OpenReadAsync(path, 0, expectedSize, cancellationToken)).ConfigureAwait(false));
        try
        {
            var skipped = new byte[offset];
            _ = await stream.ReadAtLeastAsync(skipped, skipped.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        await session.LookAtAsync(names.Encode(path), cancellationToken).ConfigureAwait(false);
        await TellAsync(files.DeleteFileAsync(names.Encode(path), cancellationToken)).ConfigureAwait(false);
        cases.Leave(path);
    }

    public async ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        if (path.Length > 0)
        {
            for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                await cases.TakeAsync(path[..slash], cancellationToken).ConfigureAwait(false);
            }

            await cases.TakeAsync(path, cancellationToken).ConfigureAwait(false);
            await session.LookAtAsync(names.Encode(path), cancellationToken).ConfigureAwait(false);
            await TellAsync(files.CreateFolderAsync(names.Encode(path), cancellationToken)).ConfigureAwait(false);
            return;
        }

        // Not over SFTP: rclone 1.60 makes a folder named '．' (U+FF0E) of a share's root.
        if (await session.Control.FindAsync("", cancellationToken).ConfigureAwait(false) is null)
        {
            await session.Control.MakeFolderAsync("", cancellationToken).ConfigureAwait(false);
            await session.ForgetAsync("", cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        await session.LookIntoAsync(names.Encode(path), cancellationToken).ConfigureAwait(false);
        await TellAsync(files.DeleteFolderAsync(names.Encode(path), cancellationToken)).ConfigureAwait(false);
        cases.Leave(path);
    }

    public async ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(source);
        EndpointPath.CheckBelowRoot(target);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        await cases.TakeAsync(target, cancellationToken).ConfigureAwait(false);
        await session.LookIntoAsync(names.Encode(source), cancellationToken).ConfigureAwait(false);
        await session.LookAtAsync(names.Encode(target), cancellationToken).ConfigureAwait(false);
        await TellAsync(files.MoveAsync(names.Encode(source), names.Encode(target), cancellationToken)).ConfigureAwait(false);
        if (source != target)
        {
            cases.Leave(source);
        }
    }

    /// <summary>For systems that keep times; others take this and forget it.</summary>
    protected async ValueTask SetTimeAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        await ReadyForFilesAsync(cancellationToken).ConfigureAwait(false);
        await session.LookAtAsync(names.Encode(path), cancellationToken).ConfigureAwait(false);
        await TellAsync(files.SetModifiedAtAsync(names.Encode(path), Kept(modifiedAt)!.Value, cancellationToken)).ConfigureAwait(false);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await files.DisposeAsync().ConfigureAwait(false);
        stage.Dispose();
        lanes.Dispose();
        session.Dispose();
    }

    /// <summary>Whether there is an rclone, and it serves a folder.</summary>
    protected bool ServesFolder => session is { IsServing: true, RootFile: null };

    /// <summary>Whether the path needs no other characters for rclone.</summary>
    protected bool IsWrittenAsItIs(string path) => IsText(path) && names.Encode(path) == path;

    /// <summary>The time that is set for this one.</summary>
    protected static DateTimeOffset? TimeOf(DateTimeOffset? time) => Kept(time) is { } kept ? SecondsOf(kept) : null;

    /// <summary>This new file was written by another way than rclone's.</summary>
    protected void Arrived(string path, Entry there, WriteOptions options)
    {
        cases.Took(path);
        session.Wrote(names.Encode(path));
        CheckTime(there, options);
    }

    /// <summary>Something may stand there that rclone does not know.</summary>
    protected void MayStand(string path) => session.Wrote(names.Encode(path));

    /// <summary>The name as it stands at the system, such as another's whose case differs; null when nothing is there. Asked of the system itself.</summary>
    internal ValueTask<Entry?> FindNowAsync(string path, CancellationToken cancellationToken) => session.Control.FindAsync(names.Encode(path), cancellationToken);

    /// <summary>Whether the system lists something under exactly this spelling of a folder's path.</summary>
    internal ValueTask<bool> IsListedAsync(string path, CancellationToken cancellationToken) => session.Control.IsFolderAsync(names.Encode(path), cancellationToken);

    /// <summary>The names in a folder, as rclone remembers them or reads them now.</summary>
    internal async IAsyncEnumerable<string> NamesInAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = names.Encode(folder);
        await session.LookIntoAsync(place, cancellationToken).ConfigureAwait(false);
        await foreach (var entry in files.ListAsync(place, cancellationToken).ConfigureAwait(false))
        {
            yield return names.Decode(entry.Name);
        }
    }

    private async ValueTask<Entry?> CachedAsync(string place, CancellationToken cancellationToken)
    {
        await session.LookAtAsync(place, cancellationToken).ConfigureAwait(false);
        return await TellAsync(files.FindAsync(place, cancellationToken)).ConfigureAwait(false) is { } entry ? Known(entry) : null;
    }

    private static DateTimeOffset? Kept(DateTimeOffset? time) => time < timeFirst ? timeFirst : time;

    private Entry Known(Entry entry) => entry with { Name = names.Decode(entry.Name), UnixMode = null };

    /// <summary>Whether the name can be said in JSON: it holds no byte that is not UTF-8.</summary>
    private static bool IsText(string path)
    {
        for (var index = 0; index < path.Length; index++)
        {
            if (char.IsSurrogate(path[index]) && (index + 1 == path.Length || !char.IsSurrogatePair(path[index], path[++index])))
            {
                return false;
            }
        }

        return true;
    }

    private static async ValueTask<T> TellAsync<T>(ValueTask<T> action)
    {
        try
        {
            return await action.ConfigureAwait(false);
        }
        catch (EndpointException failure)
        {
            throw RcloneErrors.Refine(failure);
        }
    }

    private static async ValueTask TellAsync(ValueTask action)
    {
        try
        {
            await action.ConfigureAwait(false);
        }
        catch (EndpointException failure)
        {
            throw RcloneErrors.Refine(failure);
        }
    }

    private async ValueTask ReadyForFilesAsync(CancellationToken cancellationToken)
    {
        await session.ReadyAsync(files, cancellationToken).ConfigureAwait(false);
        if (session.RootFile is not null)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{Address}' is a file, not a folder.");
        }
    }

    private string InRoot(string path) => session.RootFile is { } name && path.Length == 0 ? name : path;

    private string PlaceOf(string path) => path.Length == 0 ? Address : $"{Address}/{EndpointPath.Printable(path)}";

    /// <summary>Entries, the first of which has been asked for.</summary>
    private sealed class BegunList(IAsyncEnumerator<Entry> inner, bool hasFirst) : IAsyncDisposable
    {
        public bool HasFirst => hasFirst;

        public Entry Current => inner.Current;

        public static async ValueTask<BegunList> OfAsync(IAsyncEnumerable<Entry> entries, CancellationToken cancellationToken)
        {
            var inner = entries.GetAsyncEnumerator(cancellationToken);
            try
            {
                return new BegunList(inner, await inner.MoveNextAsync().ConfigureAwait(false));
            }
            catch
            {
                await inner.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        public ValueTask<bool> MoveNextAsync() => inner.MoveNextAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>Rclone opens a file when its first byte is asked for: what is wrong with it comes with the content.</summary>
    private sealed class ToldStream(Stream inner) : ContentStream(inner)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => TellAsync(Inner.ReadAsync(buffer, cancellationToken));
    }
}
