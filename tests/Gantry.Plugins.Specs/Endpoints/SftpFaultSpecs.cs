using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The server dies, the disk fills, the endpoint is left: on a real sshd.</summary>
public sealed class SftpFaultSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_server_killed_in_the_middle_fails_what_was_in_flight_and_is_used_again_when_it_is_back()
    {
        await using var server = await SshServer.StartAsync();
        var files = server.NewFolder();
        await using var endpoint = new SftpKind().Open(server.Settings(files), server.Context());
        await WriteAsync(endpoint, "before", new MemoryStream([1]));
        var content = ScriptedContent.WaitingAfter(new byte[2_000_000]);
        var large = WriteAsync(endpoint, "large", content);
        await content.ReachedEnd;

        await server.StopAsync();

        // It waits for its source; every other call sees the loss at once.
        var lost = await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("before", Token).AsTask());
        lost.Error.ShouldBe(EndpointError.Disconnected);
        lost.IsTransient.ShouldBeTrue();
        await server.StartAgainAsync();
        (await endpoint.FindAsync("before", Token))!.Size.ShouldBe(1);
        await WriteAsync(endpoint, "after", new MemoryStream([1, 2]));
        File.Exists(Path.Combine(files, "large")).ShouldBeFalse();
        large.IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Sessions_that_are_cut_while_hundreds_of_files_travel_leave_only_whole_files()
    {
        await using var server = await SshServer.StartAsync();
        var files = server.NewFolder();
        await using var endpoint = new SftpKind().Open(server.Settings(files), server.Context());
        await WriteAsync(endpoint, "first", new MemoryStream([1]));

        var writes = Enumerable.Range(0, 3000).Select(number => WriteAsync(endpoint, $"file {number}", new MemoryStream(new byte[4096]))).ToArray();
        await Task.WhenAny(writes);
        await server.CutAsync();
        await ((Task)Task.WhenAll(writes)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        foreach (var write in writes.Where(write => write.IsFaulted))
        {
            write.Exception!.InnerException.ShouldBeOfType<EndpointException>().IsTransient.ShouldBeTrue();
        }

        writes.ShouldContain(write => write.IsFaulted);
        foreach (var file in new DirectoryInfo(files).GetFiles("file *"))
        {
            file.Length.ShouldBe(4096);
        }

        for (var number = 0; number < writes.Length; number++)
        {
            (writes[number].IsFaulted || File.Exists(Path.Combine(files, $"file {number}"))).ShouldBeTrue();
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(200_000)]
    [InlineData(3_000_000)]
    public async Task A_full_disk_is_told_as_such_and_keeps_the_old_file(int size)
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small disk needs root.");
        await using var server = await SshServer.StartAsync();
        var files = server.NewFolder();
        using var mount = Process.Start(new ProcessStartInfo("/bin/mount", ["-t", "tmpfs", "-o", "size=128k", "gantry-test", files]) { UseShellExecute = false, RedirectStandardError = true })!;
        await mount.WaitForExitAsync(Token);
        SshServer.SkipOrFail(mount.ExitCode == 0, "A tmpfs cannot be mounted here.");
        try
        {
            await using var endpoint = new SftpKind().Open(server.Settings(files), server.Context());
            await WriteAsync(endpoint, "file", new MemoryStream("old"u8.ToArray()));

            var failure = await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file", new MemoryStream(new byte[size])));

            failure.Error.ShouldBe(EndpointError.NoSpace);
            (await File.ReadAllTextAsync(Path.Combine(files, "file"), Token)).ShouldBe("old");
            Directory.GetFileSystemEntries(files).Length.ShouldBe(1);
        }
        finally
        {
            using var unmount = Process.Start(new ProcessStartInfo("/bin/umount", ["-l", files]) { UseShellExecute = false })!;
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Closing_leaves_no_program_behind_even_while_it_connects()
    {
        await using var server = await SshServer.StartAsync();
        var endpoint = new SftpKind().Open(server.Settings("/"), server.Context());
        await endpoint.FindAsync("", Token);
        ProgramsFor(server).ShouldNotBeEmpty();

        await endpoint.DisposeAsync();
        await new SftpKind().Open(server.Settings("/"), server.Context()).DisposeAsync();

        ProgramsFor(server).ShouldBeEmpty();
        await Should.ThrowAsync<ObjectDisposedException>(() => endpoint.FindAsync("", Token).AsTask());
    }

    private static Task<Entry> WriteAsync(IEndpoint endpoint, string path, Stream content) => endpoint.WriteAsync(
        path,
        content,
        new WriteOptions { PartialName = PartialName.Of(path, null, null, Guid.CreateVersion7().ToString("N")), ModifiedAt = DateTimeOffset.UnixEpoch },
        Token).AsTask();

    private static List<string> ProgramsFor(SshServer server) =>
        [.. Directory.GetDirectories("/proc").Select(CommandOf).Where(command => command.Contains("ssh\0", StringComparison.Ordinal) && command.Contains($"-p\0{server.Port}\0", StringComparison.Ordinal))];

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
