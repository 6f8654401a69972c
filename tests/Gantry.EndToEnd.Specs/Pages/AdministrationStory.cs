using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
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

        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {name}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]" });
        await visitor.Page.GotoAsync($"/audit?target={name}");
        await visitor.SeesAsync("Credential revealed");
        await visitor.Page.GetByText("Plan created").ClickAsync();
        var entry = visitor.Page.GetByRole(AriaRole.Dialog);
        await visitor.SeesAsync(entry.GetByText(name));
        await Assertions.Expect(entry.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Copy the id" })).ToHaveCountAsync(2);
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("audit-entry-wide-light");
        await visitor.Page.Keyboard.PressAsync("Escape");
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

    [Fact]
    public async Task Whoever_deletes_a_credential_reads_first_what_stops_with_it()
    {
        var hub = (await hubs.GetAsync()).Program;
        var (credential, plan) = (NewName("SHOP_KEY"), NewName("asks-the-shop"));
        await hub.Http.PostJsonAsync("/api/credentials", new { name = credential, value = "a value", scope = "workspace" });
        await hub.Http.PostJsonAsync("/api/plans", new { plan = $"name: {plan}\nsteps: [ {{ use: http.get, with: {{ url: 'https://example.org', bearer: '${{cred:{credential}}}' }} }} ]" });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync($"/credentials?open=workspace:{credential}");
        var used = visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Where it is used" });
        await visitor.SeesAsync(used.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = $"Plan '{plan}'" }));
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("credential-used-wide-light");

        await visitor.Button("Delete …").ClickAsync();
        await visitor.SeesAsync("This names it, and fails from then on:");
        await visitor.PictureAsync("credential-deleted-wide-light");
        await visitor.Page.GetByLabel($"Type {credential} to go on").FillAsync(credential);
        await visitor.Button("Delete credential").ClickAsync();

        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        (await hub.Http.GetJsonAsync("/api/credentials?limit=500")).GetRawText().ShouldNotContain($"\"{credential}\"");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_test_message_is_sent_with_a_credential_whose_use_is_seen()
    {
        await using var mail = await MailServer.StartAsync();
        var hub = (await hubs.GetAsync()).Program;
        var credential = NewName("MAIL_PASSWORD");
        await hub.Http.PostJsonAsync("/api/credentials", new { name = credential, value = MailServer.Password, scope = "workspace" });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await visitor.Page.GotoAsync("/settings?tab=notifications");

        using (var allowed = await hub.Http.PutAsync("/api/egress-rules", HubRequests.Json(new { rules = new[] { $"127.0.0.1:{mail.Ports["plain"]}" } })))
            allowed.EnsureSuccessStatusCode();
        await visitor.Button("Tell somebody").ClickAsync();
        var form = visitor.Page.GetByRole(AriaRole.Dialog);
        foreach (var (label, value) in new[] { ("Host", "127.0.0.1"), ("Port", $"{mail.Ports["plain"]}"), ("User", MailServer.User), ("From", "gantry@example.org"), ("To", "somebody@example.org") })
            await form.GetByRole(AriaRole.Textbox, new LocatorGetByRoleOptions { Name = label, Exact = true }).FillAsync(value);
        var password = form.GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = "Password", Exact = true });
        await password.FillAsync($"${{cred:{credential}-gone}}");
        await form.GetByLabel("Tls", new LocatorGetByLabelOptions { Exact = true }).First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = "none", Exact = true }).ClickAsync();
        await visitor.Button("Send a test message").ClickAsync();
        await visitor.SeesAsync("The test did not arrive");
        await visitor.FindsItAccessibleAsync();
        await password.FillAsync(credential);
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = $"${{cred:{credential}}}", Exact = true }).ClickAsync();
        await visitor.Button("Send a test message").ClickAsync();
        await visitor.SeesAsync("The test was sent");
        var arrived = await mail.TakeAsync(TestContext.Current.CancellationToken);
        // When it was used is written down a moment later.
        while (!(await hub.Http.GetJsonAsync($"/api/credentials/{credential}")).TryGetProperty("last_used_at", out var at) || at.ValueKind == JsonValueKind.Null)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await visitor.Page.GotoAsync($"/credentials?open=workspace:{credential}");

        (arrived.GetProperty("headers").GetProperty("Subject").GetString(), arrived.GetProperty("login").GetBoolean()).ShouldBe(("A test from Gantry", true));
        await visitor.SeesAsync(visitor.Page.GetByRole(AriaRole.Dialog).GetByText($"${{cred:{credential}}}", new LocatorGetByTextOptions { Exact = true }));
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog).GetByText("never", new LocatorGetByTextOptions { Exact = true })).ToHaveCountAsync(0);
    }

    private static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref names)}";
}
