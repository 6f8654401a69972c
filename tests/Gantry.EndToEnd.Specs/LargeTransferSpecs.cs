using System.Globalization;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>One large file where things go wrong: what arrived is gone on with, and what is not wanted any more goes.</summary>
public sealed class LargeTransferSpecs : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new();
    private readonly byte[] content = new byte[140 * Megabyte];
    private SshServer server = null!;
    private string remote = "";

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"] };

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync();
        remote = server.NewFolder();
        new Random(1).NextBytes(content);
        folder.Folder("source");
        await File.WriteAllBytesAsync(folder["source/large"], content);
        File.SetLastWriteTimeUtc(folder["source/large"], new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_same_command_run_again_goes_on_where_a_killed_one_was_cut_off()
    {
        await using GatedPort gate = new(server.Port, 110 * Megabyte);
        await KillInTheMiddleAsync(gate);

        var second = await GantryProgram.RunAsync(Variables, null, Copy(gate.Port));

        second.Status.ShouldBe(0, second.ToString());
        JsonElement.Parse(second.Output).GetProperty("bytes_resumed").GetInt64().ShouldBeGreaterThan(30 * Megabyte);
        CheckTarget();
    }

    [Fact]
    public async Task What_a_killed_command_left_is_not_used_for_a_source_that_changed()
    {
        await using GatedPort gate = new(server.Port, 110 * Megabyte);
        await KillInTheMiddleAsync(gate);
        content[5]++;
        await File.WriteAllBytesAsync(folder["source/large"], content);

        var second = await GantryProgram.RunAsync(Variables, null, Copy(gate.Port));

        second.Status.ShouldBe(0, second.ToString());
        JsonElement.Parse(second.Output).GetProperty("bytes_resumed").GetInt64().ShouldBe(0);
        CheckTarget();
    }

    [Fact]
    public async Task A_server_that_is_killed_under_a_large_file_is_only_a_delay()
    {
        await using GatedPort gate = new(server.Port, 110 * Megabyte);
        using var copy = GantryProgram.Start(Variables, Copy(gate.Port));
        var (output, errors) = (copy.StandardOutput.ReadToEndAsync(), copy.StandardError.ReadToEndAsync());
        await gate.Reached.WaitAsync(patience);

        await server.StopAsync();
        await server.StartAgainAsync();
        gate.Open();
        await copy.WaitForExitAsync().WaitAsync(patience);

        copy.ExitCode.ShouldBe(0, await errors + await output);
        CheckTarget();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_that_is_cancelled_leaves_nothing_and_ends_also_when_the_server_does_not_answer(bool answers)
    {
        await using GatedPort gate = new(server.Port, 70 * Megabyte);
        using var copy = GantryProgram.Start(Variables, Copy(gate.Port));
        var (output, errors) = (copy.StandardOutput.ReadToEndAsync(), copy.StandardError.ReadToEndAsync());
        await gate.Reached.WaitAsync(patience);

        using (var kill = GantryProgram.Start("/bin/kill", Variables, ["-INT", copy.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        if (answers)
        {
            gate.Open();
        }

        await copy.WaitForExitAsync().WaitAsync(patience);

        copy.ExitCode.ShouldBe(130, await errors + await output);
        Directory.EnumerateFileSystemEntries(remote).Count().ShouldBe(answers ? 0 : 1);
    }

    private async Task KillInTheMiddleAsync(GatedPort gate)
    {
        using (var copy = GantryProgram.Start(Variables, Copy(gate.Port)))
        {
            await gate.Reached.WaitAsync(patience);
            copy.Kill();
            await copy.WaitForExitAsync();
        }

        await server.CutAsync();
        gate.Open();
        Directory.EnumerateFiles(remote).ShouldHaveSingleItem();
    }

    private void CheckTarget()
    {
        Directory.EnumerateFileSystemEntries(remote).ShouldBe([Path.Combine(remote, "large")]);
        File.ReadAllBytes(Path.Combine(remote, "large")).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    private string[] Copy(int port)
    {
        var config = folder.WriteFile("ssh_config", $"""
            Host 127.0.0.1
              IdentityFile {server.KeyFile}
              UserKnownHostsFile {server.KnownHostsFile}
              HostKeyAlias [127.0.0.1]:{server.Port}
            """);
        return ["copy", "--json", "--ssh-config", config, folder["source"], $"sftp://{SshServer.User}@127.0.0.1:{port}{remote}"];
    }
}
