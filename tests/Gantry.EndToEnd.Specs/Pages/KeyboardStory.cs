using Gantry.EndToEnd.Specs.Programs;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>Somebody without a mouse: the focus is never nowhere, and stays where they are asked something.</summary>
public sealed class KeyboardStory(SharedHub hubs, SharedBrowser browser)
{
    [Fact]
    public async Task The_keyboard_alone_goes_everywhere_and_the_focus_comes_back()
    {
        var hub = (await hubs.GetAsync()).Program;
        foreach (var letter in "ABC")
            await hub.Http.PostJsonAsync("/api/credentials", new { name = $"KEYBOARD_{letter}", value = "secret" });
        await using var visitor = await browser.OpenAsync(hub.Address);
        await visitor.SignInAsync();
        await IsAtAsync(visitor.Heading("Overview"));

        await visitor.Page.Keyboard.PressAsync("g");
        await visitor.Page.Keyboard.PressAsync("e");
        await IsAtAsync(visitor.Heading("Executions"));
        await visitor.Page.Keyboard.PressAsync("/");
        await IsAtAsync(visitor.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox, new LocatorGetByRoleOptions { Name = "Go to" }));
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await IsAtAsync(visitor.Heading("Executions"));

        await visitor.Page.GotoAsync("/credentials");
        await visitor.SeesAsync(Credential(visitor, 'A'));
        await visitor.Page.Keyboard.PressAsync("Tab");
        await IsAtAsync(visitor.Link("Skip to the content"));
        await visitor.Page.Keyboard.PressAsync("Enter");
        await IsAtAsync(visitor.Page.GetByRole(AriaRole.Main));
        await AddingKeepsAndGivesBackAsync(visitor);
        await TypedIsLostOnlyWhenOneSaysSoAsync(visitor);
        await DeletingGoesToTheNextAsync(visitor);
        await MenusGiveBackAsync(visitor);
        await NarrowNavigationIsADialogAsync(visitor);
    }

    private static ILocator Credential(Visitor visitor, char letter) => visitor.Page.GetByRole(AriaRole.Table).GetByText($"KEYBOARD_{letter}", new LocatorGetByTextOptions { Exact = true });

    private static Task IsAtAsync(ILocator place) => Assertions.Expect(place).ToBeFocusedAsync();

    private static async Task AddingKeepsAndGivesBackAsync(Visitor visitor)
    {
        var add = visitor.Button("Add a credential");
        await add.PressAsync("Enter");
        var name = visitor.Page.GetByRole(AriaRole.Dialog).GetByLabel("Name");
        await IsAtAsync(name);

        for (var stop = 0; stop < 15; stop++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            (await visitor.Page.EvaluateAsync<bool>("() => document.activeElement.closest('[role=dialog]') !== null")).ShouldBeTrue();
        }

        await name.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await IsAtAsync(add);
        await visitor.Page.Keyboard.PressAsync("?");
        await visitor.SeesAsync("Leave the YAML editor");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await IsAtAsync(add);
    }

    private static async Task TypedIsLostOnlyWhenOneSaysSoAsync(Visitor visitor)
    {
        var add = visitor.Button("Add a credential");
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        var (name, stay, leave) = (dialog.GetByLabel("Name"), visitor.Button("Stay here"), visitor.Button("Leave and lose it"));
        await add.PressAsync("Enter");
        await IsAtAsync(name);
        await visitor.Page.Keyboard.TypeAsync("KEYBOARD_TYPED");

        await visitor.Page.Keyboard.PressAsync("Escape");
        await IsAtAsync(stay);
        await visitor.FindsItAccessibleAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(stay).ToHaveCountAsync(0);
        await IsAtAsync(name);
        await visitor.Page.Mouse.ClickAsync(30, 870);
        await stay.PressAsync("Enter");
        await Assertions.Expect(stay).ToHaveCountAsync(0);
        await Assertions.Expect(name).ToHaveValueAsync("KEYBOARD_TYPED");
        await name.PressAsync("Escape");
        await leave.PressAsync("Enter");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await IsAtAsync(add);

        await Credential(visitor, 'A').PressAsync("Enter");
        await dialog.GetByLabel("New value").FillAsync("another secret");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await leave.PressAsync("Enter");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
    }

    private static async Task DeletingGoesToTheNextAsync(Visitor visitor)
    {
        await Credential(visitor, 'B').PressAsync("Enter");
        var delete = visitor.Button("Delete …");
        await delete.PressAsync("Enter");
        var typed = visitor.Page.GetByLabel("Type KEYBOARD_B to go on");
        await IsAtAsync(typed);
        await visitor.Page.Keyboard.PressAsync("Escape");
        await IsAtAsync(delete);

        await delete.PressAsync("Enter");
        await IsAtAsync(typed);
        await visitor.Page.Keyboard.TypeAsync("KEYBOARD_B");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(Credential(visitor, 'B')).ToHaveCountAsync(0);
        await IsAtAsync(Credential(visitor, 'C'));
    }

    private static async Task MenusGiveBackAsync(Visitor visitor)
    {
        await visitor.Page.Keyboard.PressAsync("g");
        await visitor.Page.Keyboard.PressAsync("p");
        await IsAtAsync(visitor.Heading("Plans"));
        var menu = visitor.Button("What can be done with demo");
        await menu.PressAsync("Enter");
        await visitor.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = "Delete" }).PressAsync("Enter");
        await IsAtAsync(visitor.Page.GetByLabel("Type demo to go on"));

        await visitor.Page.Keyboard.PressAsync("Escape");

        await IsAtAsync(menu);
    }

    private static async Task NarrowNavigationIsADialogAsync(Visitor visitor)
    {
        await visitor.Page.SetViewportSizeAsync(390, 844);
        var open = visitor.Button("Navigation");
        await open.PressAsync("Enter");
        await IsAtAsync(visitor.Page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Gantry" }));
        await visitor.Page.Keyboard.PressAsync("Shift+Tab");
        (await visitor.Page.EvaluateAsync<bool>("() => document.activeElement.closest('aside') !== null")).ShouldBeTrue();

        await visitor.Page.Keyboard.PressAsync("Escape");

        await IsAtAsync(open);
    }
}
