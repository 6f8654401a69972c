using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>The rclone that serves an endpoint at present: started when the SFTP client connects, and another one when it was lost.</summary>
/// <param name="describe">What to serve; asked for each time.</param>
/// <param name="clock">Limits how long the end of one is waited for.</param>
internal sealed class RcloneSession(Func<CancellationToken, ValueTask<RcloneRemote>> describe, TimeProvider clock)
{
    private sealed record Serving(RcloneProcess Process, RcloneFeatures Features, string? RootFile)
    {
        /// <summary>Folders whose content this rclone may remember.</summary>
        public ConcurrentDictionary<string, bool> Remembered { get; } = new(StringComparer.Ordinal);
    }

    // Until the system was asked, what is true of nearly all.
    private static readonly RcloneFeatures unknown = new(TimeSpan.FromSeconds(1), IgnoresCase: false, ImpliesFolders: false);

    private Serving? serving;

    public RcloneFeatures Features => Volatile.Read(ref serving)?.Features ?? unknown;

    public RcloneControl Control => Current.Process.Control;

    /// <summary>The name of the file that the endpoint's path leads to, whose folder is served then; null when it leads to a folder or nowhere.</summary>
    public string? RootFile => Current.RootFile;

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

    public bool Remembers(string folder) => Current.Remembered.ContainsKey(folder);

    /// <summary>The next look into the folder is one at the system itself.</summary>
    public async ValueTask ForgetAsync(string folder, CancellationToken cancellationToken)
    {
        if (Remembers(folder))
        {
            await Control.ForgetAsync(folder, cancellationToken).ConfigureAwait(false);
        }

        Remember(folder);
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
