using Gantry.EndToEnd.Specs.Pages;
using Gantry.TestServers;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedBrowser))]

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>The Chromium of all stories; each person has a profile of their own in it.</summary>
public sealed class SharedBrowser() : SharedServer<SharedBrowser.Chromium>(Chromium.StartAsync)
{
    /// <summary>A host that is this machine, and that the browser takes for another one: what comes from there by plain HTTP is no secure context.</summary>
    public const string OtherMachine = "hub.gantry.test";

    private const string Program = "/usr/bin/chromium";

    /// <summary>Somebody in front of a hub, with the window and the theme that they like.</summary>
    public async Task<Visitor> OpenAsync(Uri hub, bool narrow = false, bool dark = false)
    {
        if (!File.Exists(Program) && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip("Chromium is not installed.");
        var chromium = await GetAsync();
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = hub.GetLeftPart(UriPartial.Authority),
            ViewportSize = narrow ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1400, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
        });
        return await Visitor.ArriveAsync(context);
    }

    public sealed class Chromium(IPlaywright playwright, IBrowser browser) : IAsyncDisposable
    {
        public IBrowser Browser => browser;

        public static async Task<Chromium> StartAsync()
        {
            var playwright = await Playwright.CreateAsync();
            return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Timeout = 120_000,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    $"--host-resolver-rules=MAP {OtherMachine} 127.0.0.1",
                ],
            }));
        }

        public async ValueTask DisposeAsync()
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }
}
