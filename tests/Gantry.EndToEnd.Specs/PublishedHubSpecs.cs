using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The hub as deploy/Dockerfile makes it: by its very commands, started where there is neither a source nor a page.</summary>
public sealed class PublishedHubSpecs
{
    private static readonly string Root = GantryProgram.Repository;
    private static readonly Dictionary<string, string?> Variables = [];

    [Fact]
    public async Task A_published_hub_brings_its_pages_along()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "It builds everything once more, which takes minutes: ./test --slow.");
        using var folder = new TemporaryFolder();
        var commands = CommandsOf(await File.ReadAllTextAsync(Path.Combine(Root, "deploy", "Dockerfile"), TestContext.Current.CancellationToken));
        await BuildPagesAsync(folder["source"]);

        // The sources stay where they are; what is made of them does not.
        commands.Count.ShouldBe(2);
        foreach (var command in commands)
        {
            var words = command.Replace("/pages", folder["source/artifacts/ui"], StringComparison.Ordinal).Replace("/app", folder["app"], StringComparison.Ordinal).Split(' ');
            await SayAsync(GantryProgram.StartPublished(words[1], Variables, Root, [.. words[2..], "--artifacts-path", folder["made"], "-nodeReuse:false", "-p:UseSharedCompilation=false"]));
        }

        Directory.Delete(folder["source"], recursive: true);
        Directory.Delete(folder["made"], recursive: true);
        Directory.CreateDirectory(folder["empty"]);

        await using var hub = new HubProgram(folder["data"]) { Published = (folder["app/Gantry.Hub.dll"], folder["empty"]) };
        await hub.StartAsync();
        using HttpClient browser = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = hub.Address };
        using var page = await browser.GetAsync("/", TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var script = Regex.Match(html, "src=\"(/assets/[^\"]+\\.js)\"").Groups[1].Value;
        using var asset = await browser.GetAsync(script, TestContext.Current.CancellationToken);

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("script-src 'self'");
        policy.ShouldNotContain("unsafe-eval");
        html.ShouldNotMatch("<script(?![^>]*src=)");
        asset.StatusCode.ShouldBe(HttpStatusCode.OK, script);
        asset.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        (await asset.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeGreaterThan(10_000);
        Directory.EnumerateFileSystemEntries(folder["empty"]).ShouldBeEmpty();
        (await SayAsync(GantryProgram.StartPublished(folder["app/Gantry.Cli.dll"], Variables, folder["empty"], "--version"))).ShouldNotBeEmpty();
    }

    /// <summary>In a folder that has nothing of the repository but what the image's first stage copies.</summary>
    private static async Task BuildPagesAsync(string source)
    {
        var ui = Path.Combine(source, "ui");
        Directory.CreateDirectory(ui);
        foreach (var part in Directory.EnumerateFileSystemEntries(Path.Combine(Root, "ui")).Where(part => Path.GetFileName(part) != "node_modules"))
            await SayAsync(GantryProgram.Start("/bin/cp", Variables, ["-r", part, ui], source));
        Directory.CreateSymbolicLink(Path.Combine(ui, "node_modules"), Path.Combine(Root, "ui", "node_modules"));
        await SayAsync(GantryProgram.Start(Path.Combine(Root, ".ci", "build-ui"), Variables, ["npm", "--prefix", ui, "run", "build"], ui));
    }

    private static List<string> CommandsOf(string dockerfile) => [.. Regex.Matches(dockerfile, "dotnet publish [^\\\\\n]+").Select(match => match.Value.Trim())];

    /// <summary>What it said until it ended well.</summary>
    private static async Task<string> SayAsync(Process started)
    {
        using var process = started;
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{string.Join(' ', process.StartInfo.ArgumentList)}\n{await said}\n{await complained}");
        return await said;
    }
}
