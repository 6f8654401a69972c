using System.Text;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Microsoft.Playwright;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A person connects a provider on its page, at a strict authorization server: agrees, tries it, loses the consent, agrees again and disconnects.</summary>
public sealed class ConnectionStory(SharedHub hubs, SharedBrowser browser)
{
    private const string Provider = "connected";

    [Fact]
    public async Task A_provider_is_connected_with_a_consent_tried_and_disconnected()
    {
        await using var server = await AuthorizationServer.StartAsync();
        var hub = (await hubs.GetAsync()).Program;
        using (var saved = await hub.Http.PutAsync($"/api/providers/{Provider}", new StringContent(server.Manifest.Replace("id: strict", $"id: {Provider}", StringComparison.Ordinal), Encoding.UTF8, "application/yaml")))
            saved.EnsureSuccessStatusCode();
        await using var visitor = await browser.OpenAsync(hub.Address);
        var page = visitor.Page;
        await visitor.EnterAsync(hub, "connection-story", new Uri(server.Url).Authority);
        await visitor.SignInAsync();
        var connections = page.GetByRole(AriaRole.List, new PageGetByRoleOptions { Name = "Connections", Exact = true });

        await page.GotoAsync($"/providers/{Provider}");
        await visitor.SeesAsync(visitor.Heading("Connect"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("connect-provider-wide-light");
        await FillAsync(visitor, "wrong");
        await visitor.Link("Agree").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Alert).GetByText("invalid_client"));
        await visitor.FindsItAccessibleAsync();

        await visitor.Link("Back to the provider").ClickAsync();
        await FillAsync(visitor, AuthorizationServer.ClientSecret);
        await visitor.Link("Refuse").ClickAsync();
        await visitor.SeesAsync("The provider answered 'access_denied'");

        await visitor.Link("Back to the provider").ClickAsync();
        await FillAsync(visitor, AuthorizationServer.ClientSecret);
        await visitor.Link("Agree").ClickAsync();
        await visitor.SeesAsync("It belongs to Ada.");
        await visitor.Link("Back to the provider").ClickAsync();
        await visitor.SeesAsync(connections.GetByText("Connected", new LocatorGetByTextOptions { Exact = true }));
        await visitor.SeesAsync(connections.GetByText("Ada"));
        await visitor.Button("Perform it").ClickAsync();
        await visitor.SeesAsync(page.GetByLabel("Output", new PageGetByLabelOptions { Exact = true }).GetByText("\"Ada\""));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("connected-wide-light");

        server.RevokeAll();
        await visitor.Button($"Check {Provider}").ClickAsync();
        await visitor.SeesAsync(connections.GetByText("Needs consent", new LocatorGetByTextOptions { Exact = true }));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("needs-consent-wide-light");
        server.Person = "Grace";
        await visitor.Button($"Agree again to {Provider}").ClickAsync();
        await visitor.Link("Agree").ClickAsync();
        await visitor.SeesAsync("It belongs to Grace.");
        await page.GotoAsync($"/providers?q={Provider}");
        await visitor.SeesAsync("Connected · 1 action");

        await page.GotoAsync($"/providers/{Provider}");
        await visitor.Button($"Disconnect {Provider}").ClickAsync();
        await visitor.Button("Disconnect").ClickAsync();
        await Assertions.Expect(connections).ToHaveCountAsync(0);
        await visitor.SeesAsync(visitor.Button("Store and agree"));
    }

    private static async Task FillAsync(Visitor visitor, string secret)
    {
        await visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Client id", Exact = true }).FillAsync(AuthorizationServer.ClientId);
        await visitor.Page.Locator("input[type=password]").FillAsync(secret);
        await visitor.Button("Store and agree").ClickAsync();
    }
}
