using System.Text;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>APIs without a provider get one: from their document, which is read again when it changes, and by hand; and what breaks without it is told.</summary>
public sealed class OwnProviderStory(SharedHub hubs, SharedBrowser browser)
{
    [Fact]
    public async Task A_document_is_read_asked_about_saved_and_read_again()
    {
        await using var service = await PlayedService.StartAsync();
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address, narrow: true, dark: true);
        var page = visitor.Page;
        await visitor.EnterAsync(hub, "import-story", service.Authority);
        await visitor.SignInAsync();
        service.Document = Document("/contacts/{id}", "getContact");

        await page.GotoAsync("/providers");
        await visitor.Link("Import an API").ClickAsync();
        await Textbox(visitor, "Address of the document").FillAsync($"{service.Url}openapi.json");
        await Textbox(visitor, "Id").FillAsync("imported");
        await visitor.Button("Read it").ClickAsync();
        await visitor.SeesAsync("Where is the API?");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await Textbox(visitor, "Base URL").FillAsync($"{service.Url}v1");
        await visitor.Button("Read it").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("What it found: 1 action for 'imported'"));
        await visitor.SeesAsync(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Actions", Exact = true }).GetByText("get_contact"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("imported-narrow-dark");
        await visitor.Button("Save the provider").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Played"));
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();

        await visitor.Link("Import again").ClickAsync();
        await page.GetByText("In a file", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "played.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(Document("/people/{id}", "getPerson")) });
        await Textbox(visitor, "Base URL").FillAsync($"{service.Url}v1");
        await visitor.Button("Read it").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "What changes", Exact = true }).GetByText("get_person is new: GET /people/{id}."));
        await visitor.SeesAsync("get_contact is gone from the document");
        await visitor.FindsItAccessibleAsync();
        await visitor.Button("Save the changes").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Actions", Exact = true }).GetByText("get_person"));
    }

    [Fact]
    public async Task An_API_is_described_in_a_form_connected_tried_changed_and_deleted()
    {
        await using var service = await PlayedService.StartAsync();
        var hub = (await hubs.GetAsync()).Program;
        await using var visitor = await browser.OpenAsync(hub.Address);
        var page = visitor.Page;
        await visitor.EnterAsync(hub, "own-provider-story", service.Authority);
        await visitor.SignInAsync();

        await page.GotoAsync("/new-provider");
        await visitor.Button("Save the provider").ClickAsync();
        await visitor.SeesAsync("An address such as https://api.example.com/v1.");
        await Textbox(visitor, "Name").FillAsync("Acme by hand");
        await Textbox(visitor, "Base URL").FillAsync($"{service.Url}v1");
        await ChooseAsync(visitor, "How one signs in", "A key in a header");
        await Textbox(visitor, "Name of the header").FillAsync("X-Acme-Key");
        await Textbox(visitor, "Test").FillAsync("/me");
        await Textbox(visitor, "Whose it is").FillAsync("name");
        await Textbox(visitor, "Name of the action").FillAsync("get_contact");
        await Textbox(visitor, "Path").FillAsync("/contacts/{contact_id}");
        await visitor.FindsItAccessibleAsync();
        await visitor.FindsItInWidthAsync();
        await visitor.PictureAsync("new-provider-filled-wide-light");
        await visitor.Button("Save the provider").ClickAsync();

        await visitor.SeesAsync(visitor.Heading("Acme by hand"));
        await page.Locator("input[type=password]").FillAsync("another key");
        await visitor.Button("Connect").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Alert).GetByText("the key is not good"));
        await page.Locator("input[type=password]").FillAsync(PlayedService.Key);
        await visitor.Button("Connect").ClickAsync();
        await visitor.SeesAsync("It belongs to Grace.");
        await Textbox(visitor, "Contact id").FillAsync("7");
        await visitor.Button("Perform it").ClickAsync();
        await visitor.SeesAsync("Linus of the played service");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("own-provider-wide-light");

        await visitor.Link("Change").ClickAsync();
        await Textbox(visitor, "What it is for").FillAsync("Contacts of the story.");
        await page.GetByText("Text", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(Textbox(visitor, "Manifest")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("help: Contacts of the story."));
        await Textbox(visitor, "Manifest").FillAsync((await Textbox(visitor, "Manifest").InputValueAsync()).Replace("kind: api_key", "kind: api_kex", StringComparison.Ordinal));
        await visitor.Button("Save the provider").ClickAsync();
        await visitor.SeesAsync(page.GetByRole(AriaRole.Alert).GetByText("Did you mean 'api_key'?"));
        await visitor.FindsItAccessibleAsync();
        await Textbox(visitor, "Manifest").FillAsync((await Textbox(visitor, "Manifest").InputValueAsync()).Replace("kind: api_kex", "kind: api_key", StringComparison.Ordinal) + "errors: { message: [error] }\n");
        await page.GetByText("Form", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await visitor.SeesAsync("more than the form can show");
        await visitor.Button("Save the provider").ClickAsync();
        await visitor.SeesAsync("Contacts of the story.");

        await page.EvaluateAsync("""
            async () => (await fetch('/api/plans', { method: 'POST', headers: { 'Content-Type': 'application/json', 'Gantry-Csrf': '1', 'Gantry-Workspace': localStorage.getItem('gantry-workspace') },
              body: JSON.stringify({ plan: 'name: breaks\nsteps: [{ use: acme-by-hand.get_contact, with: { contact_id: 7 } }]' }) })).status
            """);
        await visitor.Button("Delete …").ClickAsync();
        await visitor.SeesAsync("1 plan has steps of it and would fail: 'breaks'.");
        await visitor.SeesAsync("1 connection to it would be of no use");
        await visitor.FindsItAccessibleAsync();
        await visitor.PictureAsync("delete-provider-wide-light");
        await visitor.Button("Delete the provider").ClickAsync();
        await visitor.SeesAsync(visitor.Heading("Providers"));
        await page.GotoAsync("/providers/acme-by-hand");
        await visitor.SeesAsync("There is no provider 'acme-by-hand'.");
    }

    private static ILocator Textbox(Visitor visitor, string name) => visitor.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = name, Exact = true });

    private static async Task ChooseAsync(Visitor visitor, string label, string option)
    {
        await visitor.Page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = label, Exact = true }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = option, Exact = true }).ClickAsync();
    }

    private static string Document(string path, string operation) => JsonSerializer.Serialize(new
    {
        openapi = "3.0.3",
        info = new { title = "Played", version = "1" },
        paths = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [path] = new
            {
                get = new
                {
                    operationId = operation,
                    summary = "Gets one.",
                    parameters = new[] { new { name = "id", @in = "path", required = true, schema = new { type = "string" } } },
                    responses = new Dictionary<string, object>(StringComparer.Ordinal) { ["200"] = new { description = "It." } },
                },
            },
        },
    });
}
