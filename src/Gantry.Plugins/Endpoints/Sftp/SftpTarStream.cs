using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Small files of one transfer on their way through the login's shell: they gather while the server is at work, and go as one archive after the
/// other, each file under its temporary name in its own folder. What an archive brought is looked at and renamed over SFTP
/// (<see cref="SftpTarFile"/>), so that a file counts only by what the server tells of it, whatever became of the archive.
/// </summary>
internal sealed partial class SftpTarStream : IBatchedWrites
{
    private const int FilesAtOnce = 4096;

    private static readonly TimeSpan readyPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan endPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan settlePatience = TimeSpan.FromSeconds(1);

    private readonly SftpEndpoint endpoint;
    private readonly string root;
    private readonly string transferId;
    private readonly Func<string, CancellationToken, Task<SftpPipe>> run;
    private readonly TimeProvider clock;
    private readonly TimeSpan? silenceMax;
    private readonly CancellationToken cancellationToken;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Queue<SftpTarFile> gathered = new();
    private readonly TaskCompletionSource<string> firstFolder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;
    private readonly CancellationTokenRegistration cancelling;
    private Task<bool>? removing;
    private string? tokenLeft;
    private bool isOver;

    /// <param name="endpoint">Whose SFTP connection the files are looked at and renamed over.</param>
    /// <param name="root">Its folder on the server.</param>
    /// <param name="transferId">Begins the last part of each temporary name.</param>
    /// <param name="run">Has the login's shell run a command.</param>
    /// <param name="clock">Measures patience.</param>
    /// <param name="silenceMax">How long the shell may have work and neither take nor say anything; null for ever.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public SftpTarStream(
        SftpEndpoint endpoint,
        string root,
        string transferId,
        Func<string, CancellationToken, Task<SftpPipe>> run,
        TimeProvider clock,
        TimeSpan? silenceMax,
        CancellationToken cancellationToken)
    {
        this.silenceMax = silenceMax;
        this.endpoint = endpoint;
        this.root = root;
        this.transferId = transferId;
        this.run = run;
        this.clock = clock;
        this.cancellationToken = cancellationToken;
        running = Task.Run(RunAsync, CancellationToken.None);
        cancelling = cancellationToken.Register(Stop);
    }

    public int ConcurrentFiles => IsOver ? endpoint.Capabilities.ConcurrentFiles : FilesAtOnce;

    private bool IsOver => Volatile.Read(ref isOver);

    public bool TryBeginWrite(
        string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        if (options.ModifiedAt is not null && !IsOver
            && TryGather(new SftpTarFile(this, root, path, content, options, receiver, cancellationToken)))
        {
            return true;
        }

        return endpoint.TryBeginWrite(path, content, options, receiver, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await cancelling.DisposeAsync().ConfigureAwait(false);
        Stop();
        await running.ConfigureAwait(false);
        using var patience = new CancellationTokenSource(settlePatience, clock);
        await SettledAsync(patience.Token).ConfigureAwait(false);
        if (tokenLeft is { } left)
        {
            // By now there may be a connection again.
            await endpoint.TryRemoveTokenAsync(left).ConfigureAwait(false);
        }

        stop.Dispose();
    }

    private bool TryGather(SftpTarFile file)
    {
        bool wakes;
        lock (gate)
        {
            if (isOver)
            {
                return false;
            }

            gathered.Enqueue(file);
            wakes = writerSleeps && IsArchiveReady;
            writerSleeps &= !wakes;
        }

        if (wakes)
        {
            work.Set();
        }

        firstFolder.TrySetResult(EndpointPath.ParentOf(file.Path));
        return true;
    }

    /// <summary>No archive follows, and the one under way is broken off.</summary>
    private void Stop()
    {
        lock (gate)
        {
            isOver = true;
        }

        work.Set();
        _ = stop.CancelAsync();
    }

    private async Task RunAsync()
    {
        string? why = null;
        string? token = null;
        var isSure = true;
        try
        {
            await using var shell = new SftpTarShell(await run(SftpTarShell.Command, stop.Token).ConfigureAwait(false));
            if (!await HearAsync(shell).ConfigureAwait(false))
            {
                why = "files cannot go in batches: there is no shell with tar and dd, or no further connection for it.";
                return;
            }

            token = await endpoint.MakeTokenAsync(await firstFolder.Task.WaitAsync(stop.Token).ConfigureAwait(false), transferId, stop.Token).ConfigureAwait(false);
            shell.Enter(root, token);
            (why, isSure) = await CarryAsync(shell, token).ConfigureAwait(false);
        }
        catch (Exception exception) when (stop.IsCancellationRequested && (exception is OperationCanceledException or IOException or ObjectDisposedException or EndpointException))
        {
            // It is not wanted any more, and was cut off wherever it was.
        }
        catch (EndpointException exception)
        {
            why = $"files cannot go in batches: {exception.Message}";
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            why = "files cannot go in batches, for its login's shell ended at once.";
        }
        finally
        {
            End(why, isSure);
            if (token is not null && !(removing is { } first && await first.ConfigureAwait(false)) && !await endpoint.TryRemoveTokenAsync(token).ConfigureAwait(false))
            {
                tokenLeft = token;
            }
        }
    }

    private async Task<bool> HearAsync(SftpTarShell shell)
    {
        using var limit = new CancellationTokenSource(readyPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Token);
        await using var ending = either.Token.Register(shell.Abort);
        var isReady = await OnThreadAsync(() => shell.HearReady()).ConfigureAwait(false);
        stop.Token.ThrowIfCancellationRequested();
        shell.OnGreeted();
        return isReady && !limit.IsCancellationRequested;
    }

    /// <summary>Until all is through. Answers why it ended early, and whether the shell has surely ended.</summary>
    private async Task<(string? Why, bool IsSure)> CarryAsync(SftpTarShell shell, string token)
    {
        await using var silence = silenceMax is { } max ? new SftpSilence(max, clock, () => IsShellAtWork, shell.Abort) : null;
        var writing = OnThreadAsync(() => Write(shell, silence));
        var reading = OnThreadAsync(() => Read(shell, token, silence));
        await ((Task)reading.WaitAsync(stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompleted)
        {
            // It ends by itself when it has worked off what it got; on a slow line that may take long.
            using var patience = new CancellationTokenSource(endPatience, clock);
            await ((Task)reading.WaitAsync(patience.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        shell.Abort();
        Stop();
        await writing.ConfigureAwait(false);
        return await reading.ConfigureAwait(false);
    }

    private void End(string? why, bool isSure)
    {
        SftpTarFile[] never;
        SftpTarFile[] sent;
        lock (gate)
        {
            isOver = true;
            never = [.. gathered];
            gathered.Clear();
            sent = [.. underWay.SelectMany(files => files)];
            underWay.Clear();
        }

        if (why is not null && !cancellationToken.IsCancellationRequested)
        {
            endpoint.TellNoBatches(why);
        }

        foreach (var file in sent)
        {
            file.MayStillArrive = !isSure;
        }

        Arrive(sent);
        foreach (var file in never)
        {
            if (cancellationToken.IsCancellationRequested || !file.TryBeginElsewhere(endpoint))
            {
                file.TellElsewhere(WholeWriteEnd.NotWritten);
            }
        }
    }

    private static Task<T> OnThreadAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
