using System.Globalization;
using Gantry.Bench.Engine;
using Microsoft.Playwright;

namespace Gantry.Bench.Pages;

/// <summary>How long a person waits for the pages: for the first one to be painted, and for lists with a long history behind them to open, to be filtered and searched.</summary>
internal static class PagesCommand
{
    private const string Rows = "[role=row][data-index]";

    // In the page itself: what drives the browser is not measured. It ends with the frame that shows what was waited for.
    private const string ClickAndWait = """
        async ([click, isThere]) => {
          const is = new Function('return ' + isThere);
          performance.clearResourceTimings();
          const began = performance.now();
          document.querySelector(click).click();
          while (!is()) await new Promise(requestAnimationFrame);
          const took = performance.now() - began;
          const files = performance.getEntriesByType('resource').filter(each => each.startTime >= began && each.transferSize > 0 && each.name.includes('/assets/'));
          return [took, files.length, files.reduce((sum, each) => sum + each.transferSize, 0) / 1024];
        }
        """;

    private const string TypeAndWait = """
        async ([field, text, isThere]) => {
          const is = new Function('return ' + isThere);
          const input = document.querySelector(field);
          const began = performance.now();
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, text);
          input.dispatchEvent(new Event('input', { bubbles: true }));
          while (!is()) await new Promise(requestAnimationFrame);
          return performance.now() - began;
        }
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (program, runs, count) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        await using var postgres = await BenchPostgres.StartAsync();
        await using var hub = await BenchHub.StartAsync(program, postgres.ConnectionString);
        var folder = Directory.CreateTempSubdirectory("gantry-bench-place-");
        await RecordAsync(hub, folder.FullName);
        folder.Delete(recursive: true);
        await PageHistory.MakeAsync(postgres, count, ofTransfers: false);
        await PageHistory.MakeAsync(postgres, count, ofTransfers: true);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
        var times = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);

        // What a hub and its database do for the first time is not what is measured.
        for (var run = 0; run <= runs; run++)
        {
            await foreach (var (what, milliseconds) in VisitAsync(browser, hub))
            {
                if (run > 0)
                    (times.TryGetValue(what, out var all) ? all : times[what] = []).Add(milliseconds);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} executions and {count:N0} transfers, ms where nothing else is said (median, least, most of {runs} runs)"));
        foreach (var (what, all) in times)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-34}{all.Order().ElementAt(all.Count / 2),8:F0}{all.Min(),8:F0}{all.Max(),8:F0}"));
        return 0;
    }

    /// <summary>One visit by somebody who was never there: nothing is in the browser's cache.</summary>
    private static async IAsyncEnumerable<(string What, double Milliseconds)> VisitAsync(IBrowser browser, BenchHub hub)
    {
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = hub.Client.BaseAddress!.ToString(), ViewportSize = new ViewportSize { Width = 1400, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByLabel("User", new PageGetByLabelOptions { Exact = true }).FillAsync("admin");
        yield return ("first paint", await PaintedAsync(page));
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(BenchHub.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(address => !address.Contains("/sign-in", StringComparison.Ordinal));
        foreach (var list in (string[])["executions", "transfers"])
        {
            await page.GotoAsync("/settings");
            await page.Locator($"nav a[href='/{list}']").WaitForAsync();
            var opened = await AfterClickAsync(page, $"nav a[href='/{list}']", $"location.pathname === '/{list}' && document.querySelector('{Rows}') !== null");
            yield return ($"{list}: opened by a click", opened[0]);
            yield return ($"{list}: its scripts, files", opened[1]);
            yield return ($"{list}: its scripts, KiB", opened[2]);
            yield return ($"{list}: filtered by 'failed'", (await AfterClickAsync(
                page, "input[type=radio][value=failed]", $"document.querySelector('{Rows}[data-tone=bad]') !== null && document.querySelector('{Rows}:not([data-tone=bad])') === null"))[0]);
            yield return ($"{list}: filtered no more", (await AfterClickAsync(page, "input[type=radio][value=all]", $"document.querySelector('{Rows}:not([data-tone=bad])') !== null"))[0]);
        }

        yield return ("transfers: found by a text", await page.EvaluateAsync<double>(
            TypeAndWait, new[] { "[data-search]", "nothing-has-this", $"document.querySelector('{Rows}') === null && document.body.innerText.includes('Nothing fits these filters')" }));
    }

    /// <summary>The milliseconds, and which files of the pages came meanwhile over the network: how many, and their KiB.</summary>
    private static Task<double[]> AfterClickAsync(IPage page, string click, string isThere) => page.EvaluateAsync<double[]>(ClickAndWait, new[] { click, isThere });

    private static Task<double> PaintedAsync(IPage page) => page.EvaluateAsync<double>(
        "() => new Promise(resolve => new PerformanceObserver(list => resolve(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true }))");

    /// <summary>One execution and one transfer that succeeded, and one of each that failed.</summary>
    private static async Task RecordAsync(BenchHub hub, string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "content");
        foreach (var (path, body) in new[]
        {
            ("/api/endpoints", $$$"""{"name":"place","kind":"local","settings":{"path":"{{{folder}}}"}}"""),
            ("/api/plans", """{"name":"good","steps":[{"use":"logic.transform","with":{"value":1}}]}"""),
            ("/api/plans", """{"name":"bad","steps":[{"stop":{"status":"failed","message":"It was told to fail."}}]}"""),
            ("/api/execute?wait=60s", """{"plan":"good"}"""),
            ("/api/execute?wait=60s", """{"plan":"bad"}"""),
            ("/api/transfers?wait=60s", """{"name":"Morning delivery","from":"place:file","to":"place:to/"}"""),
            ("/api/transfers?wait=60s", """{"name":"Morning delivery","from":"place:nowhere","to":"place:to/"}"""),
        })
        {
            using var answer = await hub.PostAsync(path, body);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
