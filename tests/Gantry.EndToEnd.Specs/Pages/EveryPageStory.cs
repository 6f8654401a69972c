using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Every place of the navigation opens, for every eye and every window; pictures of all of them are kept to be looked at.</summary>
public sealed class EveryPageStory(SharedHub hubs, SharedBrowser browser)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Every_page_opens_is_accessible_and_fits_its_window(bool narrow, bool dark)
    {
        // Both themes and both windows are in the first two; only what just one pair of them shows is in the others.
        Assert.SkipUnless(narrow == dark || Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");
        var hub = (await hubs.GetAsync()).Program;
        var name = $"every-page-{narrow}-{dark}".ToLowerInvariant();
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {name}\ndescription: Lists are looked at with more in them than one.\nsteps: [ {{ use: logic.transform, with: {{ value: done }} }} ]" });
        await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan = name });
        await hub.Http.PostJsonAsync("/api/execute?wait=60s", new { plan = "demo" });
        await using var visitor = await browser.OpenAsync(hub.Address, narrow, dark);
        await visitor.SignInAsync();
        await visitor.SeesAsync(visitor.Heading("Overview"));
        var places = await visitor.Page.Locator("nav a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        places.Length.ShouldBeGreaterThan(12);
        List<string> wrong = [];

        foreach (var place in places.Append("/plans/demo").Append("/new-plan").Append("/transfers/new").Append("/endpoints/demo")
            .Append("/providers/http").Append("/providers/github").Append("/new-provider").Append("/import-provider").Append("/describe-plan").Append("/connect"))
        {
            await visitor.Page.GotoAsync(place);
            await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }));
            await Assertions.Expect(visitor.Page.Locator("[role=status][aria-label*='being loaded']")).ToHaveCountAsync(0);
            await visitor.PictureAsync($"{(place == "/" ? "overview" : place.Trim('/').Replace('/', '-'))}-{(narrow ? "narrow" : "wide")}-{(dark ? "dark" : "light")}");
            try
            {
                // What has no page has a heading as well.
                (await visitor.Heading("There is no such page").Or(visitor.Heading("This page cannot be shown")).CountAsync()).ShouldBe(0);
                await visitor.FindsItAccessibleAsync();
                await visitor.FindsItInWidthAsync();
                // What the keyboard reaches depends neither on the theme nor, but for the navigation, on the window.
                if (!narrow && !dark)
                    (await KeyboardWalk.TakeAsync(visitor.Page)).ShouldBeEmpty();
            }
            catch (ShouldAssertException exception)
            {
                wrong.Add($"{place}: {exception.Message}");
            }
        }

        wrong.ShouldBeEmpty();
    }
}
