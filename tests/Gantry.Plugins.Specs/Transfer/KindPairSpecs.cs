using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Specs.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What must hold between any two kinds: names, times, second runs, and what is kept with a file.</summary>
public sealed class KindPairSpecs(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IAsyncDisposable
{
    private static readonly string[] Names =
    [
        "plain.txt", "café", "cafe\u0301", "\U0001F3D7\uFE0F crane", "文件名", "trailing space ", "trailing dot.", " leading", "-dash", ".hidden", "..two", "*", "?", "[a]*", "{b}",
        "quote\"'", "back\\slash", "%2F", "a&b;c|d<e>", "new\nline", "A", "a", "#hash", "a+b c", "~",
    ];

    private readonly KindStage stage = new(ssh, s3, ftp, samba);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Pairs => new()
    {
        { "local", "sftp" }, { "local", "s3" }, { "sftp", "s3" }, { "s3", "sftp" }, { "s3", "local" }, { "s3", "s3" },
        { "local", "vsftpd" }, { "vsftpd", "local" }, { "pyftpdlib", "s3" }, { "s3", "pyftpdlib" }, { "sftp", "pyftpdlib" }, { "vsftpd", "pyftpdlib" },
        { "local", "smb" }, { "smb", "local" }, { "smb", "s3" }, { "s3", "smb" }, { "sftp", "smb" }, { "local", "rclone" }, { "rclone", "local" }, { "smb", "rclone" },
    };

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_name_and_time_arrives_and_a_second_run_or_sync_changes_nothing(string from, string to)
    {
        var (source, target) = (await stage.OpenAsync(from, "source"), await stage.OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, 789, TimeSpan.Zero);
        var names = Names.Where(name => IsHeld(name, from) && IsHeld(name, to)).ToList();
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            await KindStage.PutAsync(source, $"in {name}/{name}", name, time.AddMinutes(i));
        }

        var first = await KindStage.RunAsync(source, target);
        var second = await KindStage.RunAsync(source, target);
        var sync = await KindStage.RunAsync(source, target, TransferMode.Sync);

        first.Failures.ShouldBeEmpty();
        (first.Copied, second.Copied, second.Skipped).ShouldBe((names.Count, 0, names.Count));
        (sync.Copied, sync.Deleted, sync.Failed).ShouldBe((0, 0, 0));
        (await KindStage.TreeAsync(target)).ShouldBe(await KindStage.TreeAsync(source));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_file_that_is_touched_is_sent_again_and_only_that(string from, string to)
    {
        var (source, target) = (await stage.OpenAsync(from, "source"), await stage.OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await KindStage.PutAsync(source, "a", "1", time);
        await KindStage.PutAsync(source, "b", "1", time);
        await KindStage.RunAsync(source, target);

        await KindStage.PutAsync(source, "b", "2", time.AddMinutes(2));
        var result = await KindStage.RunAsync(source, target);

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        (await KindStage.TreeAsync(target)).ShouldBe(["a=1", "b=2"]);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_move_leaves_nothing_at_its_source(string from, string to)
    {
        var (source, target) = (await stage.OpenAsync(from, "source"), await stage.OpenAsync(to, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await KindStage.PutAsync(source, "in/a", "1", time);
        await KindStage.PutAsync(source, "in/deep/b", "", time);

        var result = await KindStage.RunAsync(source, target, TransferMode.Move);

        result.Failures.ShouldBeEmpty();
        (await KindStage.TreeAsync(target)).ShouldBe(["in/a=1", "in/deep/b="]);
        (await source.ListAsync("", Token).ToListAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Metadata_is_kept_from_bucket_to_bucket_chosen_by_and_changed()
    {
        var (source, target) = (await stage.OpenAsync("s3", "source"), await stage.OpenAsync("s3", "target"));
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

        var result = await KindStage.RunAsync(source, target, change: request => request with
        {
            Selection = new FileSelection { Metadata = MetadataSelection.Of(["state=f*"], []) },
            Metadata = new Dictionary<string, string> { ["owner"] = "bob" },
        });

        (result.Copied, result.Failed).ShouldBe((1, 0));
        (await KindStage.TreeAsync(target)).ShouldBe(["final=content"]);
        var details = await ((ITellsDetails)target).FindDetailsAsync("final", Token);
        (details!.Metadata["state"], details.Metadata["owner"]).ShouldBe(("final", "bob"));
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
        var (source, target) = (await stage.OpenAsync("local", "source"), await stage.OpenAsync(kind, "target"));
        var time = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        await KindStage.PutAsync(source, "a", "new content", time);
        await KindStage.PutAsync(target, "a", "old", time);
        await KindStage.PutAsync(target, "in/b", "gone", time);

        var result = await KindStage.RunAsync(source, target, TransferMode.Sync, request => request with { BackupFolder = "kept" });

        result.Failures.ShouldBeEmpty();
        (await KindStage.TreeAsync(target)).ShouldBe(["a=new content", "kept/a=old", "kept/in/b=gone"]);
    }

    /// <summary>A line end would end the command of FTP; 'A' and 'a' are one name on a share.</summary>
    private static bool IsHeld(string name, string kind) => kind switch
    {
        "vsftpd" or "pyftpdlib" => !name.Contains('\n', StringComparison.Ordinal),
        "smb" => name != "A",
        _ => true,
    };
}
