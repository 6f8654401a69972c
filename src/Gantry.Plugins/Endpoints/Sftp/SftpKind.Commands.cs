using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Programs at the servers, over the same logins.</summary>
public sealed partial class SftpKind : IRunsCommands
{
    public async Task<int?> RunAsync(EndpointSettings settings, EndpointContext context, HostCommand command, CancellationToken cancellationToken)
    {
        RequireUsable(settings, context);
        var login = await LoginAsync(settings, context, cancellationToken).ConfigureAwait(false);
        await using var ssh = SshCommand.Start(login, context.Clock, SshCommand.Launcher);
        return await ssh.RunAsync(command, cancellationToken).ConfigureAwait(false);
    }
}
