using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>The rclone that serves an endpoint at present: started when the SFTP client connects, and another one when it was lost.</summary>
/// <param name="describe">What to serve; asked for each time.</param>
/// <param name="clock">Limits how long the end of one is waited for.</param>
internal sealed class RcloneSession(Func<CancellationToken, ValueTask<RcloneRemote>> describe, TimeProvider clock) : IDisposable
{
    private sealed record Serving(RcloneProcess Process, RcloneFeatures Features, string? RootFile)
    {
        /// <summary>Folders whose content this rclone may remember.</summary>
        public ConcurrentDictionary<string, bool> Remembered { get; } = new(StringComparer.Ordinal);

        /// <summary>By folder, the names of files that were written past its memory, each with the number of its writing.</summary>
        public ConcurrentDictionary<string, ConcurrentDictionary<string, int>> Written { get; } = new(StringComparer.Ordinal);

        public int WrittenCount;

        public int LooksAgain;
    }

    private const int LooksAgainFree = 8;
    private const int WritesForALook = 32;

    // Until the system was asked, what is true of nearly all.
    private static readonly RcloneFeatures unknown = new(TimeSpan.FromSeconds(1), IgnoresCase: false, ImpliesFolders: false, Renames: false);

    private readonly SemaphoreSlim looking = new(1);
    private Serving? serving;

    public RcloneFeatures Features => Volatile.Read(ref serving)?.Features ?? unknown;

    /// <summary>
    /// Whether writing past rclone's memory pays: what is written so and then read makes rclone list its folder again, which is dear when it happens for many a file.
    /// </summary>
    public bool WritesPastMemory => Current is var current && current.Features.Renames && Volatile.Read(ref current.LooksAgain) <= LooksAgainFree + (Volatile.Read(ref current.WrittenCount) / WritesForALook);

    public RcloneControl Control => Current.Process.Control;

    /// <summary>The name of the file that the endpoint's path leads to, whose folder is served then; null when it leads to a folder or nowhere.</summary>
    public string? RootFile => Current.RootFile;

    /// <summary>It was started once.</summary>
    public bool IsServing => Volatile.Read(ref serving) is not null;

    private Serving Current => Volatile.Read(ref serving) ?? throw new InvalidOperationException("rclone was not started yet.");

    /// <summary>For the SFTP client: starts one and waits until it is ready.</summary>
    public async Task<SftpPipe> ConnectAsync(CancellationToken cancellationToken)
    {
        var remote = await describe(cancellationToken).ConfigureAwait(false);
        try
        {
            return await StartAsync(remote, rootFile: null, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException failure) when (failure.Error == EndpointError.NotAFolder && remote.Parent() is not null)
        {
            return await StartAsync(remote.Parent()!, remote.Name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until there is one, and fails as its start failed.</summary>
    public async ValueTask ReadyAsync(SftpEndpoint files, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref serving) is null || files.IsConnectionLost)
        {
            _ = await files.FindAsync("", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>From here on rclone remembers what is in this folder and in those above it.</summary>
    public void Remember(string folder)
    {
        var remembered = Current.Remembered;
        while (remembered.TryAdd(folder, true) && folder.Length > 0)
        {
            folder = EndpointPath.ParentOf(folder);
        }
    }

    /// <summary>The remote control has written this file, of which rclone's memory of the folder knows nothing.</summary>
    public void Wrote(string path)
    {
        var current = Current;
        current.Written.GetOrAdd(EndpointPath.ParentOf(path), _ => new(StringComparer.Ordinal))[EndpointPath.NameOf(path)] = Interlocked.Increment(ref current.WrittenCount);
    }

    public bool HasWritten(string path) =>
        Current.Written.TryGetValue(EndpointPath.ParentOf(path), out var written) && written.ContainsKey(EndpointPath.NameOf(path));

    /// <summary>Rclone is about to be asked for this path, and remembers what is in its folder: as it is now, if that was changed past its memory.</summary>
    public async ValueTask LookAtAsync(string path, CancellationToken cancellationToken)
    {
        var folder = EndpointPath.ParentOf(path);
        if (HasWritten(path))
        {
            // Whoever waited for the first look need not look once more.
            await looking.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (HasWritten(path))
                {
                    await LookAgainAsync(folder, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                looking.Release();
            }
        }

        Remember(folder);
    }

    /// <summary>The same for a path and all that is below it.</summary>
    public async ValueTask LookIntoAsync(string path, CancellationToken cancellationToken)
    {
        foreach (var folder in Current.Written.Where(written => !written.Value.IsEmpty).Select(written => written.Key).Where(folder => folder == path || path.Length == 0 || folder.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            await LookAgainAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        await LookAtAsync(path, cancellationToken).ConfigureAwait(false);
        Remember(path);
    }

    public bool Remembers(string folder) => Current.Remembered.ContainsKey(folder);

    /// <summary>The next look into the folder is one at the system itself.</summary>
    public async ValueTask ForgetAsync(string folder, CancellationToken cancellationToken)
    {
        // Only what was written before is known afterwards; until then, others who ask for it have to see that it is not.
        var current = Current;
        var written = current.Written.GetValueOrDefault(folder);
        var known = written?.ToArray() ?? [];
        if (Remembers(folder))
        {
            await Control.ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        foreach (var file in known)
        {
            written!.TryRemove(file);
        }

        Remember(folder);
    }

    public void Dispose() => looking.Dispose();

    private async ValueTask LookAgainAsync(string folder, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Current.LooksAgain);
        await ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RcloneProcess> StartAsync(RcloneRemote served, string? rootFile, CancellationToken cancellationToken)
    {
        var process = RcloneProcess.Start(served, clock);
        var isReady = false;
        try
        {
            var features = await process.ReadyAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref serving, new Serving(process, features, rootFile));
            isReady = true;
            return process;
        }
        finally
        {
            if (!isReady)
            {
                await process.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
