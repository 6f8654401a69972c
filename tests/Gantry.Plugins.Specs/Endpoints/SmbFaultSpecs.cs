using System.Diagnostics;
using System.Net;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What goes wrong at a share, or with the rclone that leads to it, on a real Samba.</summary>
public sealed class SmbFaultSpecs(SharedSambaServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_read_that_the_server_announced_without_a_signature_may_be_tried_again()
    {
        var failure = RcloneErrors.Of("read a\\b: invalid response error: signing required", "'smb://host/share/a/b' could not be read");

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Protocol, true));
        failure.Message.ShouldContain("encrypted");
    }

    [Fact]
    public void Where_rclone_itself_fails_its_stack_is_not_told_and_it_may_be_tried_again()
    {
        var failure = RcloneErrors.Of("panic received: runtime error: invalid memory address or nil pointer dereference \ngoroutine 61 [running]:\nruntime/debug.Stack()", "'smb://host/share/a' could not be written");

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, true));
        failure.Message.ShouldContain("nil pointer");
        failure.Message.ShouldNotContain("runtime/debug");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_password_is_told_and_not_tried_again()
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("share").With("password", "${cred:WRONG}"), server.Context());

        var failure = await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("", Token).AsTask());
        for (var time = 0; time < 200; time++)
        {
            (await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("x", Token).AsTask())).Error.ShouldBe(EndpointError.LoginRefused);
        }

        failure.Error.ShouldBe(EndpointError.LoginRefused, failure.Message);
        failure.IsTransient.ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_share_that_is_not_there_is_named()
    {
        var server = await shared.GetAsync();

        var failure = await FailureAsync(server.Settings("nosuch/folder"), server.Context());

        failure.Error.ShouldBe(EndpointError.NotFound, failure.Message);
        failure.Message.ShouldContain("nosuch");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_that_is_not_there_is_none_and_can_be_made()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}/new/deep"), server.Context());

        (await endpoint.FindAsync("", Token)).ShouldBeNull();
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token))).Error.ShouldBe(EndpointError.NotFound);
        await endpoint.CreateFolderAsync("", Token);
        await WriteAsync(endpoint, "file", [1, 2]);

        Directory.GetFileSystemEntries(Path.Combine(server.PathOf("share"), name, "new", "deep")).Select(Path.GetFileName).ShouldBe(["file"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_shares_root_gets_no_folder_of_its_own_when_it_is_made()
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("small"), server.Context());

        await endpoint.CreateFolderAsync("", Token);
        await endpoint.CreateFolderAsync("sub", Token);
        await endpoint.DeleteFolderAsync("sub", Token);

        Directory.GetFileSystemEntries(server.PathOf("small")).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_path_that_leads_to_a_file_is_found_as_one()
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("readonly/there.txt"), server.Context());

        (await endpoint.FindAsync("", Token)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            entry => entry.Kind.ShouldBe(EntryKind.File), entry => entry.Size.ShouldBe(5));
        (await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "x", [1]))).Error.ShouldBe(EndpointError.NotAFolder);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_host_that_does_not_answer_is_told_and_may_be_tried_again()
    {
        var server = await shared.GetAsync();

        var failure = await FailureAsync(server.Settings("share").With("port", "1"), server.Context());

        failure.Error.ShouldBe(EndpointError.Disconnected, failure.Message);
        failure.IsTransient.ShouldBeTrue();
        var unknown = await FailureAsync(server.Settings("share").With("host", "no-such-host.invalid"), server.Context());
        unknown.Error.ShouldBe(EndpointError.Disconnected, unknown.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_share_that_may_only_be_read_says_so()
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("readonly"), server.Context());

        var failure = await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file", [1]));

        failure.Error.ShouldBe(EndpointError.PermissionDenied, failure.Message);
        (await endpoint.FindAsync("there.txt", Token))!.Size.ShouldBe(5);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("\\")]
    [InlineData(";")]
    public async Task A_domain_goes_with_the_users_name(string separator)
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("share").With("user", $"{SambaServer.Workgroup}{separator}{SambaServer.User}"), server.Context());

        (await endpoint.FindAsync("", Token))!.Kind.ShouldBe(EntryKind.Folder);
        endpoint.Address.ShouldStartWith($"smb://{SambaServer.Workgroup}\\{SambaServer.User}@");
    }

    [Fact(Timeout = 120_000)]
    public async Task Only_the_chosen_address_is_dialled()
    {
        var server = await shared.GetAsync();
        var asked = new List<(string, int)>();
        var context = server.Context() with
        {
            AddressOf = (host, port, _) =>
            {
                asked.Add((host, port));
                return ValueTask.FromResult(IPAddress.Loopback);
            },
        };
        await using var endpoint = new SmbKind().Open(server.Settings("share").With("host", "files.example.org"), context);

        (await endpoint.FindAsync("", Token))!.Kind.ShouldBe(EntryKind.Folder);

        asked.ShouldBe([("files.example.org", server.Port)]);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_password_is_in_an_argument_and_none_in_the_clear_anywhere()
    {
        var server = await shared.GetAsync();
        await using var endpoint = new SmbKind().Open(server.Settings("share"), server.Context());
        await endpoint.FindAsync("", Token);

        var programs = Programs(server);

        programs.ShouldNotBeEmpty();
        foreach (var (_, command, environment) in programs)
        {
            command.ShouldNotContain(server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
            command.ShouldNotContain("127.0.0.1:" + server.Port);
            environment.ShouldNotContain(server.Password);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task An_rclone_that_is_killed_is_replaced()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await WriteAsync(endpoint, "before", [1]);

        await KillAsync(server, name);

        await WriteAgainAsync(endpoint, "after", [1, 2]);
        (await endpoint.FindAsync("before", Token))!.Size.ShouldBe(1);
        (await endpoint.FindAsync("after", Token))!.Size.ShouldBe(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_rclone_that_is_killed_inside_a_file_costs_that_file_one_more_try()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        using TemporaryFolder folder = new();
        var content = new byte[3_000_000];
        new Random(7).NextBytes(content);
        folder.WriteFile("small", "small");
        await File.WriteAllBytesAsync(folder["large"], content, Token);
        await using var source = new HappeningSource(new LocalEndpoint(folder.Path, allowedRoots: null), "large", 1_000_000, () => KillAsync(server, name));
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = endpoint },
        }).RunAsync(Token);

        result.Failures.ShouldBeEmpty();
        (source.Opened, result.Copied).ShouldBe((2, 2));
        var there = Path.Combine(server.PathOf("share"), name);
        Directory.GetFileSystemEntries(there).Select(Path.GetFileName).ShouldBe(["large", "small"], ignoreOrder: true);
        (await File.ReadAllBytesAsync(Path.Combine(there, "large"), Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_rclone_that_is_killed_inside_a_file_is_named_when_nobody_tries_again()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder["large"], new byte[3_000_000], Token);
        await using var source = new HappeningSource(new LocalEndpoint(folder.Path, allowedRoots: null), "large", 1_000_000, () => KillAsync(server, name));
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = endpoint },
            Retries = 0,
        }).RunAsync(Token);

        result.Failures.ShouldHaveSingleItem().Reason.ShouldContain("rclone");
        File.Exists(Path.Combine(server.PathOf("share"), name, "large")).ShouldBeFalse();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Exact", "one", "ONE", true)]
    [InlineData("share", "one", "ONE", false)]
    public async Task A_file_is_taken_for_one_of_another_case_only_where_case_does_not_count(string share, string there, string sent, bool isApart)
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder(share);
        var folder = Path.Combine(server.PathOf(share.ToLowerInvariant()), name);
        var time = new DateTime(2020, 1, 2, 3, 4, 6, DateTimeKind.Utc);
        await File.WriteAllTextAsync(Path.Combine(folder, there), "old", Token);
        File.SetLastWriteTimeUtc(Path.Combine(folder, there), time);
        using TemporaryFolder local = new();
        File.SetLastWriteTimeUtc(local.WriteFile(sent, "new"), time);
        await using var source = new LocalEndpoint(local.Path, allowedRoots: null);
        await using var endpoint = new SmbKind().Open(server.Settings($"{share}/{name}"), server.Context());

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = endpoint },
        }).RunAsync(Token);

        result.Failures.ShouldBeEmpty();
        result.Copied.ShouldBe(isApart ? 1 : 0);
        Directory.GetFiles(folder).Select(Path.GetFileName).ShouldBe(isApart ? [there, sent] : [there], ignoreOrder: true);
        (await File.ReadAllTextAsync(Path.Combine(folder, there), Token)).ShouldBe("old");
    }

    [Fact(Timeout = 120_000)]
    public async Task Leaving_and_cancelling_leave_no_program_and_no_temporary_file()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var content = ScriptedContent.WaitingAfter(new byte[2_000_000]);
        var write = endpoint.WriteAsync("file", content, new WriteOptions { PartialName = PartialName.Of("file", 9, null, "cancelled") }, cancelling.Token).AsTask();
        await content.ReachedEnd;

        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => write);
        await endpoint.DisposeAsync();

        Directory.GetFileSystemEntries(Path.Combine(server.PathOf("share"), name)).ShouldBeEmpty();
        Programs(server, name).ShouldBeEmpty();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(200_000)]
    [InlineData(3_000_000)]
    public async Task A_full_disk_is_told_as_such_and_keeps_the_old_file(int size)
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small disk needs root.");
        await using var server = await SambaServer.StartAsync();
        using var mount = Process.Start(new ProcessStartInfo("/bin/mount", ["-t", "tmpfs", "-o", "size=128k", "gantry-test", server.PathOf("small")]) { UseShellExecute = false, RedirectStandardError = true })!;
        await mount.WaitForExitAsync(Token);
        SshServer.SkipOrFail(mount.ExitCode == 0, "A tmpfs cannot be mounted here.");
        try
        {
            var here = Directory.CreateDirectory(Path.Combine(server.PathOf("small"), "here")).FullName;
            var endpoint = new SmbKind().Open(server.Settings("small/here"), server.Context());
            await WriteAsync(endpoint, "file", "old"u8.ToArray());

            var failure = await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file", new byte[size]));

            // rclone 1.60 leaves the file open whose upload failed, so that it goes with the connection.
            await endpoint.DisposeAsync();
            failure.Error.ShouldBe(EndpointError.NoSpace, failure.Message);
            (await File.ReadAllTextAsync(Path.Combine(here, "file"), Token)).ShouldBe("old");
            Directory.GetFileSystemEntries(here).Select(Path.GetFileName).ShouldBe(["file"]);
        }
        finally
        {
            using var unmount = Process.Start(new ProcessStartInfo("/bin/umount", ["-l", server.PathOf("small")]) { UseShellExecute = false })!;
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Names_that_others_wrote_are_read_as_they_are_and_theirs_is_what_changes()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var folder = Path.Combine(server.PathOf("share"), name);
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await WriteAsync(endpoint, "file", [1]);

        // Somebody else changes it while it is known here.
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[100], Token);
        await File.WriteAllBytesAsync(Path.Combine(folder, "other"), new byte[7], Token);

        (await endpoint.FindAsync("file", Token))!.Size.ShouldBe(100);
        await using (var stream = await endpoint.OpenReadAsync("file", 0, 100, Token))
        {
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Token);
            content.Length.ShouldBe(100);
        }

        (await endpoint.ListAsync("", Token).Select(entry => (entry.Name, entry.Size)).ToListAsync(Token)).ShouldBe([("file", 100L), ("other", 7L)], ignoreOrder: true);
    }

    private static async Task KillAsync(SambaServer server, string folder)
    {
        foreach (var (id, _, _) in Programs(server, folder))
        {
            using var rclone = Process.GetProcessById(id);
            rclone.Kill();
            await rclone.WaitForExitAsync(Token);
        }
    }

    private static async Task WriteAsync(IEndpoint endpoint, string path, byte[] content) => await endpoint.WriteAsync(
        path,
        new MemoryStream(content),
        new WriteOptions { PartialName = PartialName.Of(path, null, null, Guid.CreateVersion7().ToString("N")), ModifiedAt = DateTimeOffset.UnixEpoch.AddYears(50), Length = content.Length },
        Token);

    /// <summary>What was in flight when the connection was lost may fail once, as what passes.</summary>
    private static async Task WriteAgainAsync(IEndpoint endpoint, string path, byte[] content)
    {
        try
        {
            await WriteAsync(endpoint, path, content);
        }
        catch (EndpointException failure)
        {
            failure.IsTransient.ShouldBeTrue(failure.Message);
            await WriteAsync(endpoint, path, content);
        }
    }

    private static async Task<EndpointException> FailureAsync(EndpointSettings settings, EndpointContext context)
    {
        await using var endpoint = new SmbKind().Open(settings, context);
        return await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("", Token).AsTask());
    }

    /// <summary>The programs that lead to a server, or to one folder of it.</summary>
    private static List<(int Id, string Command, string Environment)> Programs(SambaServer server, string folder = "") =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Select(path => (int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture), TextOf(path, "cmdline"), TextOf(path, "environ")))
            .Where(program => program.Item3.Contains($"RCLONE_CONFIG_GANTRY_REMOTE_PORT={server.Port}\0", StringComparison.Ordinal) && program.Item3.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string TextOf(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
