using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Endpoints;

public sealed class EndpointLimitSpecs(HubFixture hub) : IClassFixture<HubFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string name = HubFixture.NewName("limited");

    private string Path => "/api/endpoints/" + name;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Limits_are_saved_shown_changed_and_taken_away()
    {
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path, limits = new { bandwidth = "08:00,10M 19:00,off", time_zone = "Europe/Berlin", transfers = 2 } });
        using var settings = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path + "/sub" });
        using var changed = await hub.Admin.PatchAsJsonAsync(Path, JsonElement.Parse("""{"limits":{"transfers":null,"connections":8,"priority":"high"}}"""));
        var shown = await hub.Admin.GetFromJsonAsync<JsonElement>(Path);

        saved.StatusCode.ShouldBe(HttpStatusCode.Created, await saved.Content.ReadAsStringAsync());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        shown.GetProperty("limits").EnumerateObject().Select(limit => $"{limit.Name}={limit.Value}").Order(StringComparer.Ordinal)
            .ShouldBe(["bandwidth=08:00,10M 19:00,off", "connections=8", "priority=high", "time_zone=Europe/Berlin"]);
        (await AuditedAsync()).ShouldBe(["endpoint.limits_changed", "endpoint.changed", "endpoint.limits_changed", "endpoint.created"]);
    }

    [Theory]
    [InlineData("""{"limits":{"bandwidth":"quick"}}""", "quick")]
    [InlineData("""{"limits":{"time_zone":"Mars/Phobos"}}""", "Mars/Phobos")]
    [InlineData("""{"limits":{"transfers":0}}""", "'transfers'")]
    [InlineData("""{"limits":{"transfer":1}}""", "There is no limit 'transfer'")]
    [InlineData("""{"limits":{"priority":"first"}}""", "'first'")]
    [InlineData("""{"limits":{"priority":["low"]}}""", "'priority' must be a text or a number")]
    [InlineData("""{}""", "'settings', 'limits' or both")]
    public async Task A_limit_that_makes_no_sense_is_refused_in_a_sentence(string body, string message)
    {
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path });

        using var answer = await hub.Admin.PatchAsJsonAsync(Path, JsonElement.Parse(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain(message);
    }

    [Fact]
    public async Task An_editor_changes_the_limits_of_what_an_administrator_granted_and_the_grant_stays()
    {
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path });
        using var editor = await hub.CreateMemberAsync("editor");
        using var viewer = await hub.CreateMemberAsync("viewer");

        using var changed = await editor.PatchAsJsonAsync(Path, new { limits = new { transfers = 1 } });
        using var refused = await viewer.PatchAsJsonAsync(Path, new { limits = new { transfers = 9 } });
        using var tested = await editor.PostAsync(Path + "/test", null);

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await tested.ReadJsonAsync()).GetProperty("ok").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_is_felt_by_the_transfer_that_runs()
    {
        folder.WriteFile("from/large", new string('x', 4 * 1024 * 1024));
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path, limits = new { bandwidth = "10K" } });
        using var started = await hub.Admin.PostAsJsonAsync("/api/transfers", new { from = name + ":from", to = name + ":to" });
        var id = (await started.ReadJsonAsync()).GetProperty("id").GetString();
        await UntilAsync(async () => (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/transfers/" + id)).GetProperty("links")[0].TryGetProperty("progress", out var progress)
            && progress.GetProperty("files_total").GetInt32() == 1);
        (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/transfers/" + id)).GetProperty("status").GetString().ShouldBe("running");
        var watch = Stopwatch.StartNew();

        using var changed = await hub.Admin.PatchAsJsonAsync(Path, new { limits = new { bandwidth = "off" } });
        await UntilAsync(async () => (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/transfers/" + id)).GetProperty("status").GetString() == "succeeded");

        // At 10 kB a second it would have taken seven minutes.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Another_hub_of_the_database_hears_of_a_change_at_once_and_all_its_transfers_share_one_object()
    {
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path, limits = new { transfers = 1 } });
        var me = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/me");
        var actor = new Actor(me.GetProperty("id").GetGuid(), me.GetProperty("workspaces")[0].GetProperty("id").GetGuid());
        await using var other = Executions.RunningHub.Create(hub.Server.Services.GetRequiredService<HubDatabase>(), hub.ConnectionString, new Executions.ScriptedProvider());
        var watch = other.Get<LimitWatch>();
        await watch.StartAsync(CancellationToken.None);
        var opener = other.Get<EndpointAccess>().OpenerFor(actor, new Gantry.Engine.Secrets.StoredSecrets(), _ => { });
        var limits = (await opener.FindLimitsAsync(name + ":a", CancellationToken.None)).ShouldNotBeNull();

        using var changed = await hub.Admin.PatchAsJsonAsync(Path, new { limits = new { transfers = 7 } });
        await UntilAsync(() => Task.FromResult(limits.Settings.TransfersMax == 7));
        var again = await opener.FindLimitsAsync(name + ":b", CancellationToken.None);
        using var deleted = await hub.Admin.DeleteAsync(Path);
        await UntilAsync(() => Task.FromResult(limits.Settings.TransfersMax is null));
        await watch.StopAsync(CancellationToken.None);

        again.ShouldBeSameAs(limits);
        (await opener.FindLimitsAsync("/tmp", CancellationToken.None)).ShouldBeNull();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        // What another process does is asked for; nothing tells a test.
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
            await Task.Yield();
        }
    }

    private async Task<IEnumerable<string?>> AuditedAsync() => (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/audit")).GetProperty("items").EnumerateArray()
        .Where(entry => entry.GetProperty("target").GetString() == name).Select(entry => entry.GetProperty("action").GetString());
}
