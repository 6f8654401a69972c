using System.Net;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Webhooks that are changed meanwhile, here or by another hub: nothing starts by what they were.</summary>
public sealed class WebhookChangeSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("deleted", 404)]
    [InlineData("moved", 404)]
    [InlineData("paused", 503)]
    [InlineData("secured", 401)]
    public async Task A_call_whose_body_comes_late_meets_the_webhook_as_it_is_by_then(string change, int status)
    {
        var path = await SaveAsync("open: true");
        var changed = 0;
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) }) { BaseAddress = hub.Nobody.BaseAddress };
        using var call = new HttpRequestMessage(HttpMethod.Post, $"/api/webhook/{path}") { Content = new LateContent(ChangeAsync, "{}"u8.ToArray()) };
        call.Headers.ExpectContinue = true;

        // The body is asked for when the webhook was found.
        using var answer = await patient.SendAsync(call, TestContext.Current.CancellationToken);

        changed.ShouldBe(1);
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await CountAsync(path)).ShouldBe(0);

        async Task ChangeAsync()
        {
            changed++;
            await ApplyAsync(change, path);
        }
    }

    [Theory]
    [InlineData("update gantry.triggers set removed_at = now() where path = '{0}'", 404)]
    [InlineData("update gantry.triggers set paused_at = now() where path = '{0}'", 503)]
    [InlineData("update gantry.triggers set settings = '{{\"webhook\":{{\"path\":\"{0}\",\"secret\":\"${{cred:NOT_THERE}}\"}}}}' where path = '{0}'", 503)]
    [InlineData("update gantry.users set disabled_at = now() where id = (select user_id from gantry.triggers where path = '{0}')", 422)]
    public async Task What_another_hub_changed_counts_with_the_next_call_though_nobody_tells_of_it(string sql, int status)
    {
        using var editor = await hub.CreateMemberAsync("editor");
        var path = await SaveAsync("open: true", editor);
        using (var before = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { })) before.StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await TestPostgres.ExecuteAsync(hub.ConnectionString, string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, path));
        using var after = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });

        ((int)after.StatusCode).ShouldBe(status, await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await CountAsync(path)).ShouldBe(1);
    }

    private async Task ApplyAsync(string change, string path)
    {
        switch (change)
        {
            case "deleted":
                using (var deleted = await hub.Admin.DeleteAsync($"/api/plans/{path}")) deleted.EnsureSuccessStatusCode();
                break;
            case "paused":
                var trigger = (await (await hub.Admin.GetAsync($"/api/triggers?plan={path}")).ReadJsonAsync()).GetProperty("items")[0].GetProperty("id").GetString();
                using (var paused = await hub.Admin.PostAsync($"/api/triggers/{trigger}/pause", null)) paused.EnsureSuccessStatusCode();
                break;
            case "moved":
                await SaveAsync("open: true", hub.Admin, path, path + "-elsewhere");
                break;
            default:
                var name = HubFixture.NewName("CHANGED").Replace('-', '_');
                using (var stored = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "known to few", scope = "workspace" })) stored.EnsureSuccessStatusCode();
                await SaveAsync($"secret: \"${{cred:{name}}}\", scheme: token", hub.Admin, path);
                break;
        }
    }

    private async Task<string> SaveAsync(string webhook, HttpClient? who = null, string? name = null, string? path = null)
    {
        name ??= HubFixture.NewName("changed");
        using var answer = await (who ?? hub.Admin).PutAsync($"/api/plans/{name}", new StringContent(
            $"name: {name}\non: [ {{ webhook: {{ path: {path ?? name}, {webhook} }} }} ]\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", Encoding.UTF8, "application/yaml"));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return name;
    }

    /// <summary>How many executions there are of a plan, which may be gone.</summary>
    private async Task<long> CountAsync(string plan)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from gantry.executions where plan_name = $1", connection) { Parameters = { new() { Value = plan } } };
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Does something before it sends its bytes.</summary>
    private sealed class LateContent(Func<Task> before, byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await before();
            await stream.WriteAsync(bytes);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
