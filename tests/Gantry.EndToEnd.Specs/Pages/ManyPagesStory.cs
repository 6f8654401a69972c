using System.Collections.Concurrent;
using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Somebody who has many pages open, and somebody whose hub is reached by plain HTTP: all of it works there as well.</summary>
public sealed class ManyPagesStory(SharedHub hubs, SharedBrowser browser)
{
    private const int PlacesOfBrowser = 3;
    private static int names;

    [Fact]
    public async Task More_pages_than_a_browser_has_connections_all_see_what_happens()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = await SaveAsync(hub, "  - wait: 1h\n");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        ConcurrentDictionary<IRequest, bool> streams = [];
        visitor.Page.Context.Request += (_, request) =>
        {
            if (request.Url.Contains("/events?", StringComparison.Ordinal) && !request.Url.Contains("live=false", StringComparison.Ordinal)) streams[request] = true;
        };
        visitor.Page.Context.RequestFailed += (_, request) => streams.TryRemove(request, out bool _);
        visitor.Page.Context.RequestFinished += (_, request) => streams.TryRemove(request, out bool _);

        List<IPage> pages = [visitor.Page];
        for (var i = 1; i < 8; i++) pages.Add(await visitor.Page.Context.NewPageAsync());
        foreach (var page in pages)
        {
            await page.GotoAsync($"/executions?plan={plan}&status=waiting");
            await Assertions.Expect(page.GetByText("Nothing fits these filters")).ToBeVisibleAsync();
        }

        await hub.Http.PostJsonAsync("/api/execute", new { plan });
        foreach (var page in pages) await Assertions.Expect(page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = plan, Exact = true })).ToHaveCountAsync(1);

        streams.Count.ShouldBeInRange(1, PlacesOfBrowser);
    }

    [Fact]
    public async Task A_page_that_is_closed_leaves_its_place_to_another()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        List<IPage> pages = [];
        for (var i = 0; i < PlacesOfBrowser; i++)
        {
            var page = await visitor.Page.Context.NewPageAsync();
            await page.RunAndWaitForRequestAsync(() => page.GotoAsync("/executions"), request => IsStream(request.Url));
            pages.Add(page);
        }

        await visitor.Page.RunAndWaitForRequestAsync(() => visitor.Page.GotoAsync("/executions"), request => request.Url.EndsWith("&live=false", StringComparison.Ordinal));

        await visitor.Page.RunAndWaitForRequestAsync(() => pages[0].CloseAsync(), request => IsStream(request.Url));
    }

    [Fact]
    public async Task By_plain_http_from_another_machine_plans_are_run_followed_and_copied_from()
    {
        var hub = (await hubs.GetAsync()).Program;
        var plan = await SaveAsync(hub, "  - use: logic.transform\n    with: { value: done }\n");
        await using var visitor = await browser.OpenAsync(new UriBuilder(hub.Address) { Host = SharedBrowser.OtherMachine }.Uri);
        await visitor.SignInAsync();
        (await visitor.Page.EvaluateAsync<bool>("() => window.isSecureContext")).ShouldBeFalse();

        await visitor.Page.GotoAsync($"/plans/{plan}");
        await visitor.Button("Run").ClickAsync();
        await visitor.Button("Run it").ClickAsync();
        await visitor.SeesAsync("Succeeded");
        await hub.Http.PostJsonAsync("/api/credentials", new { name = $"PLAIN_{plan.ToUpperInvariant().Replace('-', '_')}", value = "a value", scope = "workspace" });
        await visitor.Page.GotoAsync($"/credentials?open=workspace:PLAIN_{plan.ToUpperInvariant().Replace('-', '_')}");
        var copy = visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Copy ${cred:" });
        await copy.ClickAsync();

        await visitor.SeesAsync("Copied");
    }

    private static bool IsStream(string url) => url.Contains("/api/executions/events?", StringComparison.Ordinal) && !url.Contains("live=false", StringComparison.Ordinal);

    private static async Task<string> SaveAsync(HubProgram hub, string steps)
    {
        var plan = $"pages-{Interlocked.Increment(ref names)}";
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {plan}\nsteps:\n{steps}" });
        return plan;
    }
}
