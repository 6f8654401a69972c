using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract against another maker's SFTP server, which has no posix-rename, no modes and only names that are UTF-8.</summary>
public sealed class RcloneSftpContractSpecs : EndpointContract
{
    private const string Program = "/usr/bin/rclone";
    private readonly TemporaryFolder folder = new();

    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    protected override bool IsExact => false;

    protected override bool KeepsLinks => false;

    protected override bool GoesOn => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override ValueTask<IEndpoint> OpenAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program), "rclone is not installed (apt-get install rclone).");
        return ValueTask.FromResult<IEndpoint>(new SftpEndpoint(
            "sftp://rclone",
            "/",
            _ => Task.FromResult<SftpPipe>(ProgramPipe.Start(Program, "serve", "sftp", "--stdio", "--config", "/dev/null", "--vfs-cache-mode", "off", folder.Path)),
            TimeProvider.System,
            _ => { }));
    }
}
