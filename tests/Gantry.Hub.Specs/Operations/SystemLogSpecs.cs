using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Operations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class SystemLogSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-logs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Lines_are_found_by_level_component_and_text_the_newest_first()
    {
        using var logging = Open();
        logging.LoggerFor("Gantry.Hub.Triggers.Scheduler").LogInformation("The plan {Plan} is due", "nightly");
        logging.LoggerFor("Gantry.Hub.Vault.VaultStart").LogWarning("A key is old");
        logging.LoggerFor("Npgsql.Command").LogError("It failed");

        var all = logging.Lines.Before(null, new SystemLogFilter(), 10);
        all.Select(line => $"{line.Level} {line.Component} {line.Message}").ShouldBe(["error Npgsql It failed", "warning Vault A key is old", "info Triggers The plan nightly is due"]);
        logging.Lines.Before(all[1].Id, new SystemLogFilter(), 10).ShouldHaveSingleItem().Fields!.Value.GetProperty("Plan").GetString().ShouldBe("nightly");
        logging.Lines.Before(null, new SystemLogFilter { Level = "warning" }, 10).Count.ShouldBe(2);
        logging.Lines.Before(null, new SystemLogFilter { Component = "Vault" }, 10).ShouldHaveSingleItem();
        logging.Lines.Before(null, new SystemLogFilter { Text = "NIGHTLY" }, 10).ShouldHaveSingleItem();
        logging.Lines.Components.ShouldBe(["Npgsql", "Triggers", "Vault"]);
    }

    [Fact]
    public void Lines_of_the_start_before_are_there_and_ids_only_grow()
    {
        using (var before = Open()) before.LoggerFor("Gantry.Hub.Web.X").LogInformation("before");

        using var logging = Open();
        logging.LoggerFor("Gantry.Hub.Web.X").LogInformation("after");

        var lines = logging.Lines.After(0, new SystemLogFilter());
        lines.Select(line => line.Message).ShouldBe(["before", "after"]);
        lines[1].Id.ShouldBeGreaterThan(lines[0].Id);
    }

    [Fact]
    public void However_many_lines_there_are_the_newest_are_kept()
    {
        var log = new SystemLog { File = Path.Combine(folder, "gantry.log") };
        for (var i = 0; i < 20_010; i++) log.Add($$"""{"time":"2026-01-31T08:00:00Z","level":"info","component":"Gantry.Hub.Web.X","message":"{{i}}"}""");

        var lines = log.After(0, new SystemLogFilter());
        (lines.Count, lines[0].Message, lines[^1].Message).ShouldBe((20_000, "10", "20009"));
    }

    private HubLogging Open() => HubLogging.Open(
        HubConfiguration.Read(["--data", folder, "--log-dir", folder], new Dictionary<string, string>(StringComparer.Ordinal)), new Engine.Secrets.SecretsInUse());
}

public sealed class SystemLogRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_log_is_listed_and_followed_live()
    {
        var logger = hub.Server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gantry.Hub.Stories.Teller");
        logger.LogWarning("The first {Thing}", "line");

        var page = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/system-logs?component=Stories&q=first");
        using var answer = await hub.Admin.GetAsync("/api/system-logs/events?component=Stories&tail=1", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var earlier = await NextAsync(reader);
        logger.LogError("The second");
        var live = await NextAsync(reader);

        page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("message").GetString().ShouldBe("The first line");
        page.GetProperty("components").EnumerateArray().Select(each => each.GetString()).ShouldContain("Stories");
        (earlier.GetProperty("message").GetString(), live.GetProperty("message").GetString(), live.GetProperty("level").GetString()).ShouldBe(("The first line", "The second", "error"));
        using var wrong = await hub.Admin.GetAsync("/api/system-logs?level=loud");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Settings_tell_their_meaning_value_and_source_and_no_secret()
    {
        var text = await hub.Admin.GetStringAsync("/api/settings");

        var settings = JsonElement.Parse(text).GetProperty("items").EnumerateArray().ToDictionary(each => each.GetProperty("name").GetString()!, StringComparer.Ordinal);
        settings["log_level"].GetProperty("value").GetString().ShouldBe("warning");
        settings["log_level"].GetProperty("source").GetString().ShouldBe("the flag --log-level");
        settings["runs_max"].GetProperty("is_given").GetBoolean().ShouldBeFalse();
        settings["runs_max"].GetProperty("source").GetString().ShouldBe("its default");
        (settings["admin_password"].GetProperty("has_value").GetBoolean(), settings["admin_password"].GetProperty("value").ValueKind).ShouldBe((true, JsonValueKind.Null));
        text.ShouldNotContain(HubFixture.AdminPassword);
    }

    /// <summary>The data of the next event.</summary>
    private static async Task<JsonElement> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonElement.Parse(line["data: ".Length..]);
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
