using System.Diagnostics;
using System.Text;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The commands that need no hub, with a real SSH server: approved, interrupted, watched.</summary>
public sealed class ServerCommandSpecs : IAsyncLifetime
{
    private const int Files = 200;
    private const string Script = "/usr/bin/script";

    private readonly TemporaryFolder folder = new();

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["TERM"] = "xterm" };

    public ValueTask InitializeAsync()
    {
        FileTree.Make(folder["in"], Files);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_host_key_is_refused_until_its_fingerprint_is_accepted()
    {
        await using var server = await SshServer.StartAsync();
        await AddAsync(server, server.Port);

        var unknown = await RunAsync("endpoint", "test", "web");
        var wrong = await RunAsync("endpoint", "test", "web", "--accept-host-key", "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8");
        var fingerprint = unknown.Output[unknown.Output.LastIndexOf("SHA256:", StringComparison.Ordinal)..].Trim();
        var accepted = await RunAsync("endpoint", "test", "web", "--accept-host-key", fingerprint);
        var copied = await RunAsync("copy", folder["in"], "web:");
        await server.StopAsync();
        await server.ChangeHostKeyAsync();
        await server.StartAgainAsync();
        var changed = await RunAsync("copy", folder["in"], "web:");

        unknown.Status.ShouldBe(3, unknown.ToString());
        wrong.Status.ShouldBe(3, wrong.ToString());
        accepted.Status.ShouldBe(0, accepted.ToString());
        copied.Status.ShouldBe(0, copied.ToString());
        changed.Status.ShouldBe(3, changed.ToString());
        changed.Errors.ShouldContain("has changed");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_server_cannot_do_is_a_note_and_no_failure()
    {
        await using var server = await SshServer.StartAsync("Subsystem sftp internal-sftp -P posix-rename");
        await AddAsync(server, server.Port, "--set", "host_key=" + server.HostKey);
        await RunAsync("copy", folder["in"], "web:");

        var ended = await RunAsync("copy", "--always", folder["in"], "web:");

        ended.Status.ShouldBe(0, ended.ToString());
        ended.Output.ShouldStartWith($"{Files} copied");
        ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain("no posix-rename");
    }

    [Fact(Timeout = 120_000)]
    public async Task Ctrl_c_in_the_middle_is_status_130_and_leaves_no_half_file()
    {
        await using var server = await SshServer.StartAsync();
        await using GatedPort gate = new(server.Port, bytesBeforeGate: 64 * 1024);
        var remote = await AddAsync(server, gate.Port, "--set", "host_key=" + server.HostKey);
        using var process = GantryProgram.Start(Variables, "copy", folder["in"], "web:");
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);

        await gate.Reached;
        using (var kill = GantryProgram.Start("/bin/kill", Variables, ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        gate.Open();
        await process.WaitForExitAsync(CancellationToken.None);

        process.ExitCode.ShouldBe(130);
        (await errors).ShouldContain("Cancelled.");
        Directory.EnumerateFiles(remote, ".gantry-*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task Progress_is_shown_at_a_terminal_and_gone_at_the_end()
    {
        SshServer.SkipOrFail(File.Exists(Script), "script is not installed (apt-get install bsdutils).");
        await using var server = await SshServer.StartAsync();
        await using GatedPort gate = new(server.Port, bytesBeforeGate: 64 * 1024);
        await AddAsync(server, gate.Port, "--set", "host_key=" + server.HostKey);
        var command = string.Join(' ', GantryProgram.CommandLine("copy", folder["in"], "web:").Select(word => $"'{word}'"));
        using var process = GantryProgram.Start(Script, Variables, ["-qec", command, "/dev/null"]);

        // Its standard input stays open: the end of it would be the end of the terminal.
        var shown = await ReadToAsync(process, " files, ");
        gate.Open();
        shown += await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);

        process.ExitCode.ShouldBe(0, shown);
        shown.ShouldContain("\r\e[K" + $"{Files} copied");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pipe_is_given_the_result_and_nothing_else()
    {
        await using var server = await SshServer.StartAsync();
        await AddAsync(server, server.Port, "--set", "host_key=" + server.HostKey);

        var ended = await RunAsync("copy", folder["in"], "web:");

        ended.ToString().ShouldBe($"status 0\n{Files} copied (800.0 KiB), 0 unchanged.\n\n");
    }

    /// <summary>Saves the server as 'web' and answers its folder.</summary>
    private async Task<string> AddAsync(SshServer server, int port, params string[] more)
    {
        var remote = server.NewFolder();
        var added = await RunAsync(
            ["endpoint", "add", "web", $"sftp://{SshServer.User}@127.0.0.1:{port}{remote}", "--set", "key_file=" + server.KeyFile, .. more]);
        added.Status.ShouldBe(0, added.ToString());
        return remote;
    }

    private static async Task<string> ReadToAsync(Process process, string text)
    {
        StringBuilder read = new();
        var buffer = new char[1024];
        while (!read.ToString().Contains(text, StringComparison.Ordinal)
            && await process.StandardOutput.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            read.Append(buffer, 0, count);
        }

        return read.ToString();
    }

    private Task<Ended> RunAsync(params string[] words) => GantryProgram.RunAsync(Variables, null, words);
}
