using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Microsoft.Playwright;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>The hub is killed and started again while somebody looks: the pages say so, and go on by themselves.</summary>
public sealed class RestartStory(SharedBrowser browser) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private HubProgram hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = new HubProgram(folder["data"]);
        await hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_list_and_a_followed_log_go_on_after_the_hub_was_killed()
    {
        var started = await hub.Http.PostJsonAsync("/api/execute", new
        {
            plan = """
                name: long
                steps:
                  - { id: first, use: logic.transform, with: { value: 1 } }
                  - { id: go, approve: { ask: "Go on?" } }
                  - { id: last, use: logic.transform, with: { value: 2 } }
                """,
        });
        var id = started.GetProperty("id").GetString();
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/executions/{id}?tab=log");
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Log).GetByText("first").First);

        var form = await visitor.Page.Context.NewPageAsync();
        await form.GotoAsync("/transfers/new");
        var typed = form.GetByLabel("Name", new PageGetByLabelOptions { Exact = true });
        await typed.FillAsync("Typed before the hub was killed");

        await hub.KillAsync();
        await visitor.SeesAsync("The hub does not answer.");
        await visitor.PictureAsync("hub-away-wide-light");
        await hub.StartAsync();
        await visitor.SeesAsync("The hub is back.");
        await Assertions.Expect(typed).ToHaveValueAsync("Typed before the hub was killed");

        await visitor.Button("Approve").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Log).GetByText("last").First);
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Main).GetByText("Succeeded", new LocatorGetByTextOptions { Exact = true }).First);
    }
}
