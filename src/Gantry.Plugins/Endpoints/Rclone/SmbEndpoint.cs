using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// A folder on a share. Whatever is asked of it rclone does, except one thing: small new files go up over a connection of our own, where each costs two round trips and not thirty-five.
/// </summary>
internal sealed class SmbEndpoint : RcloneTimedEndpoint, IWritesWhole
{
    private static readonly System.Buffers.SearchValues<char> changed = System.Buffers.SearchValues.Create(":*?\"<>|\\");

    private static readonly TimeSpan removingPatience = TimeSpan.FromSeconds(1);

    private readonly string prefix;
    private readonly SmbSmallFiles small;
    private readonly TimeProvider clock;

    /// <param name="address">For messages, without secrets and without a '/' at the end.</param>
    /// <param name="names">How names are written there.</param>
    /// <param name="folder">Below the share.</param>
    /// <param name="describe">What rclone is to serve.</param>
    /// <param name="place">The share, and who comes; null when small files are left to rclone.</param>
    /// <param name="clock">Measures and limits.</param>
    /// <param name="notice">Hears once what this system cannot do.</param>
    public SmbEndpoint(
        string address,
        RcloneNames names,
        string folder,
        Func<CancellationToken, ValueTask<RcloneRemote>> describe,
        Func<CancellationToken, ValueTask<SmbPlace?>> place,
        TimeProvider clock,
        Action<string> notice)
        : base(address, names, describe, clock, notice)
    {
        prefix = folder;
        this.clock = clock;
        small = new SmbSmallFiles(place, clock);
    }

    /// <summary>How many files went that way.</summary>
    internal int WrittenAtOnce => small.Written;

    public bool TryBeginWrite(string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken) =>
        TryBegin(path, content, options, (end, _) => receiver.OnEnded(end), cancellationToken);

    protected override async ValueTask<Entry?> TryWriteAtOnceAsync(string path, ReadOnlyMemory<byte> content, WriteOptions options, CancellationToken cancellationToken)
    {
        TaskCompletionSource<(WholeWriteEnd End, Entry Entry)> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryBegin(path, content, options, (end, entry) => ended.TrySetResult((end, entry)), cancellationToken))
        {
            return null;
        }

        try
        {
            await ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It removes what it has made with the server's next answer.
            await ((Task)ended.Task.WaitAsync(removingPatience, clock, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        var (reached, there) = await ended.Task.ConfigureAwait(false);
        return reached switch
        {
            WholeWriteEnd.Written => there,
            WholeWriteEnd.Lost => throw new EndpointException(EndpointError.Disconnected, $"The connection to {Address} was lost while a file was on its way.", isTransient: true),
            _ => null,
        };
    }

    private bool TryBegin(string path, ReadOnlyMemory<byte> content, WriteOptions options, Action<WholeWriteEnd, Entry> told, CancellationToken cancellationToken)
    {
        var partial = EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName);
        if (cancellationToken.IsCancellationRequested || !ServesFolder || content.Length > small.BytesMax || !IsSame(prefix) || !IsSame(path) || !IsSame(options.PartialName))
        {
            return false;
        }

        options = options with { ModifiedAt = TimeOf(options.ModifiedAt) };
        return small.TryAdd(new SmbSmallFile(
            PathOf(path),
            PathOf(partial),
            content.Span,
            options.ModifiedAt,
            (end, time) =>
            {
                Entry there = new() { Name = EndpointPath.NameOf(path), Kind = EntryKind.File, Size = content.Length, ModifiedAt = time };
                if (end == WholeWriteEnd.Written)
                {
                    small.Count();
                    Arrived(path, there, options);
                }
                else if (end == WholeWriteEnd.Lost)
                {
                    // Whoever clears it away is to find it.
                    MayStand(partial);
                    MayStand(path);
                }

                told(end, there);
            },
            cancellationToken));
    }

    public override async ValueTask DisposeAsync()
    {
        await small.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether rclone, too, writes this path as it is: it replaces what Windows does not take, and marks what looks like such a replacement.</summary>
    private bool IsSame(string path) => IsWrittenAsItIs(path)
        && !path.AsSpan().ContainsAny(changed)
        && !path.AsSpan().ContainsAnyInRange('\uFF00', '\uFFEF')
        && !path.AsSpan().ContainsAnyInRange('\u2400', '\u243F')
        && path.Split('/').All(name => !name.StartsWith(' ') && !name.EndsWith(' ') && !name.EndsWith('.'));

    private string PathOf(string path) => EndpointPath.Join(prefix, path).Replace('/', '\\');
}
