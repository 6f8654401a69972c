using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Walks;

/// <summary>Every route as every kind of caller, by one table that must name all of them.</summary>
public sealed class RouteWalkSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly (string Route, string[] Expected)[] Rows =
    [
        .. RouteTable.Text.Split('\n').Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => ($"{words[0]} {words[1]}", words[2..])),
    ];

    [Fact]
    public async Task The_table_names_every_route_of_the_document_and_no_other()
    {
        var document = await (await hub.Nobody.GetAsync("/api/openapi.json")).ReadJsonAsync();
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => Shape($"{method.Name.ToUpperInvariant()} {path.Name}")));

        Rows.Select(row => Shape(row.Route)).Distinct().Order().ShouldBe(described.Order());
    }

    [Fact]
    public void Every_route_that_listens_is_in_the_document_or_is_open_to_anyone()
    {
        var routes = hub.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => !route.Metadata.GetMetadata<Gantry.Hub.Web.Access>()!.IsAnonymous)
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => Shape($"{method} /{route.RoutePattern.RawText!.TrimStart('/')}")));

        routes.Except(Rows.Select(row => Shape(row.Route))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_caller_is_answered_as_the_table_says()
    {
        var callers = await CallersAsync();
        List<string> wrong = [];
        foreach (var (route, expected) in Rows)
        {
            List<string> answers = [];
            foreach (var caller in callers) answers.Add(await AskAsync(route, caller));
            if (route == "POST /api/sign-out") callers = await CallersAsync();
            if (!answers.SequenceEqual(expected)) wrong.Add($"{route,-62} {string.Join(' ', answers)}");
        }

        foreach (var caller in callers) caller.Dispose();
        wrong.ShouldBeEmpty($"Callers: {string.Join(", ", RouteTable.Callers)}");
    }

    private async Task<HttpClient[]> CallersAsync()
    {
        var owner = await hub.CreateMemberAsync("owner");
        using var made = await owner.PostAsJsonAsync("/api/api-keys", new { name = "walker", scopes = new[] { "read" } });
        var key = (await made.ReadJsonAsync()).GetProperty("key").GetString();
        return
        [
            hub.NewClient(), await hub.CreateMemberAsync("viewer"), await hub.CreateMemberAsync("operator"), await hub.CreateMemberAsync("editor"),
            owner, await hub.CreateStrangerAsync(), hub.NewClient(key), await hub.SignInAsync("admin", HubFixture.AdminPassword),
        ];
    }

    private async Task<string> AskAsync(string route, HttpClient caller)
    {
        Dictionary<string, string> made = new(StringComparer.Ordinal);
        var (method, path) = (route.Split(' ')[0], await FillAsync(route.Split(' ')[1], made));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (RouteTable.Bodies.TryGetValue(route, out var body))
            request.Content = new StringContent(await FillAsync(body, made), Encoding.UTF8, "application/json");
        using var answer = await caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return ((int)answer.StatusCode).ToString();
    }

    /// <summary>With what the words in braces stand for, made where there is none yet.</summary>
    private async Task<string> FillAsync(string text, Dictionary<string, string> made)
    {
        foreach (var word in Regex.Matches(text, @"\{([a-z]+)\}").Select(match => match.Groups[1].Value).Distinct())
        {
            if (!made.ContainsKey(word)) made[word] = await MakeAsync(word);
            text = text.Replace($"{{{word}}}", made[word], StringComparison.Ordinal);
        }

        return text;
    }

    private async Task<string> MakeAsync(string word)
    {
        var name = HubFixture.NewName(word);
        switch (word)
        {
            case "new":
                return name;
            case "provider":
                return "logic";
            case "version":
                return "1";
            case "blob" or "file":
                return Guid.CreateVersion7().ToString();
            case "user" or "member" or "username":
                var id = await PostAsync("/api/users", new { name }, "id");
                if (word == "member") await PostAsync("/api/members", new { user = name, role = "viewer" }, null);
                return word == "username" ? name : id;
            case "session":
                using (var signedIn = await hub.SignInAsync("admin", HubFixture.AdminPassword))
                {
                    var sessions = await (await signedIn.GetAsync("/api/sessions")).ReadJsonAsync();
                    return sessions.GetProperty("items").EnumerateArray().First(session => session.GetProperty("is_current").GetBoolean()).GetProperty("id").GetString()!;
                }

            case "workspace":
                return await PostAsync("/api/workspaces", new { name }, "id");
            case "key":
                return await PostAsync("/api/api-keys", new { name, scopes = new[] { "read" } }, "id");
            case "credential" or "private":
                return await PostAsync("/api/credentials", new { name, value = "a value", scope = word == "private" ? "user" : "workspace" }, "name");
            case "vendor":
                using (var stored = await hub.Admin.PutAsJsonAsync($"/api/provider-credentials/{name}", new { fields = new { api_key = "a value" }, scope = "workspace" }))
                    stored.EnsureSuccessStatusCode();
                return name;
            case "endpoint":
                return await PostAsync("/api/endpoints", new { name, address = Path.GetTempPath() }, "name");
            case "plan":
                return await PostAsync("/api/plans", new { name, steps = new[] { new { use = "logic.transform", with = new { value = 1 } } } }, "name");
            case "trigger" or "event":
                await PostAsync("/api/plans", new { name, on = new[] { new { schedule = new { every = "30d" } } }, steps = new[] { new { use = "logic.transform", with = new { value = 1 } } } }, "name");
                using (var triggers = await hub.Admin.GetAsync("/api/triggers?plan=" + name))
                {
                    var trigger = (await triggers.ReadJsonAsync()).GetProperty("items")[0].GetProperty("id").GetString()!;
                    if (word == "trigger") return trigger;
                    var seen = Guid.CreateVersion7().ToString();
                    await TestPostgres.ExecuteAsync(hub.ConnectionString, $"""
                        insert into gantry.events (id, workspace_id, trigger_id, plan_id, kind, status, summary, payload)
                        select '{seen}', workspace_id, id, plan_id, kind, 'dead', 'walked', '{"{}"}' from gantry.triggers where id = '{trigger}'
                        """);
                    return seen;
                }

            case "notification":
                var notification = Guid.CreateVersion7().ToString();
                await TestPostgres.ExecuteAsync(hub.ConnectionString, $"""
                    insert into gantry.notifications (id, workspace_id, plan_id, user_id, occasion, cause, about, status)
                    select '{notification}', w.id, w.id, u.id, 'failure', 'failure', w.id, 'noted' from gantry.workspaces w, gantry.users u where w.name = 'default' and u.name = 'admin'
                    """);
                return notification;
            case "draft":
                var draft = Guid.CreateVersion7().ToString();
                await TestPostgres.ExecuteAsync(hub.ConnectionString, $$"""
                    insert into gantry.ai_drafts (workspace_id, id, user_id, prompt, provider, model, plan, answer)
                    select w.id, '{{draft}}', u.id, 'walked', 'openai', 'none', '{"name": "{{name}}", "steps": [{"use": "logic.transform", "with": {"value": 1} }]}',
                      '{"steps": [], "uses": [], "connections": [], "missing": [], "findings": [], "starts_by_itself": false}'
                    from gantry.workspaces w, gantry.users u where w.name = 'default' and u.name = 'admin'
                    """);
                return draft;
            case "transfer":
                return await PostAsync("/api/transfers?wait=30s", new { from = "/nowhere", to = "/neither" }, "id");
            case "template":
                return await PostAsync("/api/transfer-templates", new { name, from = "/nowhere", to = "/neither" }, "name");
            case "execution":
                return await PostAsync("/api/execute?wait=30s", new { plan = await MakeAsync("plan") }, "id");
            default:
                throw new InvalidOperationException($"Nothing makes a '{word}' for the routes that need one.");
        }
    }

    private async Task<string> PostAsync(string path, object body, string? field)
    {
        using var answer = await hub.Admin.PostAsJsonAsync(path, body);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync()}");
        return field is null ? "" : (await answer.ReadJsonAsync()).GetProperty(field).GetString()!;
    }

    /// <summary>The route without the names of its parameters.</summary>
    private static string Shape(string route) => Regex.Replace(route, @"\{[^}]*\}", "{}").TrimEnd('/');
}
