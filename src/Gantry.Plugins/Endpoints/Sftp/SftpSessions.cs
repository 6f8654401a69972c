using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The connection of an endpoint: begun at once, replaced when it is lost. A refusal that a further try would not change (login, host
/// key, settings) is kept, so that a thousand files do not knock a thousand times.
/// </summary>
internal sealed class SftpSessions : IAsyncDisposable
{
    private static readonly TimeSpan connectingMax = TimeSpan.FromSeconds(60);

    private readonly Func<Action<SftpConnection>, CancellationToken, Task<SftpConnection>> connect;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource closing = new();
    private readonly Lock gate = new();
    private Task<SftpConnection>? current;
    private bool isClosed;

    /// <param name="connect">Tells the connection when it is begun, and answers it when it stands.</param>
    /// <param name="clock">Measures patience.</param>
    public SftpSessions(Func<Action<SftpConnection>, CancellationToken, Task<SftpConnection>> connect, TimeProvider clock)
    {
        this.connect = connect;
        this.clock = clock;
        current = Task.Run(ConnectAsync);
        First = current.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Completes when the first connection stands or could not be made; never fails.</summary>
    public Task First { get; }

    /// <summary>The connection that stands, if one does.</summary>
    public SftpConnection? Standing => current is { IsCompletedSuccessfully: true } task && !task.Result.IsOver ? task.Result : null;

    /// <summary>The first connection as soon as it is begun: whether the server lets us in is not known yet.</summary>
    public SftpConnection? Begun { get; private set; }

    public ValueTask<SftpConnection> GetAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Standing is { } connection ? new(connection) : new(WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Task<SftpConnection>? last;
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            isClosed = true;
            last = current;
        }

        await closing.CancelAsync().ConfigureAwait(false);
        if (last is not null)
        {
            await ((Task)last).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (last.IsCompletedSuccessfully)
            {
                await last.Result.DisposeAsync().ConfigureAwait(false);
            }
        }

        closing.Dispose();
    }

    private async Task<SftpConnection> WaitAsync(CancellationToken cancellationToken)
    {
        var task = CurrentOrNew();
        try
        {
            return await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException exception)
        {
            Forget(task, exception);
            throw new EndpointException(exception.Error, exception.Message, exception.IsTransient, exception);
        }
    }

    private Task<SftpConnection> CurrentOrNew()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (current is { IsCompletedSuccessfully: true } task && task.Result.IsOver)
            {
                // Its threads and its program end on their own; nobody waits for them.
                _ = task.Result.DisposeAsync().AsTask();
                current = null;
            }

            return current ??= Task.Run(ConnectAsync);
        }
    }

    private void Forget(Task<SftpConnection> failed, EndpointException exception)
    {
        lock (gate)
        {
            if (current == failed && exception.Error is not (EndpointError.LoginRefused or EndpointError.HostKey or EndpointError.BadSetting))
            {
                current = null;
            }
        }
    }

    private async Task<SftpConnection> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(connectingMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closing.Token);
        try
        {
            return await connect(connection => Begun ??= connection, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !closing.IsCancellationRequested)
        {
            throw new EndpointException(
                EndpointError.TimedOut,
                $"The SFTP server did not answer within {connectingMax.TotalSeconds:0} seconds.",
                isTransient: true,
                exception);
        }
        catch (OperationCanceledException exception)
        {
            throw new EndpointException(EndpointError.Disconnected, "The endpoint was closed while it was connecting.", innerException: exception);
        }
    }
}
