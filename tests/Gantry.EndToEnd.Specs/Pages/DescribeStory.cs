using System.Text;
using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A plan is described in plain words: an AI drafts it, it is read, opened in the editor, approved, and has not run.</summary>
public sealed class DescribeStory(SharedHub hubs, SharedBrowser browser)
{
    private const string Provider = "played-ai";

    [Fact]
    public async Task A_wish_becomes_a_draft_that_is_read_and_approved()
    {
        await using var service = await PlayedService.StartAsync();
        var hub = (await hubs.GetAsync()).Program;
        var manifest = $$"""
            schema: provider/v1
            id: {{Provider}}
            name: Played AI
            category: AI
            help: Open models on a machine of one's own.
            docs: https://ai.example
            checked: {date: 2026-11-21, against: ai.example}
            base_url: {{service.Url}}ai
            auth: [{kind: none}]
            actions:
              chat_completion:
                help: Answers a conversation.
                call: POST /chat/completions
                params:
                  model: {help: Which model., default: small}
                  messages: {help: The conversation., type: list, required: true}
            """;
        using (var saved = await hub.Http.PutAsync($"/api/providers/{Provider}", new StringContent(manifest, Encoding.UTF8, "application/yaml"))) saved.EnsureSuccessStatusCode();
        await using var visitor = await browser.OpenAsync(hub.Address);
        var page = visitor.Page;
        await visitor.EnterAsync(hub, "describe-story", service.Authority);
        await visitor.SignInAsync();
        service.Answer(
            "name: nightly-news\non:\n  - schedule: { cron: \"0 3 * * *\" }\nsteps:\n  - { use: github.create_issue, with: { owner: acme, repo: news, title: Good news } }\n",
            ["It writes an issue, every night at three."], "Say which repository is meant.");

        await page.GotoAsync("/plans");
        await visitor.Link("Describe it").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Pages", Exact = true }).Locator("[aria-current=page]").GetByText("Plans"));
        await page.GetByLabel("What is to happen").FillAsync("Every night write an issue.");
        await page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = "AI", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = "Played AI", Exact = true }).ClickAsync();
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Draft it").ClickAsync();

        await visitor.SeesAsync("It writes an issue, every night at three.");
        await visitor.SeesAsync("Say which repository is meant.");
        await visitor.SeesAsync("It starts by itself");
        await visitor.SeesAsync(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "The credentials it uses", Exact = true }).GetByText("Missing"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("described-wide-light");
        await page.SetViewportSizeAsync(390, 844);
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("described-narrow-light");
        await page.SetViewportSizeAsync(1400, 900);

        await visitor.Link("Open in the editor").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("New plan"));
        await visitor.SeesAsync(page.GetByRole(AriaRole.Textbox).GetByText("nightly-news"));
        await page.GoBackAsync();
        await visitor.Button("Approve and save").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("nightly-news"));
        await page.GotoAsync("/describe-plan");
        await page.GetByRole(AriaRole.List, new PageGetByRoleOptions { Name = "Drafts", Exact = true }).GetByRole(AriaRole.Link).First.ClickAsync();
        await visitor.SeesAsync(visitor.Heading("The draft, approved"));
        await visitor.SeesAsync(visitor.Link("Show the plan"));
        await page.GotoAsync("/executions");
        await visitor.SeesAsync("Nothing has run yet");
    }
}
