using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Secrets, people and the hub itself are looked after, and what was done is found in the audit log.</summary>
public sealed class AdministrationStory(SharedHub hubs, SharedBrowser browser)
{
    private static int names;

    [Fact]
    public async Task A_credential_is_added_shown_on_record_replaced_and_found_in_the_audit_log()
    {
        var hub = (await hubs.GetAsync()).Program;
        var name = NewName("SHOP_FTP_PASSWORD");
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync("/credentials");
        await visitor.Button("Add a credential").First.ClickAsync();
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(name);
        await visitor.Page.GetByLabel("Value", new PageGetByLabelOptions { Exact = true }).FillAsync("a value of the story");
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Store it").ClickAsync();

        await visitor.SeesAsync($"${{cred:{name}}}");
        await visitor.FindsItAccessibleAsync();
        (await visitor.Page.ContentAsync()).ShouldNotContain("a value of the story");
        await visitor.Button("Show the value …").ClickAsync();
        await visitor.SeesAsync("written to the audit log");
        await visitor.Button("Show it, on record").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByLabel("The value", new PageGetByLabelOptions { Exact = true }).GetByText("a value of the story"));
        await visitor.Button("Hide it").ClickAsync();
        await Assertions.Expect(visitor.Page.GetByText("a value of the story")).ToHaveCountAsync(0);
        await visitor.PictureAsync("credential-wide-light");
        await visitor.Page.GetByLabel("New value").FillAsync("another value");
        await visitor.Button("Save the change").ClickAsync();
        await visitor.SeesAsync("It is changed, and used from now on.");

        await visitor.Page.GotoAsync($"/audit?target={name}");
        await visitor.SeesAsync("Credential revealed");
        await visitor.Button("Verify the chain").ClickAsync();
        await visitor.SeesAsync("The chain is whole");
        await visitor.FindsItAccessibleAsync();
    }

    [Fact]
    public async Task A_user_is_added_with_a_password_for_one_time_and_a_key_is_made_and_revoked()
    {
        var hub = (await hubs.GetAsync()).Program;
        var (user, key) = (NewName("nora"), NewName("robot"));
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync("/people?tab=users");
        await visitor.Button("Add a user").ClickAsync();
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(user);
        await visitor.Button("Add").ClickAsync();
        await visitor.SeesAsync("It is shown this once");
        await visitor.FindsItAccessibleAsync();
        var password = await visitor.Page.GetByLabel($"One-time password of {user}").Last.InnerTextAsync();
        await visitor.Button("I have copied it").ClickAsync();
        await visitor.SeesAsync("has a one-time password");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Members" }).ClickAsync();
        await visitor.Button("Add a member").ClickAsync();
        await visitor.Page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).FillAsync(user);
        await visitor.Button("Add").ClickAsync();
        await visitor.SeesAsync(visitor.Page.GetByLabel($"Role of {user}"));
        await using (var newcomer = await browser.OpenAsync(hub.Address))
            await newcomer.SignInFirstAsync(user, password, "a password of her own");

        await visitor.Page.GotoAsync("/people?tab=keys");
        await visitor.Button("Make a key").First.ClickAsync();
        await visitor.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(key);
        await visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Make the key" }).ClickAsync();
        (await visitor.Page.GetByLabel($"The key {key}").Last.InnerTextAsync()).ShouldStartWith("gty_");
        await visitor.Button("I have copied it").ClickAsync();
        await visitor.Button($"Revoke {key}").ClickAsync();
        await visitor.Button("Revoke key").ClickAsync();
        await visitor.SeesAsync("Revoked");
        await visitor.FindsItAccessibleAsync();
    }

    [Fact]
    public async Task The_hubs_log_settings_and_notifications_are_told()
    {
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address, dark: true);
        await visitor.SignInAsync();

        await visitor.Page.GotoAsync("/logs?component=Database");
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Log).GetByText("Migrated the database"));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("logs-wide-dark");
        await visitor.Page.GotoAsync("/settings?q=password");
        await visitor.SeesAsync("a secret, which is not shown");
        await visitor.SeesAsync("from the variable GANTRY_ADMIN_PASSWORD");
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.GotoAsync("/settings?tab=notifications");
        await visitor.Button("Tell somebody").ClickAsync();
        await visitor.SeesAsync(visitor.Button("Send a test message"));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("notifications-wide-dark");
        await visitor.Page.GotoAsync("/credentials?tab=store");
        await visitor.SeesAsync("Rotate the keys");
        await visitor.FindsItAccessibleAsync();
    }

    private static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref names)}";
}
