using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>What was typed stays whatever happens meanwhile, what would be lost is asked about first, and the address says what is shown.</summary>
public sealed class CareStory(SharedHub hubs, SharedBrowser browser) : IDisposable
{
    private static int names;

    private readonly TemporaryFolder folder = new();
    private readonly string name = $"care-{Interlocked.Increment(ref names)}";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_chart_that_is_read_as_a_table_is_one_in_another_window_as_well()
    {
        var hub = await PrepareAsync("copy");
        await hub.Http.PostJsonAsync($"/api/transfer-templates/{name}/run?wait=60s", new { });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Button("As a table").First.ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "Hour" }));
        await visitor.FindsItAccessibleAsync();
        var other = await visitor.Page.Context.NewPageAsync();
        await other.GotoAsync(visitor.Page.Url);

        await Assertions.Expect(other.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "Hour" })).ToBeVisibleAsync();
    }

    private async Task<HubProgram> PrepareAsync(string mode)
    {
        var hub = (await hubs.GetAsync()).Program;
        folder.WriteFile("from/a.txt", "a");
        Directory.CreateDirectory(folder["to"]);
        foreach (var place in (string[])["from", "to"])
            await hub.Http.PostJsonAsync("/api/endpoints", new { name = $"{name}-{place}", kind = "local", settings = new { path = folder[place] } });
        await SaveAsync(hub, mode, "");
        return hub;
    }

    private async Task SaveAsync(HubProgram hub, string mode, string description)
    {
        using var saved = await hub.Http.PutAsync($"/api/transfer-templates/{name}", HubRequests.Json(new { mode, from = $"{name}-from:", to = $"{name}-to:", description }));
        saved.EnsureSuccessStatusCode();
    }
}
