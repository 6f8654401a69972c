using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>The way in: to the overview, or to where one was going; and the way out.</summary>
public sealed class SignInStory(SharedHub hubs, SharedBrowser browser)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Signing_in_leads_to_the_overview(bool narrow, bool dark)
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address, narrow, dark);
        var look = $"{(narrow ? "narrow" : "wide")}-{(dark ? "dark" : "light")}";

        await visitor.Page.GotoAsync("/");
        await visitor.SeesAsync(visitor.Heading("Sign in to Gantry"));
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GetByText("First time here, and no password yet?").ClickAsync();
        await visitor.SeesAsync("prints a one-time password");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync($"sign-in-{look}");
        await visitor.SignInAsync();

        await visitor.SeesAsync(visitor.Heading("Overview"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync($"overview-{look}");
    }

    [Fact]
    public async Task A_wrong_password_is_explained_and_what_was_typed_stays()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);

        await visitor.Page.GotoAsync("/sign-in");
        await visitor.Page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).FillAsync("somebody");
        await visitor.Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync("not this one");
        await visitor.Button("Sign in").ClickAsync();

        await visitor.SeesAsync("The user or the password is wrong.");
        (await visitor.Page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).InputValueAsync()).ShouldBe("somebody");
    }

    [Fact]
    public async Task A_shared_address_is_gone_on_to_after_signing_in_and_signing_out_closes_the_door()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);

        await visitor.Page.GotoAsync("/executions?status=failed");
        await visitor.SeesAsync(visitor.Heading("Sign in to Gantry"));
        await visitor.SignInFromHereAsync();
        await visitor.SeesAsync(visitor.Heading("Executions"));
        visitor.Page.Url.ShouldEndWith("/executions?status=failed");

        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "admin default · owner" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Sign in to Gantry"));
        await visitor.Page.GotoAsync("/plans");
        await visitor.SeesAsync(visitor.Heading("Sign in to Gantry"));
    }

    [Fact]
    public async Task Pages_are_reached_by_keys()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.SeesAsync(visitor.Heading("Overview"));

        await visitor.Page.Keyboard.PressAsync("g");
        await visitor.Page.Keyboard.PressAsync("p");
        await visitor.SeesAsync(visitor.Heading("Plans"));
        await visitor.Page.Keyboard.PressAsync("/");
        await visitor.Page.Keyboard.TypeAsync("dem");
        await visitor.SeesAsync(visitor.Link("demo"));
        await visitor.Page.Keyboard.PressAsync("Control+k");
        await visitor.Page.GetByPlaceholder("Go to a page, a plan, an execution …").FillAsync("audit");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await visitor.SeesAsync(visitor.Heading("Audit"));
    }
}
