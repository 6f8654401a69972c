using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Lists that are followed instead of asked for again and again.</summary>
public sealed class ListStreamSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_begins_and_ends_is_told_row_by_row_and_only_that()
    {
        var plan = await SavePlanAsync();
        var (first, second) = (await StartAsync(plan), await StartAsync(plan));
        await using var list = await FollowAsync(hub.Admin, $"/api/executions/events?plan={plan}&limit=2");
        (await list.UntilAsync(second, first)).ShouldBe([first, second], ignoreOrder: true);

        var third = await StartAsync(plan);
        var rows = await list.UntilAsync(third, second);
        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{second}/cancel", null, Token);
        await list.UntilAsync(() => list.StatusOf(second) == "cancelled");

        rows.ShouldContain(third);
        list.HasMore.ShouldBeTrue();
    }

    [Fact]
    public async Task What_fits_a_filter_no_more_leaves_the_list()
    {
        var plan = await SavePlanAsync();
        var waiting = await StartAsync(plan);
        await using var list = await FollowAsync(hub.Admin, $"/api/executions/events?status=waiting&plan={plan}");
        await list.UntilAsync(waiting);

        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{waiting}/cancel", null, Token);

        (await list.UntilAsync()).ShouldBeEmpty();
        list.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task Behind_the_last_event_nothing_is_told_again_until_something_changes()
    {
        var plan = await SavePlanAsync();
        var first = await StartAsync(plan);
        var path = $"/api/executions/events?plan={plan}";
        await using var list = await FollowAsync(hub.Admin, path);
        await list.UntilAsync(() => list.StatusOf(first) == "waiting");

        await using var again = await FollowAsync(hub.Admin, path, list.LastEventId);
        await using var behindNothing = await FollowAsync(hub.Admin, path, "what this hub never said");
        var second = await StartAsync(plan);

        (await again.UntilAsync(second, first)).Distinct().ShouldBe([second]);
        (await behindNothing.UntilAsync(second, first)).ShouldContain(first);
    }

    [Fact]
    public async Task Another_workspace_hears_nothing_and_what_cannot_be_asked_for_is_refused()
    {
        var plan = await SavePlanAsync();
        await StartAsync(plan);
        using var stranger = await hub.CreateStrangerAsync();
        await using var list = await FollowAsync(stranger, "/api/executions/events");
        await using var transfers = await FollowAsync(stranger, "/api/transfers/events");

        (await list.UntilAsync()).ShouldBeEmpty();
        (await transfers.UntilAsync()).ShouldBeEmpty();
        (await stranger.GetAsync($"/api/executions/events?plan={plan}", Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var wrong in (string[])["executions/events?status=gone", "transfers/events?limit=0", "transfers/events?since=yesterday", "transfers/events?q="])
            (await hub.Admin.GetAsync("/api/" + wrong, Token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, wrong);
    }

    [Fact]
    public async Task A_transfer_is_told_with_how_far_it_is()
    {
        using TemporaryFolder folder = new();
        folder.WriteFile("from/a", "hello");
        var name = HubFixture.NewName("place");
        await hub.SaveFoldersAsync((name, folder.Path));
        await using var list = await FollowAsync(hub.Admin, $"/api/transfers/events?endpoint={name}&q=hand-over");
        await list.UntilAsync();

        using var started = await hub.Admin.PostAsJsonAsync("/api/transfers", new { name = "Hand-over", from = name + ":from", to = name + ":to" }, Token);
        var id = (await started.ReadJsonAsync()).GetProperty("id").GetString()!;
        await list.UntilAsync(() => list.StatusOf(id) == "succeeded");

        var done = list.Rows[id];
        done.GetProperty("name").GetString().ShouldBe("Hand-over");
        done.GetProperty("links")[0].GetProperty("progress").GetProperty("copied").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_that_is_not_live_tells_what_there_is_and_ends()
    {
        var plan = await SavePlanAsync();
        var first = await StartAsync(plan);
        await using (var live = await FollowAsync(hub.Admin, $"/api/executions/{first}/events"))
            await live.ReadAsync(item => item.EventType == "execution" && item.Data.Contains("\"waiting\"", StringComparison.Ordinal));

        var list = await ReadAsync($"/api/executions/events?plan={plan}&live=false");
        var nothing = await ReadAsync($"/api/executions/events?plan={plan}&live=false", list[^1].EventId);
        var one = await ReadAsync($"/api/executions/{first}/events?live=false");
        var again = await ReadAsync($"/api/executions/{first}/events?live=false", one.Last(item => item.EventId is not null).EventId);
        using var log = await hub.Admin.GetAsync("/api/system-logs/events?live=false&tail=1", Token);
        using var wrong = await hub.Admin.GetAsync("/api/executions/events?live=maybe", Token);

        list.Select(item => item.EventType).ShouldBe(["execution", "list"]);
        nothing.ShouldBeEmpty();
        one.Count.ShouldBeGreaterThan(2);
        // How things stand now has no number, and is told each time: it may have changed and changed back.
        JsonElement.Parse(again.ShouldHaveSingleItem().Data).GetProperty("status").GetString().ShouldBe("waiting");
        log.StatusCode.ShouldBe(HttpStatusCode.OK);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>All of a stream that ends.</summary>
    private async Task<List<SseItem<string>>> ReadAsync(string path, string? seen = null)
    {
        await using var stream = await FollowAsync(hub.Admin, path, seen);
        return await stream.ReadAsync(_ => false);
    }

    private async Task<string> SavePlanAsync()
    {
        var name = HubFixture.NewName("listed");
        using var saved = await hub.Admin.PostAsJsonAsync("/api/plans", new { plan = $"name: {name}\nsteps: [ {{ wait: 1h }} ]" }, Token);
        saved.EnsureSuccessStatusCode();
        return name;
    }

    private async Task<string> StartAsync(string plan)
    {
        using var started = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan }, Token);
        return (await started.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private static async Task<FollowedList> FollowAsync(HttpClient client, string path, string? seen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (seen is not null) request.Headers.Add("Last-Event-ID", seen);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return new FollowedList(answer, SseParser.Create(await answer.Content.ReadAsStreamAsync(Token)).EnumerateAsync(Token).GetAsyncEnumerator(Token));
    }

    /// <summary>What a client knows that follows a list.</summary>
    private sealed class FollowedList(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> events) : IAsyncDisposable
    {
        private IReadOnlyList<string>? ids;

        public Dictionary<string, JsonElement> Rows { get; } = new(StringComparer.Ordinal);

        public string? LastEventId { get; private set; }

        public bool HasMore { get; private set; }

        public string? StatusOf(string id) => Rows.TryGetValue(id, out var row) ? row.GetProperty("status").GetString() : null;

        /// <summary>Reads on until these are the list; answers the ids of the rows that were told until then.</summary>
        public Task<IReadOnlyList<string>> UntilAsync(params string[] wanted) => UntilAsync(() => ids?.SequenceEqual(wanted) == true);

        /// <summary>Reads on until that holds and everything that changed with it was told.</summary>
        public async Task<IReadOnlyList<string>> UntilAsync(Func<bool> isTrue)
        {
            List<string> told = [];
            do
            {
                (await events.MoveNextAsync()).ShouldBeTrue("The stream ended.");
                var data = JsonElement.Parse(events.Current.Data);
                LastEventId = events.Current.EventId ?? LastEventId;
                if (events.Current.EventType == "list")
                {
                    ids = [.. data.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];
                    HasMore = data.GetProperty("more").GetBoolean();
                    continue;
                }

                told.Add(data.GetProperty("id").GetString()!);
                Rows[told[^1]] = data;
            }
            while (events.Current.EventId is null || !isTrue());

            return told;
        }

        /// <summary>Reads on to the first like this, or to the end.</summary>
        public async Task<List<SseItem<string>>> ReadAsync(Func<SseItem<string>, bool> isLast)
        {
            List<SseItem<string>> told = [];
            while (await events.MoveNextAsync())
            {
                told.Add(events.Current);
                if (isLast(events.Current)) break;
            }

            return told;
        }

        public async ValueTask DisposeAsync()
        {
            await events.DisposeAsync();
            answer.Dispose();
        }
    }
}
