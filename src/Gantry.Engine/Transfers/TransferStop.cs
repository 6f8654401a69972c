using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Ends everything under way: because the caller cancelled, an endpoint is lost, or something happened that should not.</summary>
internal sealed class TransferStop : IDisposable
{
    private readonly CancellationTokenSource cancellation;
    private readonly Lock gate = new();
    private Exception? fault;

    public TransferStop(CancellationToken cancellationToken) =>
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public CancellationToken Token => cancellation.Token;

    /// <summary>Null while nothing ended it.</summary>
    public TransferEnd? EndedBy { get; private set; }

    public void End(EndpointError error, string message, bool isTransient)
    {
        lock (gate)
        {
            EndedBy ??= new TransferEnd(error, message, isTransient);
        }

        cancellation.Cancel();
    }

    /// <summary>For what no file can be blamed for: a failing endpoint ends the transfer, all else is thrown again at the end.</summary>
    public void Fault(Exception exception)
    {
        if (exception is EndpointException failure)
        {
            End(failure.Error, failure.Message, failure.IsTransient);
            return;
        }

        lock (gate)
        {
            fault ??= exception;
        }

        cancellation.Cancel();
    }

    public void ThrowIfFaulted()
    {
        if (fault is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        }
    }

    public void Dispose() => cancellation.Dispose();
}
