using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

public sealed class LocalTransferSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_name_a_file_system_can_hold_is_copied_unchanged()
    {
        string[] names =
        [
            "nfc-\u00fc", "nfd-u\u0308", "日本語", "emoji-😀", " leading", "trailing ", "dot.", "..dots", "-dash", "*glob?[x]", "line\nbreak", "back\\slash",
            "quote\"'", new string('x', 255), new string('ü', 127), "tab\t", ".hidden", "%41", "~", "$HOME",
        ];
        foreach (var name in names)
        {
            folder.WriteFile("from/" + name, name);
        }

        await RunAsync("/usr/bin/env", "python3", "-c", "import sys,os; open(sys.argv[1].encode()+b'/bad-\\xff\\xfe', 'wb').write(b'x')", folder["from"]);

        var result = await TransferAsync("from", "to");

        result.Failures.ShouldBeEmpty();
        result.Copied.ShouldBe(names.Length + 1);
        await RunAsync("/usr/bin/diff", "-r", folder["from"], folder["to"]);
    }

    [Fact]
    public async Task Times_and_permissions_are_kept_and_a_second_run_sends_nothing()
    {
        var file = folder.WriteFile("from/a", "x");
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc));

        await TransferAsync("from", "to");
        var again = await TransferAsync("from", "to");

        File.GetLastWriteTimeUtc(folder["to/a"]).ShouldBe(File.GetLastWriteTimeUtc(file));
        (again.Copied, again.Skipped).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Pipes_and_sockets_are_left_out_with_a_note()
    {
        folder.WriteFile("from/a", "x");
        await RunAsync("/usr/bin/mkfifo", folder["from/pipe"]);

        var result = await TransferAsync("from", "to");

        result.IsSuccess.ShouldBeTrue();
        result.Notes.ShouldHaveSingleItem().ShouldContain("'pipe'");
        Directory.GetFileSystemEntries(folder["to"]).ShouldBe([folder["to/a"]]);
    }

    [Theory]
    [InlineData("a", "link-to-a", TransferMode.Copy)]
    [InlineData("link-to-a", "a/b", TransferMode.Copy)]
    [InlineData("a", "link-to-a/new/deep", TransferMode.Copy)]
    [InlineData("a", "link-to-b", TransferMode.Move)]
    [InlineData("a/b", "link-to-a", TransferMode.Sync)]
    [InlineData("link-to-b", "a", TransferMode.Sync)]
    public async Task Places_inside_of_each_other_are_refused_whatever_links_lead_there(string source, string target, TransferMode mode)
    {
        folder.WriteFile("a/one", "1");
        folder.WriteFile("a/b/two", "2");
        File.CreateSymbolicLink(folder["link-to-a"], folder["a"]);
        File.CreateSymbolicLink(folder["link-to-b"], folder["a/b"]);

        var result = await TransferAsync(source, target, request => request with { Mode = mode });

        result.EndedBy!.Error.ShouldBe(EndpointError.BadSetting);
        Directory.GetFiles(folder["a"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ShouldBe([folder["a/b/two"], folder["a/one"]]);
    }

    [Fact]
    public async Task Devices_pipes_and_sockets_are_left_out_with_a_note_each_and_none_is_opened()
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Making a device needs root.");
        folder.WriteFile("from/a", "x");
        await RunAsync("/usr/bin/mknod", folder["from/zero"], "c", "1", "5");
        await RunAsync("/usr/bin/mknod", folder["from/block"], "b", "7", "250");
        await RunAsync("/usr/bin/mkfifo", folder["from/pipe"]);
        using System.Net.Sockets.Socket socket = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder["from/socket"]));

        var result = await TransferAsync("from", "to", request => request with { Mode = TransferMode.Sync });
        var named = await TransferAsync("from/zero", "to/");

        (result.IsSuccess, result.Copied).ShouldBe((true, 1));
        result.Notes.Count.ShouldBe(4);
        foreach (var name in (string[])["'zero'", "'block'", "'pipe'", "'socket'"])
        {
            result.Notes.ShouldContain(note => note.Contains(name, StringComparison.Ordinal));
        }

        Directory.GetFileSystemEntries(folder["to"]).ShouldBe([folder["to/a"]]);
        named.EndedBy!.Message.ShouldContain("device");
    }

    [Theory]
    [InlineData(250_000)]
    [InlineData(3_000_000)]
    public async Task A_file_that_shrinks_while_it_is_read_arrives_as_it_is_when_it_has_settled(int size)
    {
        folder.WriteFile("to/a", "old");
        var path = folder.WriteFile("from/a", new string('x', size));
        await using var source = new HappeningSource(await OpenAsync("from"), "a", size / 2, () =>
        {
            using var file = File.OpenWrite(path);
            file.SetLength(size / 4);
            return Task.CompletedTask;
        });
        await using var target = await OpenAsync("to");

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = target },
        }).RunAsync(Token);

        (result.IsSuccess, result.Copied, result.Bytes).ShouldBe((true, 1, size / 4));
        source.Opened.ShouldBe(2);
        File.ReadAllText(folder["to/a"]).ShouldBe(new string('x', size / 4));
        Directory.GetFileSystemEntries(folder["to"]).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task When_the_disk_is_full_the_old_files_stand_and_nothing_half_written_is_left()
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small file system needs root.");
        var small = folder.Folder("small");
        await RunAsync("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small);
        try
        {
            folder.WriteFile("small/old.bin", "the old content");
            folder.WriteFile("from/old.bin", new string('n', 3_000_000));
            for (var i = 0; i < 40; i++)
            {
                folder.WriteFile($"from/f{i:00}", new string('x', 60_000));
            }

            var result = await TransferAsync("from", "small");

            result.Copied.ShouldBeInRange(1, 17);
            result.Failed.ShouldBe(41 - result.Copied);
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("space", StringComparison.Ordinal));
            File.ReadAllText(folder["small/old.bin"]).ShouldBe("the old content");
            Directory.GetFiles(small).Where(file => Path.GetFileName(file).StartsWith('f')).ShouldAllBe(file => new FileInfo(file).Length == 60_000);
            Directory.GetFiles(small, ".gantry-*").ShouldBeEmpty();
        }
        finally
        {
            await RunAsync("/bin/umount", small);
        }
    }

    [Fact]
    public async Task Large_files_are_copied_by_the_kernel_and_verified_by_hash_when_asked()
    {
        folder.WriteFile("from/large", string.Concat(Enumerable.Repeat("0123456789", 500_000)));

        var result = await TransferAsync("from", "to", request => request with { Verification = Verification.Checksum });

        result.IsSuccess.ShouldBeTrue();
        result.Bytes.ShouldBe(5_000_000);
        File.ReadAllText(folder["to/large"]).ShouldBe(File.ReadAllText(folder["from/large"]));
        Directory.GetFiles(folder["to"]).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("from/a", "to", "to")]
    [InlineData("from/a", "to/", "to/a")]
    [InlineData("from/a", "there", "there/a")]
    [InlineData("from/a", "taken", "taken")]
    [InlineData("from", "to", "to/a")]
    [InlineData("from/", "there/", "there/a")]
    public async Task A_file_goes_into_a_folder_or_gets_a_new_name(string source, string target, string expected)
    {
        folder.WriteFile("from/a", "content");
        folder.WriteFile("taken", "old");
        folder.Folder("there");

        await using var places = await TransferPlaces.OpenAsync(new Opener(), [folder[source]], folder[target], keepName: false, Token);
        var result = await new TransferRunner(new TransferRequest { Sources = places.Sources, Target = places.Target }).RunAsync(Token);

        result.IsSuccess.ShouldBeTrue();
        File.ReadAllText(folder[expected]).ShouldBe("content");
    }

    [Theory]
    [InlineData("/a/b", "/a/", "b")]
    [InlineData("/a/b/", "/a/", "b")]
    [InlineData("/a", "/", "a")]
    [InlineData("a", ".", "a")]
    [InlineData("sftp://u@h/x/y%20z", "sftp://u@h/x/", "y z")]
    [InlineData("s3://bucket/k?region=x", "s3://bucket/?region=x", "k")]
    [InlineData("name:a/b", "name:a/", "b")]
    [InlineData("name:b", "name:", "b")]
    [InlineData("/", null, null)]
    [InlineData("sftp://u@h", null, null)]
    [InlineData("sftp://u@h/", null, null)]
    [InlineData("name:", null, null)]
    public void An_address_is_split_into_folder_and_name(string address, string? folderAddress, string? name)
    {
        var split = TransferPlaces.Split(address);

        (split?.Folder, split?.Name).ShouldBe((folderAddress, name));
    }

    public void Dispose() => folder.Dispose();

    private async Task<TransferResult> TransferAsync(string from, string to, Func<TransferRequest, TransferRequest>? change = null)
    {
        await using var places = await TransferPlaces.OpenAsync(new Opener(), [folder[from]], folder[to], keepName: false, Token);
        var request = new TransferRequest { Sources = places.Sources, Target = places.Target };
        return await new TransferRunner(change?.Invoke(request) ?? request).RunAsync(Token);
    }

    private ValueTask<IEndpoint> OpenAsync(string path) => new Opener().OpenAsync(folder[path], Token);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(Token);
        process.ExitCode.ShouldBe(0);
    }

    private sealed class Opener : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(
            AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, new EndpointContext { Secrets = new StoredSecrets() }));
    }
}
