using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>One request whose reply is awaited. Whoever stops waiting leaves nothing behind: a handle that comes too late is closed.</summary>
internal sealed class SftpRequest : SftpCall
{
    private readonly TaskCompletionSource<SftpReply> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SftpConnection connection;

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

    /// <summary>The reply. On cancellation the reply is no longer waited for, and the connection stays usable.</summary>
    public async ValueTask<SftpReply> ReplyAsync(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || completion.Task.IsCompleted)
        {
            return await completion.Task.ConfigureAwait(false);
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<SftpReply>)state!).TrySetCanceled(token), completion).ConfigureAwait(false);
        return await completion.Task.ConfigureAwait(false);
    }
}
