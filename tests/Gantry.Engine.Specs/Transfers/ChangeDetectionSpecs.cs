using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>What counts as changed where listings leave times out, and what goes along with a file.</summary>
public sealed class ChangeDetectionSpecs : IAsyncDisposable
{
    private readonly TransferStage stage = new();
    private readonly StoreEndpoint store;

    public ChangeDetectionSpecs() => store = new StoreEndpoint(new MemoryEndpoint("memory:store", stage.Clock), stage.Clock);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_second_run_to_a_store_asks_for_times_and_sends_nothing()
    {
        await stage.PutSourceAsync("a", "one");
        await stage.PutSourceAsync("in/b", "two");
        (await ToStoreAsync()).Copied.ShouldBe(2);

        var second = await ToStoreAsync();

        (second.Copied, second.Skipped).ShouldBe((0, 2));
        store.Asked.Order().ShouldBe(["a", "in/b"]);
    }

    [Fact]
    public async Task A_file_of_another_size_is_sent_without_a_question()
    {
        await stage.PutSourceAsync("a", "one");
        await ToStoreAsync();
        await stage.PutSourceAsync("a", "longer");

        (await ToStoreAsync()).Copied.ShouldBe(1);

        store.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_the_same_size_and_another_time_is_sent()
    {
        await stage.PutSourceAsync("a", "one");
        await ToStoreAsync();
        await stage.PutSourceAsync("a", "two", TransferStage.SomeTime.AddMinutes(1));

        (await ToStoreAsync()).Copied.ShouldBe(1);

        store.DetailsOf("a").ModifiedAt.ShouldBe(TransferStage.SomeTime.AddMinutes(1));
    }

    [Fact]
    public async Task The_time_that_a_store_keeps_comes_back_with_the_file()
    {
        await stage.PutSourceAsync("a", "one");
        await ToStoreAsync();

        (await FromStoreAsync()).Copied.ShouldBe(1);

        (await stage.TargetMemory.FindAsync("a", stage.Token))!.ModifiedAt.ShouldBe(TransferStage.SomeTime);
        var second = await FromStoreAsync();
        (second.Copied, second.Skipped).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_file_of_which_only_the_storing_is_known_gets_that_time_and_is_fetched_again_when_it_is_stored_anew()
    {
        await TransferStage.PutAsync(store, "a", "one");
        store.Keep("a", storedAt: TransferStage.SomeTime.AddDays(1));
        (await FromStoreAsync()).Copied.ShouldBe(1);
        (await FromStoreAsync()).Skipped.ShouldBe(1);

        store.Keep("a", storedAt: TransferStage.SomeTime.AddDays(2));

        (await FromStoreAsync()).Copied.ShouldBe(1);
        (await stage.TargetMemory.FindAsync("a", stage.Token))!.ModifiedAt.ShouldBe(TransferStage.SomeTime.AddDays(2));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(-1, 1, 0)]
    public async Task At_a_target_that_knows_only_the_storing_what_is_newer_than_that_is_sent(int days, int copied, int skipped)
    {
        await stage.PutSourceAsync("a", "new");
        await TransferStage.PutAsync(store, "a", "old");
        store.Keep("a", storedAt: TransferStage.SomeTime.AddDays(days));

        var result = await ToStoreAsync();

        (result.Copied, result.Skipped).ShouldBe((copied, skipped));
    }

    [Theory]
    [InlineData("new", 1)]
    [InlineData("old", 0)]
    public async Task A_hash_that_the_listing_tells_spares_the_question(string content, int copied)
    {
        await stage.PutSourceAsync("a", content);
        await TransferStage.PutAsync(store, "a", "old");
        store.TellsHashes = true;

        var result = await new TransferRunner(
            stage.Request with { Sources = [new TransferSource { Endpoint = stage.SourceMemory }], Target = new TransferTarget { Endpoint = store } }, stage.Clock).RunAsync(stage.Token);

        result.Copied.ShouldBe(copied);
        store.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_hashes_in_both_listings_a_comparison_of_contents_reads_nothing()
    {
        store.TellsHashes = true;
        var other = new StoreEndpoint(new MemoryEndpoint("memory:other", stage.Clock), stage.Clock) { TellsHashes = true };
        await TransferStage.PutAsync(store, "same", "1");
        await TransferStage.PutAsync(other, "same", "1");
        await TransferStage.PutAsync(store, "differs", "1");
        await TransferStage.PutAsync(other, "differs", "2");
        var source = new FaultyEndpoint(store);

        var result = await new TransferRunner(
            new TransferRequest
            {
                Sources = [new TransferSource { Endpoint = source }],
                Target = new TransferTarget { Endpoint = other },
                ChangeRule = ChangeRule.Checksum,
            },
            stage.Clock).RunAsync(stage.Token);

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        source.Calls.Where(call => call.StartsWith("read", StringComparison.Ordinal)).ShouldBe(["read differs"]);
    }

    [Fact]
    public async Task Ages_at_a_store_are_those_of_the_storing_where_nothing_else_is_told()
    {
        await TransferStage.PutAsync(store, "old", "1");
        await TransferStage.PutAsync(store, "new", "2");
        store.Keep("old", storedAt: stage.Clock.GetUtcNow().AddDays(-3));
        store.Keep("new", storedAt: stage.Clock.GetUtcNow().AddHours(-3));

        (await FromStoreAsync(request => request with { Selection = new FileSelection { AgeMin = TimeSpan.FromDays(1) } })).Copied.ShouldBe(1);

        (await stage.TargetTreeAsync()).ShouldBe(["old=1"]);
    }

    [Fact]
    public async Task Metadata_is_kept_between_stores_and_changed_where_the_transfer_says_so()
    {
        await TransferStage.PutAsync(store, "a", "1");
        store.Keep("a", stage.Clock.GetUtcNow(), TransferStage.SomeTime, ("owner", "ann"), ("state", "draft"));
        var other = new StoreEndpoint(new MemoryEndpoint("memory:other", stage.Clock), stage.Clock);

        await new TransferRunner(
            new TransferRequest
            {
                Sources = [new TransferSource { Endpoint = store }],
                Target = new TransferTarget { Endpoint = other },
                Metadata = new Dictionary<string, string> { ["state"] = "final", ["by"] = "gantry" },
            },
            stage.Clock).RunAsync(stage.Token);

        other.DetailsOf("a").Metadata.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}").ShouldBe(["by=gantry", "owner=ann", "state=final"]);
        other.DetailsOf("a").ModifiedAt.ShouldBe(TransferStage.SomeTime);
    }

    [Theory]
    [InlineData(new[] { "state=final" }, new string[0], "b,d")]
    [InlineData(new[] { "state=*" }, new[] { "owner=ann" }, "a,b,d")]
    [InlineData(new string[0], new[] { "owner=ann" }, "b,c")]
    [InlineData(new[] { "url=http*" }, new string[0], "c")]
    [InlineData(new[] { "state={final,draft}", "url=*" }, new string[0], "a,b,c,d")]
    public async Task Files_are_selected_by_their_metadata(string[] includes, string[] excludes, string expected)
    {
        foreach (var (path, metadata) in new (string, (string, string)[])[]
        {
            ("a", [("state", "draft"), ("owner", "ann")]), ("b", [("state", "final")]), ("c", [("url", "http://x/y")]), ("d", [("owner", "ann"), ("state", "final")]),
        })
        {
            await TransferStage.PutAsync(store, path, path);
            store.Keep(path, stage.Clock.GetUtcNow(), TransferStage.SomeTime, metadata);
        }

        var result = await FromStoreAsync(request => request with { Selection = new FileSelection { Metadata = MetadataSelection.Of(includes, excludes) } });

        result.IsSuccess.ShouldBeTrue();
        string.Join(',', (await stage.TargetTreeAsync()).Select(line => line[0])).ShouldBe(expected);
    }

    [Fact]
    public async Task A_source_that_is_stored_anew_while_it_is_moved_is_not_deleted()
    {
        await TransferStage.PutAsync(store, "a", "1");
        var target = new FaultyEndpoint(stage.TargetMemory);
        var isChanged = false;
        target.Before = async (member, _) =>
        {
            if (member == "write" && !isChanged)
            {
                isChanged = true;
                stage.Clock.Skip(TimeSpan.FromMinutes(1));
                await TransferStage.PutAsync(store, "a", "2");
            }
        };

        var result = await new TransferRunner(
            stage.Request with { Sources = [new TransferSource { Endpoint = store }], Target = new TransferTarget { Endpoint = target }, Mode = TransferMode.Move }, stage.Clock).RunAsync(stage.Token);

        result.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["a=2"]);
        (await TransferStage.TreeOfAsync(store)).ShouldBeEmpty();
    }

    private Task<TransferResult> ToStoreAsync() => stage.RunAsync(request => request with { Target = new TransferTarget { Endpoint = store } });

    private Task<TransferResult> FromStoreAsync(Func<TransferRequest, TransferRequest>? change = null) => stage.RunAsync(request =>
        (change?.Invoke(request) ?? request) with { Sources = [new TransferSource { Endpoint = store }] });
}
