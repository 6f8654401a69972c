using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The contract on a remote of an rclone.conf that is a folder of this machine.</summary>
public sealed class RcloneLocalContractSpecs : EndpointContract
{
    private readonly TemporaryFolder folder = new();

    protected override bool KeepsModes => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    protected override ValueTask<IEndpoint> OpenAsync()
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        folder.WriteFile("rclone.conf", $"[here]\ntype = alias\nremote = {folder.Folder("files")}\n");
        var kind = new RcloneKind();
        return ValueTask.FromResult(kind.Open(kind.Parse("rclone:here:")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] }));
    }
}
