using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A person in front of the pages. What the browser complains of is remembered, and fails the story at its end.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private const float PatienceMilliseconds = 60_000;

    // What a story expects to be refused is no complaint.
    private const string RefusedRequest = "Failed to load resource";

    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(GantryProgram.Repository, "ui", "node_modules", "axe-core", "axe.min.js")));

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = [];

    private Visitor(IBrowserContext context, IPage page) => (this.context, Page) = (context, page);

    public IPage Page { get; }

    public static async Task<Visitor> ArriveAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var visitor = new Visitor(context, await context.NewPageAsync());
        visitor.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.StartsWith(RefusedRequest, StringComparison.Ordinal)) visitor.complaints.Enqueue(message.Text);
        };
        visitor.Page.PageError += (_, error) => visitor.complaints.Enqueue(error);
        return visitor;
    }

    public async Task SignInAsync(string user = "admin", string password = HubProgram.AdminPassword)
    {
        await Page.GotoAsync("/");
        await SignInFromHereAsync(user, password);
    }

    public async Task SignInFromHereAsync(string user = "admin", string password = HubProgram.AdminPassword)
    {
        await Page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).FillAsync(user);
        await Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        await Button("Sign in").ClickAsync();
        await Page.WaitForURLAsync(address => !address.Contains("/sign-in", StringComparison.Ordinal));
    }

    /// <summary>A new person, whose password somebody else knows, chooses one.</summary>
    public async Task SignInFirstAsync(string user, string password, string chosen)
    {
        await Page.GotoAsync("/");
        await Page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).FillAsync(user);
        await Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        await Button("Sign in").ClickAsync();
        await Page.GetByLabel("New password", new PageGetByLabelOptions { Exact = true }).FillAsync(chosen);
        await Page.GetByLabel("New password again", new PageGetByLabelOptions { Exact = true }).FillAsync(chosen);
        await Button("Set the password and go on").ClickAsync();
        await Page.WaitForURLAsync(address => !address.Contains("/sign-in", StringComparison.Ordinal));
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Exact = true });

    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    public Task SeesAsync(ILocator what) => Assertions.Expect(what.First).ToBeVisibleAsync();

    /// <summary>Those who do not see, or do not use a mouse, can use what is shown now.</summary>
    public async Task FindsItAccessibleAsync()
    {
        await Page.EvaluateAsync(Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
              .violations.map(violation => `${violation.id}: ${violation.help} ${violation.nodes.slice(0, 3).map(node => `${node.html.slice(0, 200)} (${node.any.map(reason => reason.message).join('; ')})`).join(' | ')}`)
            """);
        found.EnumerateArray().Select(violation => violation.GetString()).ShouldBeEmpty(Page.Url);
    }

    /// <summary>Keeps what is shown now, to be looked at.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(GantryProgram.Repository, "artifacts", "screenshots", name + ".png"),
        Animations = ScreenshotAnimations.Disabled,
    });

    /// <summary>Nothing sticks out to the right: one does not have to scroll sideways.</summary>
    public async Task FindsItInWidthAsync() =>
        (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0, Page.Url);

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        complaints.ShouldBeEmpty();
    }
}
