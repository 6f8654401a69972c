using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>One request whose reply is awaited. Whoever stops waiting leaves nothing behind: a handle that comes too late is closed.</summary>
internal sealed class SftpRequest : SftpCall
{
    private readonly TaskCompletionSource<SftpReply> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SftpConnection connection;
    private bool isTaken;

    public SftpRequest(SftpConnection connection) => this.connection = connection;

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        var reply = SftpReply.Read(type, ref body);
        if (!completion.TrySetResult(reply) && reply.Handle is { } handle)
        {
            connection.TryClose(handle);
        }
    }

    public override void OnLost(EndpointException reason) => completion.TrySetException(reason);

    /// <summary>Nobody waits for the reply, unless it came already and was taken.</summary>
    public void Abandon()
    {
        if (!isTaken && !completion.TrySetCanceled() && completion.Task is { IsCompletedSuccessfully: true, Result.Handle: { } handle })
        {
            connection.TryClose(handle);
        }
    }

    /// <summary>The reply. On cancellation the reply is no longer waited for, and the connection stays usable.</summary>
    public async ValueTask<SftpReply> ReplyAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && !completion.Task.IsCompleted)
        {
            await using var registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource<SftpReply>)state!).TrySetCanceled(token), completion).ConfigureAwait(false);
            await ((Task)completion.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var reply = await completion.Task.ConfigureAwait(false);
        isTaken = true;
        return reply;
    }
}
