using Gantry.Engine.Endpoints;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>A transfer that is cancelled in the middle of a file, to each kind of place and from it.</summary>
public sealed class EachKindCancelSpecs(SharedSshServer ssh, SharedS3Servers s3, SharedFtpServers ftp, SharedSambaServer samba) : IAsyncDisposable
{
    private const int Size = 3_000_000;
    private static readonly DateTimeOffset time = new(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
    private readonly KindStage stage = new(ssh, s3, ftp, samba);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => KindStage.Kinds;

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task What_was_to_be_replaced_stays_and_no_temporary_file_does(string kind)
    {
        var source = await stage.OpenAsync("local", "source");
        var (open, _) = await stage.NewAsync(kind, "target");
        var target = open();
        await KindStage.PutAsync(source, "a", new string('x', Size), time);
        await KindStage.PutAsync(target, "a", "old", time);

        await CancelAsync(source, target);

        (await KindStage.TreeAsync(open())).ShouldBe(["a=old"]);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task What_is_fetched_stops_and_its_source_serves_on(string kind)
    {
        var source = await stage.OpenAsync(kind, "source");
        var target = await stage.OpenAsync("local", "target");
        await KindStage.PutAsync(source, "a", new string('x', Size), time);
        await KindStage.PutAsync(target, "a", "old", time);

        await CancelAsync(source, target);

        (await KindStage.TreeAsync(target)).ShouldBe(["a=old"]);
        (await KindStage.TreeAsync(source)).ShouldBe(["a=" + new string('x', Size)]);
    }

    /// <summary>Of a gibibyte hardly more is read than what is under way: whoever took no notice would go on to its end.</summary>
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task Its_bytes_stop(string kind)
    {
        const long Most = 64L * 1024 * 1024;
        var (openSource, path) = await stage.NewAsync("local", "source");
        var (open, _) = await stage.NewAsync(kind, "target");
        await using (var file = File.Create(Path.Combine(path!, "a")))
        {
            file.SetLength(16 * Most);
        }

        var given = await CancelAsync(openSource(), open());

        given.ShouldBeLessThan(Most);
        (await KindStage.TreeAsync(open())).ShouldBeEmpty();
    }

    /// <summary>When a megabyte of the file was read; answers how much was read at all.</summary>
    private static async Task<long> CancelAsync(IEndpoint source, IEndpoint target)
    {
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        HappeningSource happening = new(source, "a", Size / 3, cancelling.CancelAsync);

        await Should.ThrowAsync<OperationCanceledException>(() => KindStage.RunAsync(happening, target, token: cancelling.Token));
        return happening.Given;
    }
}
