using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Operations;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gantry.Hub.Specs;

/// <summary>A hub as it is shipped, listening on a free port, with a database of its own.</summary>
public sealed class HubFixture(TestPostgres postgres) : IAsyncLifetime
{
    public const string AdminPassword = "the-first-administrator";

    /// <summary>For answers that hang: what is asked with wait=5m may come after five minutes.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private static int names;

    private readonly string folder = Directory.CreateTempSubdirectory("gantry-hub-").FullName;

    /// <summary>Where the hub keeps what is its own.</summary>
    public string DataFolder => folder;

    /// <summary>Variables of this hub besides those that every fixture has, set before it starts.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>What this hub has besides what is shipped, or in its place.</summary>
    public Action<IServiceCollection> Services { get; init; } = _ => { };

    /// <summary>An administrator's connection string: row security does not hide anything from it.</summary>
    public string ConnectionString { get; private set; } = "";

    internal HubServer Server { get; private set; } = null!;

    /// <summary>Not signed in.</summary>
    public HttpClient Nobody { get; private set; } = null!;

    /// <summary>Signed in as the first administrator, who owns the workspace 'default'.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await postgres.CreateDatabaseAsync();
        Server = await HubServer.StartAsync(
            Configure(),
            (services, configuration) =>
            {
                HubSlices.Add(services, configuration);
                Services(services);
            },
            HubSlices.Map,
            CancellationToken.None);
        Nobody = NewClient();
        Admin = await SignInAsync("admin", AdminPassword);
    }

    public async ValueTask DisposeAsync()
    {
        Nobody.Dispose();
        Admin.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A name that no other test of the run uses.</summary>
    public static string NewName(string prefix = "name") => $"{prefix}-{Interlocked.Increment(ref names)}";

    public HttpClient NewClient(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(Server.Address), Timeout = Patience };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<HttpClient> SignInAsync(string user, string password)
    {
        using var answer = await Nobody.PostAsJsonAsync("/api/sign-in", new { user, password });
        answer.EnsureSuccessStatusCode();
        return NewClient((await answer.ReadJsonAsync()).GetProperty("token").GetString());
    }

    /// <summary>A new user with this role in the workspace 'default', signed in.</summary>
    public async Task<HttpClient> CreateMemberAsync(string role, string? name = null)
    {
        name ??= NewName("user");
        using var created = await Admin.PostAsJsonAsync("/api/users", new { name, password = "password of " + name });
        created.EnsureSuccessStatusCode();
        using var added = await Admin.PostAsJsonAsync("/api/members", new { user = name, role });
        added.EnsureSuccessStatusCode();
        return await SignInAsync(name, "password of " + name);
    }

    /// <summary>A new user who owns a new workspace: everything of 'default' is another's to them.</summary>
    public async Task<HttpClient> CreateStrangerAsync()
    {
        var (name, workspace) = (NewName("stranger"), NewName("elsewhere"));
        using var created = await Admin.PostAsJsonAsync("/api/users", new { name, password = "password of " + name });
        created.EnsureSuccessStatusCode();
        using var made = await Admin.PostAsJsonAsync("/api/workspaces", new { name = workspace });
        made.EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/members") { Content = JsonContent.Create(new { user = name, role = "owner" }) };
        request.Headers.Add("Gantry-Workspace", workspace);
        using var added = await Admin.SendAsync(request);
        added.EnsureSuccessStatusCode();
        return await SignInAsync(name, "password of " + name);
    }

    /// <summary>Saves endpoints that are folders of this machine, over those that have the names.</summary>
    public async Task SaveFoldersAsync(params (string Name, string Path)[] folders)
    {
        foreach (var (name, path) in folders)
        {
            using var saved = await Admin.PutAsJsonAsync("/api/endpoints/" + name, new { kind = "local", settings = new { path } });
            saved.EnsureSuccessStatusCode();
        }
    }

    private HubConfiguration Configure() => HubConfiguration.Read(
        ["--data", folder, "--listen", "http://127.0.0.1:0", "--log-level", "warning", "--log-dir", Path.Combine(folder, "logs")],
        new Dictionary<string, string>(Variables, StringComparer.Ordinal)
        {
            ["GANTRY_DATABASE"] = ConnectionString,
            ["GANTRY_EGRESS_ALLOW"] = Variables.GetValueOrDefault("GANTRY_EGRESS_ALLOW", "*"),
            ["GANTRY_ADMIN_PASSWORD"] = AdminPassword,
        });
}

public static class HubAnswers
{
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage answer)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync();
        return (await JsonDocument.ParseAsync(stream)).RootElement;
    }

    /// <summary>The 'detail' of a problem.</summary>
    public static async Task<string> ReadDetailAsync(this HttpResponseMessage answer) =>
        (await answer.ReadJsonAsync()).GetProperty("detail").GetString()!;
}
