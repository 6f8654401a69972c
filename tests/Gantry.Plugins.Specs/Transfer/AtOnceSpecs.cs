using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Transfers into one place at once, each with connections of its own, and names that change in upper and lower case only.</summary>
public sealed class AtOnceSpecs(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IAsyncDisposable
{
    private const int Files = 60;
    private const int Rounds = 2;
    private static readonly DateTime time = new(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc);
    private readonly KindStage stage = new(ssh, s3, ftp, samba);
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Kinds => ["local", "sftp", "smb"];

    public async ValueTask DisposeAsync()
    {
        await stage.DisposeAsync();
        folder.Dispose();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task Of_two_at_once_each_file_arrives_whole_and_nothing_else_is_left(string kind)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (open, path) = await stage.NewAsync(kind, $"target{round}");
            Fill("one", 'a');
            Fill("two", round % 2 == 0 ? 'a' : 'b');

            var results = await Task.WhenAll(CopyAsync("one", open), CopyAsync("two", open));

            AllArrived(path!, results);
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task Beside_those_that_delete_each_common_file_stands_whole(string kind)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (open, path) = await stage.NewAsync(kind, $"target{round}");
            Fill("one", 'a');
            Fill("two", 'b');
            Write("two/extra/x", "x");

            var results = await Task.WhenAll(CopyAsync("one", open, TransferMode.Sync), CopyAsync("two", open), CopyAsync("one", open, TransferMode.Sync));
            var last = await CopyAsync("one", open, TransferMode.Sync);

            AllArrived(path!, [.. results, last]);
            Directory.Exists(Path.Combine(path!, "extra")).ShouldBeFalse();
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task A_change_of_upper_and_lower_case_loses_nothing_and_settles(string kind)
    {
        var (open, path) = await stage.NewAsync(kind, "target");
        Write("one/a.txt", "old");
        Write("one/in/b.txt", "old");
        Write("one/large.bin", new string('x', 3_000_000));
        await CopyAsync("one", open, TransferMode.Sync);
        Directory.Delete(folder["one"], recursive: true);
        Write("one/A.txt", "new content");
        Write("one/IN/B.txt", "old");
        Write("one/LARGE.bin", new string('y', 3_000_001));

        var renamed = await CopyAsync("one", open, TransferMode.Sync);
        var again = await CopyAsync("one", open, TransferMode.Sync);

        renamed.Failures.ShouldBeEmpty();
        (again.Failures.Count, again.Copied, again.Skipped, again.Deleted).ShouldBe((0, 0, 3, 0));
        ContentsOf(path!, ignoresCase: true).ShouldBe(ContentsOf(folder["one"], ignoresCase: true));
    }

    private void Write(string path, string content) => File.SetLastWriteTimeUtc(folder.WriteFile(path, content), time.AddSeconds(content.Length));

    private void Fill(string name, char letter)
    {
        for (var i = 0; i < Files; i++)
        {
            Write($"{name}/folder{i % 3}/file{i}", new string(letter, i * 37));
        }

        Write($"{name}/large", new string(letter, 3_000_000));
    }

    private async Task<TransferResult> CopyAsync(string from, Func<IEndpoint> open, TransferMode mode = TransferMode.Copy)
    {
        await using var source = new LocalEndpoint(folder[from], allowedRoots: null);
        return await KindStage.RunAsync(source, open(), mode, request => request with { TransferId = Guid.CreateVersion7().ToString("N")[^10..] });
    }

    private void AllArrived(string path, TransferResult[] results)
    {
        foreach (var result in results)
        {
            result.EndedBy.ShouldBeNull();
            result.Failures.ShouldBeEmpty();
        }

        var (one, two) = (ContentsOf(folder["one"]), ContentsOf(folder["two"]));
        var there = ContentsOf(path).Where(file => !file.Key.StartsWith("extra", StringComparison.Ordinal)).ToDictionary();
        there.Keys.Order(StringComparer.Ordinal).ShouldBe(one.Keys);
        there.ShouldAllBe(file => file.Value == one[file.Key] || file.Value == two[file.Key]);
    }

    private static SortedDictionary<string, string> ContentsOf(string path, bool ignoresCase = false) => new(
        Directory.GetFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .ToDictionary(file => Path.GetRelativePath(path, file) is var name && ignoresCase ? name.ToUpperInvariant() : name, File.ReadAllText),
        StringComparer.Ordinal);
}
