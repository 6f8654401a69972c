using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What must hold at each kind of place while others use it too.</summary>
public sealed class EachKindSpecs(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IAsyncDisposable
{
    private const int Size = 3_000_000;
    private static readonly DateTimeOffset time = new(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
    private readonly KindStage stage = new(ssh, s3, ftp, samba);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => KindStage.Kinds;

    public static TheoryData<string, int> KindsAndSizes
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string kind in Kinds)
            {
                all.Add(kind, Size / 4);
                all.Add(kind, Size * 2);
            }

            return all;
        }
    }

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(KindsAndSizes))]
    public async Task A_source_that_shrinks_or_grows_while_it_is_read_arrives_as_it_is_when_it_has_settled(string kind, int sizeThen)
    {
        var (open, path) = await stage.NewAsync(kind, "source");
        var target = await stage.OpenAsync("local", "target");
        await KindStage.PutAsync(open(), "a", new string('x', Size), time);
        await KindStage.PutAsync(target, "a", "old", time);
        var source = new HappeningSource(
            open(), "a", Size / 3, () => KindStage.PutAsync(OtherOf(kind, open, path), "a", new string('y', sizeThen), time.AddMinutes(1)));

        var result = await KindStage.RunAsync(source, target);

        result.Failures.ShouldBeEmpty();
        (result.Copied, result.Bytes).ShouldBe((1, sizeThen));
        (await KindStage.TreeAsync(target)).ShouldBe(["a=" + new string('y', sizeThen)]);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task A_source_that_vanishes_while_it_is_read_is_reported_and_the_old_file_stands(string kind)
    {
        var (open, path) = await stage.NewAsync(kind, "source");
        var target = await stage.OpenAsync("local", "target");
        await KindStage.PutAsync(open(), "a", new string('x', Size), time);
        await KindStage.PutAsync(target, "a", "old", time);
        var source = new HappeningSource(open(), "a", Size / 3, async () => await OtherOf(kind, open, path).DeleteFileAsync("a", Token));

        var result = await KindStage.RunAsync(source, target);

        (result.Copied, result.Failed).ShouldBe((0, 1));
        result.Failures[0].Reason.ShouldContain("not there any more", customMessage: result.Failures[0].Reason);
        (await KindStage.TreeAsync(target)).ShouldBe(["a=old"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("smb")]
    [InlineData("rclone")]
    public async Task A_file_that_goes_after_it_was_listed_is_told_as_gone_when_it_is_read(string kind)
    {
        var (open, path) = await stage.NewAsync(kind, "source");
        var endpoint = open();
        await KindStage.PutAsync(endpoint, "a", new string('x', Size), time);
        (await endpoint.ListAsync("", Token).ToListAsync(Token)).ShouldHaveSingleItem();
        File.Delete(Path.Combine(path!, "a"));

        var failure = await Should.ThrowAsync<EndpointException>(async () =>
        {
            await using var content = await endpoint.OpenReadAsync("a", 0, Size, Token);
            await content.CopyToAsync(Stream.Null, Token);
        });

        failure.Error.ShouldBe(EndpointError.NotFound, failure.Message);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task Two_transfers_to_one_target_at_once_leave_every_file_whole_and_nothing_else(string kind)
    {
        var source = await stage.OpenAsync("local", "source");
        var (open, _) = await stage.NewAsync(kind, "target");
        for (var i = 0; i < 30; i++)
        {
            await KindStage.PutAsync(source, $"in/{i:d2}", new string('x', i * 1000), time);
        }

        await KindStage.PutAsync(source, "large", new string('x', Size), time);

        var results = await Task.WhenAll(Task.Run(() => KindStage.RunAsync(source, open())), Task.Run(() => KindStage.RunAsync(source, open())));

        results.SelectMany(result => result.Failures).ShouldBeEmpty();
        (await KindStage.TreeAsync(open())).ShouldBe(await KindStage.TreeAsync(source));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("smb")]
    [InlineData("rclone")]
    public async Task The_last_bytes_of_a_file_beyond_4_GiB_are_read(string kind)
    {
        const long Boundary = 1L << 32;
        var (open, path) = await stage.NewAsync(kind, "source");
        await KindStage.PutAsync(open(), "large", "", time);
        await using (var sparse = File.OpenWrite(Path.Combine(path!, "large")))
        {
            sparse.SetLength(Boundary + 4);
            sparse.Position = Boundary + 4;
            await sparse.WriteAsync("456789"u8.ToArray(), Token);
        }

        var endpoint = open();
        await using var stream = await endpoint.OpenReadAsync("large", Boundary + 1, Boundary + 10, Token);

        using StreamReader reader = new(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("\0\0\0" + "456789");
        (await endpoint.FindAsync("large", Token))!.Size.ShouldBe(Boundary + 10);
    }

    /// <summary>Somebody else at the same place. A share lets nobody touch a file that is read; the machine that shares it does.</summary>
    private static IEndpoint OtherOf(string kind, Func<IEndpoint> open, string? path) => kind == "smb" ? new LocalEndpoint(path!, allowedRoots: null) : open();
}
