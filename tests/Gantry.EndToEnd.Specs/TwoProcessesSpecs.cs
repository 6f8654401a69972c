using Gantry.EndToEnd.Specs.Programs;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>Two commands, each a process of its own, that write into one target at the same time: both succeed, nothing is lost, mixed or left behind.</summary>
public sealed class TwoProcessesSpecs : IAsyncLifetime
{
    private const int Rounds = 4;
    private const int Files = 60;
    private const int Large = 9 * 1024 * 1024;
    private const string Password = "p4ss of a test";
    private static readonly DateTime time = new(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc);

    private readonly TemporaryFolder folder = new();
    private IAsyncDisposable? server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Theory(Timeout = 300_000)]
    [InlineData("local")]
    [InlineData("sftp")]
    [InlineData("ftp")]
    public async Task Of_two_at_once_each_file_arrives_whole_and_nothing_else_is_left(string kind)
    {
        var (home, address, options) = await PlaceAsync(kind);
        Fill("one", 'a');
        Fill("two", 'b');
        for (var round = 0; round < Rounds; round++)
        {
            var target = $"target{round}";
            var other = round % 2 == 0 ? "two" : "one";

            var ended = await Task.WhenAll(RunAsync("copy", "one"), RunAsync("copy", other));

            ended.ShouldAllBe(end => end.Status == 0, $"round {round}: {ended[0]}\n{ended[1]}");
            var (one, two, there) = (ContentsOf(folder["one"]), ContentsOf(folder[other]), ContentsOf(Path.Combine(home, target)));
            there.Keys.ShouldBe(one.Keys.Union(two.Keys).Order(StringComparer.Ordinal), ignoreOrder: false, $"round {round}");
            there.Where(file => file.Value != one.GetValueOrDefault(file.Key) && file.Value != two.GetValueOrDefault(file.Key)).Select(file => file.Key).ShouldBeEmpty($"round {round}");

            // Beside one that deletes what only the other one has.
            ended = await Task.WhenAll(RunAsync("sync", "one"), RunAsync("copy", other));
            var last = await RunAsync("sync", "one");

            ended.Append(last).ShouldAllBe(end => end.Status == 0, $"round {round}: {ended[0]}\n{ended[1]}\n{last}");
            ContentsOf(Path.Combine(home, target)).Keys.ShouldBe(one.Keys, ignoreOrder: false, $"round {round}");
            FileTree.Differences(folder["one"], Path.Combine(home, target)).Where(difference => other == "one").ShouldBeEmpty($"round {round}");

            Task<Ended> RunAsync(string command, string from) => GantryProgram.RunAsync(
                new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["CRED_SERVER"] = Password },
                null,
                [command, folder[from], $"{address}/{target}", .. options]);
        }
    }

    /// <summary>Where its folders are on this machine, its address, and what it takes to sign in there.</summary>
    private async Task<(string Home, string Address, string[] Options)> PlaceAsync(string kind)
    {
        switch (kind)
        {
            case "sftp":
                var ssh = await SshServer.StartAsync();
                server = ssh;
                var home = ssh.NewFolder();
                var config = folder.WriteFile("ssh_config", $"Host 127.0.0.1\n  IdentityFile {ssh.KeyFile}\n  UserKnownHostsFile {ssh.KnownHostsFile}\n");
                return (home, $"sftp://{SshServer.User}@127.0.0.1:{ssh.Port}{home}", ["--ssh-config", config]);
            case "ftp":
                var ftp = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None, folder.Folder("home"));
                server = ftp;
                return (folder["home"], $"ftp://user@127.0.0.1:{ftp.Port}", ["--set", "password=${cred:SERVER}"]);
            default:
                return (folder.Folder("home"), folder["home"], []);
        }
    }

    private void Fill(string name, char letter)
    {
        for (var i = 0; i < Files; i++)
        {
            Write($"{name}/folder{i % 3}/file{i}", new string(letter, i * 37));
        }

        Write($"{name}/only/of {name}", name);
        Write($"{name}/large", new string(letter, Large));
    }

    private void Write(string path, string content) => File.SetLastWriteTimeUtc(folder.WriteFile(path, content), time.AddSeconds(content.Length % 100));

    private static SortedDictionary<string, string> ContentsOf(string path) => new(
        Directory.GetFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllText),
        StringComparer.Ordinal);
}
