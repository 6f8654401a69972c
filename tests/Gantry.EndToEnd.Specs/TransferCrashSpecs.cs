using Gantry.EndToEnd.Specs.Programs;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>
/// The program kills itself just before it gives a file its name, or just after, before anybody has it on record: what is there is whole, the
/// next attempt completes it, and nothing that was complete is sent again.
/// </summary>
public sealed class TransferCrashSpecs : IAsyncLifetime
{
    private const int Files = 300;
    private const string Password = "p4ss of a test";
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder folder = new();
    private IAsyncDisposable? server;
    private string target = "";
    private string secret = Password;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Theory]
    [InlineData("publish.before:1")]
    [InlineData("publish.before:150")]
    [InlineData("publish.after:150")]
    [InlineData("publish.after:300")]
    public async Task A_command_killed_beside_a_renaming_here_is_completed_by_the_next(string fault)
    {
        FileTree.Make(folder["source"], Files);
        target = folder["target"];

        var first = await RunAsync(fault, "copy", folder["source"], target);
        first.Status.ShouldBe(137, first.ToString());
        var complete = await FileTree.StampsAsync(target);
        var second = await RunAsync(null, "copy", folder["source"], target);

        second.Status.ShouldBe(0, second.ToString());
        await CheckAsync(complete);
    }

    [Theory]
    [InlineData("sftp", "publish.before")]
    [InlineData("sftp", "publish.after")]
    [InlineData("ftp", "publish.before")]
    [InlineData("ftp", "publish.after")]
    [InlineData("rclone", "publish.before")]
    [InlineData("rclone", "publish.after")]
    [InlineData("smb", "publish.before")]
    [InlineData("smb", "publish.after")]
    public async Task A_command_killed_beside_the_renaming_of_a_large_file_on_a_server_is_completed_by_the_next(string kind, string fault)
    {
        Directory.CreateDirectory(folder["source"]);
        await File.WriteAllBytesAsync(folder["source/large"], new byte[20 * 1024 * 1024]);
        File.SetLastWriteTimeUtc(folder["source/large"], new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        string[] copy = ["copy", folder["source"], .. await TargetAsync(kind)];

        var first = await RunAsync(fault, copy);
        first.Status.ShouldBe(137, first.ToString());
        var complete = await FileTree.StampsAsync(target);
        var second = await RunAsync(null, copy);

        second.Status.ShouldBe(0, second.ToString());
        await CheckAsync(complete);
    }

    /// <summary>Small ones go by a connection of Gantry's own, the others by rclone's remote control; several at once either way.</summary>
    [Theory]
    [InlineData(4_000, "publish.before:1")]
    [InlineData(4_000, "publish.before:30")]
    [InlineData(4_000, "publish.after:30")]
    [InlineData(400_000, "publish.before:5")]
    [InlineData(400_000, "publish.after:5")]
    public async Task A_command_killed_beside_a_renaming_on_a_share_is_completed_by_the_next(int bytes, string fault)
    {
        const int Several = 60;
        for (var i = 0; i < Several; i++)
        {
            var path = folder.WriteFile($"source/folder {i % 3}/file {i}", new string((char)('a' + (i % 26)), bytes + i));
            File.SetLastWriteTimeUtc(path, new DateTime(2024, 1, 1, 0, 0, i, DateTimeKind.Utc));
        }

        string[] copy = ["copy", folder["source"], .. await TargetAsync("smb")];

        var first = await RunAsync(fault, copy);
        first.Status.ShouldBe(137, first.ToString());
        var complete = await FileTree.StampsAsync(target);
        var second = await RunAsync(null, copy);

        second.Status.ShouldBe(0, second.ToString());
        await CheckAsync(complete);
    }

    /// <summary>An address behind which the target is, with what it takes to sign in there.</summary>
    private async Task<string[]> TargetAsync(string kind)
    {
        switch (kind)
        {
            case "sftp":
                var ssh = await SshServer.StartAsync();
                server = ssh;
                target = ssh.NewFolder();
                var config = folder.WriteFile("ssh_config", $"Host 127.0.0.1\n  IdentityFile {ssh.KeyFile}\n  UserKnownHostsFile {ssh.KnownHostsFile}\n");
                return [$"sftp://{SshServer.User}@127.0.0.1:{ssh.Port}{target}", "--ssh-config", config];
            case "ftp":
                var ftp = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None, folder.Folder("home"));
                server = ftp;
                target = folder.Folder("home/target");
                return [$"ftp://user@127.0.0.1:{ftp.Port}/target", "--set", "password=${cred:SERVER}"];
            case "smb":
                var samba = await SambaServer.StartAsync();
                server = samba;
                secret = samba.Password;
                var share = samba.NewFolder();
                target = Path.Combine(samba.PathOf("share"), share);
                return [$"smb://{SambaServer.User}@127.0.0.1:{samba.Port}/share/{share}", "--set", "password=${cred:SERVER}"];
            default:
                target = folder.Folder("target");
                return [$"rclone::local:{target}"];
        }
    }

    [Theory]
    [InlineData("publish.before:150")]
    [InlineData("publish.after:150")]
    [InlineData("publish.after:300")]
    public async Task A_hub_killed_beside_a_renaming_completes_its_execution_by_itself(string fault)
    {
        FileTree.Make(folder["source"], Files);
        target = folder["target"];
        await using HubProgram hub = new(folder["data"]);
        hub.Set("GANTRY_FAULT", fault);
        await hub.StartAsync();
        var id = await ExecutionWatch.StartAsync(hub.Http, new
        {
            steps = new[] { new { use = "transfer.copy", with = new { from = folder["source"], to = target } } },
        });
        await hub.EndedAsync().WaitAsync(patience);
        var complete = await FileTree.StampsAsync(target);

        hub.Set("GANTRY_FAULT", null);
        await hub.StartAsync();
        var execution = await ExecutionWatch.EndAsync(hub.Http, id).WaitAsync(patience);

        execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.ToString());
        await CheckAsync(complete);
    }

    private Task<Ended> RunAsync(string? fault, params string[] arguments) =>
        GantryProgram.RunAsync(new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["GANTRY_FAULT"] = fault, ["CRED_SERVER"] = secret }, null, arguments);

    private async Task CheckAsync(IReadOnlyDictionary<string, string> complete)
    {
        FileTree.Differences(folder["source"], target).ShouldBeEmpty();
        var stamps = await FileTree.StampsAsync(target);
        complete.Where(stamp => stamps[stamp.Key] != stamp.Value).Select(stamp => stamp.Key).ShouldBeEmpty("These files were complete and were sent again.");
        Directory.GetFiles(target, ".gantry-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).ShouldBeEmpty();
    }
}
