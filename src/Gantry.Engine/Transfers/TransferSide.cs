using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// One endpoint of a transfer with its health: repeats what may pass, with exponential backoff and jitter, and ends the transfer when
/// the endpoint is lost, rather than let every file fail for the same reason.
/// </summary>
internal sealed class TransferSide(IEndpoint endpoint, TransferGate gate, TransferStop stop, int retriesMax, TimeProvider clock)
{
    private const int FailuresInARowMax = 3;
    private const int RetriesOfFirstContactMax = 2;
    private static readonly TimeSpan DelayFirst = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(15);

    // A peer that wishes for more than that is asked again all the same.
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(2);

    private int failuresInARow;
    private volatile bool hasAnswered;

    public IEndpoint Endpoint { get; } = endpoint;

    /// <summary>What the files of this source pass on their way; of the target's own side it is open.</summary>
    public TransferGate Gate { get; } = gate;

    /// <summary>As the request says of this side; null when it does not.</summary>
    public int? ConcurrentFiles { get; init; }

    /// <summary>To be called for every success; it costs next to nothing.</summary>
    public void Succeeded()
    {
        if (!hasAnswered)
        {
            hasAnswered = true;
        }

        if (Volatile.Read(ref failuresInARow) != 0)
        {
            Volatile.Write(ref failuresInARow, 0);
        }
    }

    /// <summary>After a failure: true when it was waited and the operation is to be repeated, false when the failure is final.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="attempt">How often the operation was repeated before.</param>
    public async ValueTask<bool> WaitToRetryAsync(EndpointException exception, int attempt)
    {
        if (!IsAboutConnection(exception.Error))
        {
            hasAnswered = true;
        }

        if (!exception.IsTransient || attempt >= (hasAnswered ? retriesMax : Math.Min(retriesMax, RetriesOfFirstContactMax)))
        {
            GiveUp(exception);
            return false;
        }

        var delay = Math.Min(DelayMax.TotalMilliseconds, DelayFirst.TotalMilliseconds * Math.Pow(2, attempt));
        var wait = TimeSpan.FromMilliseconds(delay * (0.5 + Random.Shared.NextDouble()));
        var wished = exception.RetryAfter is { } after && after > wait ? (after < RetryAfterMax ? after : RetryAfterMax) : wait;
        await Task.Delay(wished, clock, stop.Token);
        return true;
    }

    /// <summary>Runs it, repeated where that may help; the final failure is thrown.</summary>
    public async ValueTask<T> RunAsync<T>(Func<IEndpoint, CancellationToken, ValueTask<T>> operation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var result = await operation(Endpoint, stop.Token);
                Succeeded();
                return result;
            }
            catch (EndpointException exception)
            {
                if (!await WaitToRetryAsync(exception, attempt))
                {
                    throw;
                }
            }
        }
    }

    public async ValueTask RunAsync(Func<IEndpoint, CancellationToken, ValueTask> operation) =>
        await RunAsync(async (endpoint, cancellationToken) =>
        {
            await operation(endpoint, cancellationToken);
            return true;
        });

    private static bool IsAboutConnection(EndpointError error) =>
        error is EndpointError.Disconnected or EndpointError.TimedOut or EndpointError.LoginRefused or EndpointError.HostKey or EndpointError.BadSetting;

    private void GiveUp(EndpointException exception)
    {
        if (!IsAboutConnection(exception.Error))
        {
            return;
        }

        var isLost = exception.Error is not (EndpointError.Disconnected or EndpointError.TimedOut)
            || !hasAnswered
            || Interlocked.Increment(ref failuresInARow) >= FailuresInARowMax;
        if (isLost)
        {
            stop.End(exception.Error, exception.Message, exception.IsTransient);
        }
    }
}
