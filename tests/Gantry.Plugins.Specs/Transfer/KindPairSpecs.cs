using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Endpoints.S3;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What must hold between any two kinds: names, times, second runs, and what is kept with a file.</summary>
public sealed class KindPairSpecs(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IDisposable
{
    private static readonly string[] Names =
    [
        "plain.txt", "café", "cafe\u0301", "\U0001F3D7\uFE0F crane", "文件名", "trailing space ", "trailing dot.", " leading", "-dash", ".hidden", "..two", "*", "?", "[a]*", "{b}",
        "quote\"'", "back\\slash", "%2F", "a&b;c|d<e>", "new\nline", "A", "a", "#hash", "a+b c", "~",
    ];

    private readonly TemporaryFolder folder = new();
    private readonly List<IAsyncDisposable> opened = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Pairs => new()
    {
        { "local", "sftp" }, { "local", "s3" }, { "sftp", "s3" }, { "s3", "sftp" }, { "s3", "local" }, { "s3", "s3" },
        { "local", "vsftpd" }, { "vsftpd", "local" }, { "pyftpdlib", "s3" }, { "s3", "pyftpdlib" }, { "sftp", "pyftpdlib" }, { "vsftpd", "pyftpdlib" },
        { "local", "smb" }, { "smb", "local" }, { "smb", "s3" }, { "s3", "smb" }, { "sftp", "smb" }, { "local", "rclone" }, { "rclone", "local" }, { "smb", "rclone" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_name_and_time_arrives_and_a_second_run_or_sync_changes_nothing(string from, string to)
    {
        var (source, target) = (await OpenAsync(from, "source"), await OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, 789, TimeSpan.Zero);
        var names = Names.Where(name => IsHeld(name, from) && IsHeld(name, to)).ToList();
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            await PutAsync(source, $"in {name}/{name}", name, time.AddMinutes(i));
        }

        var first = await RunAsync(source, target);
        var second = await RunAsync(source, target);
        var sync = await RunAsync(source, target, TransferMode.Sync);

        first.Failures.ShouldBeEmpty();
        (first.Copied, second.Copied, second.Skipped).ShouldBe((names.Count, 0, names.Count));
        (sync.Copied, sync.Deleted, sync.Failed).ShouldBe((0, 0, 0));
        (await TreeAsync(target)).ShouldBe(await TreeAsync(source));
        await DisposeAllAsync();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_file_that_is_touched_is_sent_again_and_only_that(string from, string to)
    {
        var (source, target) = (await OpenAsync(from, "source"), await OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await PutAsync(source, "a", "1", time);
        await PutAsync(source, "b", "1", time);
        await RunAsync(source, target);

        await PutAsync(source, "b", "2", time.AddMinutes(2));
        var result = await RunAsync(source, target);

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        (await TreeAsync(target)).ShouldBe(["a=1", "b=2"]);
        await DisposeAllAsync();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_move_leaves_nothing_at_its_source(string from, string to)
    {
        var (source, target) = (await OpenAsync(from, "source"), await OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await PutAsync(source, "in/a", "1", time);
        await PutAsync(source, "in/deep/b", "", time);

        var result = await RunAsync(source, target, TransferMode.Move);

        result.Failures.ShouldBeEmpty();
        (await TreeAsync(target)).ShouldBe(["in/a=1", "in/deep/b="]);
        (await source.ListAsync("", Token).ToListAsync(Token)).ShouldBeEmpty();
        await DisposeAllAsync();
    }

    [Fact]
    public async Task Metadata_is_kept_from_bucket_to_bucket_chosen_by_and_changed()
    {
        var (source, target) = (await OpenAsync("s3", "source"), await OpenAsync("s3", "target"));
        foreach (var state in (string[])["final", "draft"])
        {
            using var content = new MemoryStream("content"u8.ToArray());
            await source.WriteAsync(
                state,
                content,
                new WriteOptions
                {
                    PartialName = PartialName.Of(state, 7, null, "test000000"),
                    Length = 7,
                    Metadata = new Dictionary<string, string> { ["state"] = state, ["owner"] = "ann" },
                },
                Token);
        }

        var result = await RunAsync(source, target, change: request => request with
        {
            Selection = new FileSelection { Metadata = MetadataSelection.Of(["state=f*"], []) },
            Metadata = new Dictionary<string, string> { ["owner"] = "bob" },
        });

        (result.Copied, result.Failed).ShouldBe((1, 0));
        (await TreeAsync(target)).ShouldBe(["final=content"]);
        var details = await ((ITellsDetails)target).FindDetailsAsync("final", Token);
        (details!.Metadata["state"], details.Metadata["owner"]).ShouldBe(("final", "bob"));
        await DisposeAllAsync();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("sftp")]
    [InlineData("s3")]
    [InlineData("vsftpd")]
    [InlineData("pyftpdlib")]
    [InlineData("smb")]
    [InlineData("rclone")]
    public async Task What_is_overwritten_or_deleted_is_kept_on_each_kind(string kind)
    {
        var (source, target) = (await OpenAsync("local", "source"), await OpenAsync(kind, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await PutAsync(source, "a", "new content", time);
        await PutAsync(target, "a", "old", time);
        await PutAsync(target, "in/b", "gone", time);

        var result = await RunAsync(source, target, TransferMode.Sync, request => request with { BackupFolder = "kept" });

        result.Failures.ShouldBeEmpty();
        (await TreeAsync(target)).ShouldBe(["a=new content", "kept/a=old", "kept/in/b=gone"]);
        await DisposeAllAsync();
    }

    private async Task<IEndpoint> OpenAsync(string kind, string name)
    {
        IEndpoint endpoint = kind switch
        {
            "sftp" => await OpenSftpAsync(),
            "vsftpd" => await OpenFtpAsync(FtpMake.Vsftpd),
            "pyftpdlib" => await OpenFtpAsync(FtpMake.Pyftpdlib),
            "smb" => await OpenSmbAsync(),
            "rclone" => OpenRclone(name),
            "s3" => new S3Kind().Open(await (await s3.FauxqsAsync()).NewBucketAsync(), S3Server.Context()),
            _ => new LocalKind().Open(new LocalKind().Parse(folder.Folder(name))!, S3Server.Context()),
        };
        opened.Add(endpoint);
        return endpoint;
    }

    /// <summary>A line end would end the command of FTP; 'A' and 'a' are one name on a share.</summary>
    private static bool IsHeld(string name, string kind) => kind switch
    {
        "vsftpd" or "pyftpdlib" => !name.Contains('\n', StringComparison.Ordinal),
        "smb" => name != "A",
        _ => true,
    };

    private async Task<IEndpoint> OpenFtpAsync(FtpMake make)
    {
        var place = await ftp.GetAsync(make);
        return place.Open(place.NewFolder().AtServer);
    }

    private async Task<IEndpoint> OpenSftpAsync()
    {
        var server = await ssh.GetAsync();
        return new SftpKind().Open(server.Settings(server.NewFolder()), server.Context());
    }

    private async Task<IEndpoint> OpenSmbAsync()
    {
        var server = await samba.GetAsync();
        return new SmbKind().Open(server.Settings($"share/{server.NewFolder()}"), server.Context());
    }

    private IEndpoint OpenRclone(string name)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        folder.WriteFile("rclone.conf", $"[{name}]\ntype = alias\nremote = {folder.Folder(name)}\n");
        RcloneKind kind = new();
        return kind.Open(kind.Parse($"rclone:{name}:")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] });
    }

    private async Task DisposeAllAsync()
    {
        foreach (var endpoint in opened)
        {
            await endpoint.DisposeAsync();
        }
    }

    private static Task<TransferResult> RunAsync(
        IEndpoint source, IEndpoint target, TransferMode mode = TransferMode.Copy, Func<TransferRequest, TransferRequest>? change = null)
    {
        var request = new TransferRequest { Sources = [new TransferSource { Endpoint = source }], Target = new TransferTarget { Endpoint = target }, Mode = mode };
        return new TransferRunner(change?.Invoke(request) ?? request).RunAsync(Token);
    }

    private static async Task PutAsync(IEndpoint endpoint, string path, string text, DateTimeOffset time)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        if (!endpoint.Capabilities.FoldersAreImplied)
        {
            await endpoint.CreateFolderAsync(EndpointPath.ParentOf(path), Token);
        }

        using var content = new MemoryStream(bytes);
        await endpoint.WriteAsync(
            path,
            content,
            new WriteOptions { PartialName = PartialName.Of("x", null, null, Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)), Length = bytes.Length, ModifiedAt = time },
            Token);
    }

    private static async Task<IReadOnlyList<string>> TreeAsync(IEndpoint endpoint, string folder = "")
    {
        List<string> files = [];
        await foreach (var entry in endpoint.ListAsync(folder, Token))
        {
            var path = EndpointPath.Join(folder, entry.Name);
            if (entry.Kind == EntryKind.Folder)
            {
                files.AddRange(await TreeAsync(endpoint, path));
                continue;
            }

            await using var stream = await endpoint.OpenReadAsync(path, 0, entry.Size, Token);
            using var reader = new StreamReader(stream);
            files.Add($"{path}={await reader.ReadToEndAsync(Token)}");
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
