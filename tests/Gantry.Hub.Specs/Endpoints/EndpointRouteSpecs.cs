using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Plugins;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Endpoints;

public sealed class EndpointRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string name = HubFixture.NewName("place");

    private string Path => "/api/endpoints/" + name;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_saved_endpoint_is_shown_listed_changed_and_forgotten()
    {
        using var created = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path });
        using var changed = await hub.Admin.PutAsJsonAsync(Path, new { kind = "local", settings = new { path = folder.Path + "/sub" } });

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var shown = await hub.Admin.GetFromJsonAsync<JsonElement>(Path);
        shown.GetProperty("address").GetString().ShouldBe(folder.Path + "/sub");
        shown.GetProperty("settings").GetProperty("path").GetString().ShouldBe(folder.Path + "/sub");
        (await NamesAsync(hub.Admin)).ShouldContain(name);
        using var deleted = await hub.Admin.DeleteAsync(Path);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var gone = await hub.Admin.GetAsync(Path);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await gone.ReadDetailAsync()).ShouldBe($"There is no endpoint '{name}'.");
    }

    [Fact]
    public async Task A_change_leaves_the_settings_that_it_does_not_name()
    {
        using var created = await hub.Admin.PutAsJsonAsync(Path, new { address = "sftp://web@host.example/www", settings = new { key_file = "/k", port = 2222 } });

        using var changed = await hub.Admin.PatchAsJsonAsync(
            Path, new { settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["path"] = "/srv", ["key_file"] = null } });
        using var wrong = await hub.Admin.PatchAsJsonAsync(Path, new { settings = new { host_kee = "x" } });
        using var broken = await hub.Admin.PatchAsJsonAsync(
            Path, new { settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["host"] = null } });
        using var nothing = await hub.Admin.PatchAsJsonAsync(Path + "-other", new { settings = new { path = "/" } });

        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        broken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var shown = await hub.Admin.GetFromJsonAsync<JsonElement>(Path);
        shown.GetProperty("address").GetString().ShouldBe("sftp://web@host.example:2222/srv");
        shown.GetProperty("settings").TryGetProperty("key_file", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("-oProxyCommand=touch /tmp/x", "host")]
    [InlineData("a b", "host")]
    [InlineData("host\r\nx", "host")]
    [InlineData("http://host", "host")]
    public async Task A_host_that_is_none_is_refused_when_it_is_saved(string host, string named)
    {
        using var answer = await hub.Admin.PutAsJsonAsync(Path, new { kind = "sftp", settings = new { host } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain($"'{named}'");
    }

    [Fact]
    public async Task A_test_shows_the_key_of_an_unknown_server_and_a_change_pins_it()
    {
        await using var server = await SshServer.StartAsync();
        var settings = server.Settings(server.NewFolder()).Values;
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { kind = "sftp", settings });

        var refused = await TestAsync(hub.Admin);
        var shown = refused.GetProperty("host_key");
        using var pinned = await hub.Admin.PatchAsJsonAsync(Path, new
        {
            settings = new Dictionary<string, string?>(StringComparer.Ordinal) { [shown.GetProperty("setting").GetString()!] = shown.GetProperty("key").GetString() },
        });
        var accepted = await TestAsync(hub.Admin);

        refused.GetProperty("failed_phase").GetString().ShouldBe("host key");
        shown.GetProperty("key").GetString().ShouldBe(server.HostKey);
        refused.GetProperty("detail").GetString()!.ShouldContain(shown.GetProperty("fingerprint").GetString()!);
        pinned.StatusCode.ShouldBe(HttpStatusCode.OK);
        accepted.GetProperty("ok").GetBoolean().ShouldBeTrue(accepted.ToString());
        accepted.GetProperty("host_key").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task The_last_test_is_remembered_with_its_time()
    {
        using var saved = await hub.Admin.PutAsJsonAsync(Path, new { address = folder.Path + "/not-there" });
        var untested = await hub.Admin.GetFromJsonAsync<JsonElement>(Path);

        using var viewer = await hub.CreateMemberAsync("viewer");
        using var tried = await hub.Admin.PostAsync(Path + "/test", null);
        var tested = (await viewer.GetFromJsonAsync<JsonElement>(Path)).GetProperty("last_test");

        untested.GetProperty("last_test").ValueKind.ShouldBe(JsonValueKind.Null);
        tested.GetProperty("ok").GetBoolean().ShouldBeFalse();
        tested.GetProperty("failed_phase").GetString().ShouldBe("folder");
        tested.GetProperty("tested_at").GetDateTimeOffset().ShouldBeGreaterThan(untested.GetProperty("created_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Plans_and_templates_that_name_an_endpoint_are_told()
    {
        var (plan, template, other) = (HubFixture.NewName("plan"), HubFixture.NewName("template"), name + "-other");
        foreach (var endpoint in (string[])[name, other])
            (await hub.Admin.PostAsJsonAsync("/api/endpoints", new { name = endpoint, address = folder.Path })).EnsureSuccessStatusCode();
        (await hub.Admin.PostAsJsonAsync("/api/plans", new { name = plan, steps = new[] { new { use = "transfer.copy", with = new { from = name + ":in", to = other + ":" } } } })).EnsureSuccessStatusCode();
        (await hub.Admin.PostAsJsonAsync("/api/transfer-templates", new { name = template, from = name + ":in", to = name + ":out" })).EnsureSuccessStatusCode();

        using var stranger = await hub.CreateStrangerAsync();
        var uses = await UsesAsync(hub.Admin, name);

        uses.ShouldBe([(plan, false), (template, true)]);
        (await UsesAsync(hub.Admin, other)).ShouldBe([(plan, false)]);
        (await UsesAsync(stranger, name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_endpoint_does_not_replace_one_that_is_there()
    {
        using var first = await hub.Admin.PostAsJsonAsync("/api/endpoints", new { name, address = "/srv/one" });
        using var second = await hub.Admin.PostAsJsonAsync("/api/endpoints", new { name, address = "/srv/two" });

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.GetFromJsonAsync<JsonElement>(Path)).GetProperty("address").GetString().ShouldBe("/srv/one");
    }

    [Theory]
    [InlineData("""{}""", "exactly one of 'address' and 'kind'")]
    [InlineData("""{"kind":"local","address":"/x"}""", "exactly one of 'address' and 'kind'")]
    [InlineData("""{"kind":"lokal"}""", "no endpoint kind 'lokal'")]
    [InlineData("""{"kind":"local"}""", "'path' is missing")]
    [InlineData("""{"kind":"local","settings":{"path":"/x","colour":"red"}}""", "no setting 'colour'")]
    [InlineData("""{"kind":"local","settings":{"path":["/x"]}}""", "'path' must be a text")]
    [InlineData("""{"address":"relative/path"}""", "not an address that a hub understands")]
    [InlineData("""{"address":"nosuch://x"}""", "not an address that a hub understands")]
    [InlineData("""{"address":"/x","extra":1}""", "'extra' is unknown")]
    public async Task What_is_wrong_is_refused_in_a_sentence(string body, string message)
    {
        using var answer = await hub.Admin.PutAsync(Path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain(message);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("local")]
    [InlineData("with space")]
    [InlineData("-x")]
    public async Task A_name_that_could_be_an_address_is_refused(string bad)
    {
        using var answer = await hub.Admin.PutAsJsonAsync("/api/endpoints/" + Uri.EscapeDataString(bad), new { address = "/srv" });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_viewer_may_look_and_not_change()
    {
        await SaveAsync(hub.Admin, "/srv/data");
        using var viewer = await hub.CreateMemberAsync("viewer");

        using var shown = await viewer.GetAsync(Path);
        using var changed = await viewer.PutAsJsonAsync(Path, new { address = "/" });
        using var deleted = await viewer.DeleteAsync(Path);
        using var tested = await viewer.PostAsJsonAsync(Path + "/test", new { });

        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        deleted.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        tested.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Another_workspace_s_endpoint_is_not_there()
    {
        await SaveAsync(hub.Admin, "/srv/data");
        using var stranger = await hub.CreateStrangerAsync();

        using var shown = await stranger.GetAsync(Path);
        using var deleted = await stranger.DeleteAsync(Path);
        using var tested = await stranger.PostAsJsonAsync(Path + "/test", new { });

        shown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        tested.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await NamesAsync(stranger)).ShouldNotContain(name);
    }

    [Fact]
    public async Task A_test_tries_everything_and_leaves_nothing()
    {
        await SaveAsync(hub.Admin, folder.Path);

        var result = await TestAsync(hub.Admin);

        result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.ToString());
        result.GetProperty("passed").EnumerateArray().Select(phase => phase.GetString()).ShouldBe(["connect", "list", "write", "rename", "delete"]);
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_test_names_the_phase_that_failed()
    {
        await SaveAsync(hub.Admin, folder["missing"]);

        var result = await TestAsync(hub.Admin);

        result.GetProperty("ok").GetBoolean().ShouldBeFalse();
        result.GetProperty("failed_phase").GetString().ShouldBe("folder");
        result.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Local_paths_of_users_lie_inside_the_roots()
    {
        using var editor = await hub.CreateMemberAsync("editor");
        await SaveAsync(editor, folder.Path);

        var result = await TestAsync(editor);

        result.GetProperty("ok").GetBoolean().ShouldBeFalse(result.ToString());
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_administrator_saved_others_may_use_until_they_change_it()
    {
        await SaveAsync(hub.Admin, folder.Path);
        using var editor = await hub.CreateMemberAsync("editor");
        var used = await TestAsync(editor);

        await SaveAsync(editor, folder.Path);
        var changed = await TestAsync(editor);

        used.GetProperty("ok").GetBoolean().ShouldBeTrue(used.ToString());
        changed.GetProperty("ok").GetBoolean().ShouldBeFalse(changed.ToString());
    }

    [Fact]
    public async Task An_execution_opens_an_endpoint_by_its_name_and_cannot_leave_it()
    {
        folder.WriteFile("in/a.txt", "hello");
        await SaveAsync(hub.Admin, folder.Path);
        var me = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/me");
        await using var provider = await FindAsync(name + ":in", me);

        (await provider.FindAsync("a.txt", CancellationToken.None)).ShouldNotBeNull().Size.ShouldBe(5);
        var escape = await Should.ThrowAsync<EndpointException>(async () => await FindAsync(name + ":../etc", me));
        escape.Error.ShouldBe(EndpointError.BadPath);
        var unknown = await Should.ThrowAsync<EndpointException>(async () => await FindAsync("nowhere:x", me));
        unknown.Message.ShouldContain("There is no endpoint 'nowhere'");
    }

    [Fact]
    public async Task Every_change_is_on_record()
    {
        await SaveAsync(hub.Admin, folder.Path);
        using var deleted = await hub.Admin.DeleteAsync(Path);

        var entries = (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/audit")).GetProperty("items").EnumerateArray()
            .Where(entry => entry.GetProperty("target").GetString() == name).Select(entry => entry.GetProperty("action").GetString());

        entries.ShouldBe(["endpoint.deleted", "endpoint.created"]);
    }

    [Fact]
    public async Task Kinds_and_providers_say_what_they_take()
    {
        var kinds = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/endpoint-kinds");
        var providers = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/providers");

        kinds.GetProperty("items").EnumerateArray().Select(kind => kind.GetProperty("id").GetString())
            .ShouldBe(AllPlugins.Endpoints.Kinds.Select(kind => kind.Id));
        providers.GetProperty("items").EnumerateArray().Select(provider => provider.GetProperty("id").GetString())
            .ShouldBe(AllPlugins.Providers.All.Select(provider => provider.Id), ignoreOrder: true);
        foreach (var provider in AllPlugins.Providers.All.Where(provider => !provider.IsReadOnDemand || provider.Id == "stripe"))
        {
            var actions = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/providers/{provider.Id}/actions");
            actions.GetProperty("items").GetArrayLength().ShouldBe(provider.Actions.Count);
        }

        using var unknown = await hub.Admin.GetAsync("/api/providers/nosuch/actions");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async ValueTask<IEndpoint> FindAsync(string address, JsonElement me)
    {
        var actor = new Actor(
            me.GetProperty("id").GetGuid(), me.GetProperty("workspaces")[0].GetProperty("id").GetGuid());
        var access = hub.Server.Services.GetRequiredService<EndpointAccess>();
        return await access.OpenerFor(actor, new StoredSecrets(), _ => { }).OpenAsync(address, CancellationToken.None);
    }

    private async Task SaveAsync(HttpClient client, string address)
    {
        using var saved = await client.PutAsJsonAsync(Path, new { address });
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> TestAsync(HttpClient client)
    {
        using var tested = await client.PostAsJsonAsync(Path + "/test", new { });
        tested.StatusCode.ShouldBe(HttpStatusCode.OK, await tested.Content.ReadAsStringAsync());
        return await tested.ReadJsonAsync();
    }

    private static async Task<IEnumerable<string?>> NamesAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/endpoints?limit=500")).GetProperty("items").EnumerateArray()
            .Select(endpoint => endpoint.GetProperty("name").GetString());

    private static async Task<IReadOnlyList<(string? Plan, bool IsTemplate)>> UsesAsync(HttpClient caller, string endpoint) =>
        [.. (await caller.GetFromJsonAsync<JsonElement>("/api/endpoint-uses?endpoint=" + endpoint)).GetProperty("items").EnumerateArray()
            .Select(use => (use.GetProperty("plan").GetString(), use.GetProperty("is_template").GetBoolean()))];
}
