using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Hub.Operations;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class HubLoggingSpecs : IDisposable
{
    private readonly SecretsInUse inUse = new();
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-logs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_secret_is_masked_alone_and_inside_whatever_holds_it()
    {
        using (var logging = Open())
        {
            var logger = logging.LoggerFor("Test");
            logger.LogWarning("Given {Secret} and {Holder} and {List} and {@Taken}", new Secret("hunter2"), new Holder("me", new Secret("hunter2")),
                new[] { new Secret("hunter2") }, new Holder("me", new Secret("hunter2")));
            logger.LogError(new InvalidOperationException("About " + new Secret("hunter2")), "Failed");
        }

        var text = File.ReadAllText(Path.Combine(folder, "gantry.log"));
        text.ShouldNotContain("hunter2");
        text.ShouldContain("***");
    }

    [Fact]
    public void A_secret_in_use_is_masked_in_what_others_say_until_its_use_ends()
    {
        using (var logging = Open())
        {
            var logger = logging.LoggerFor("Test");
            using (var redactor = inUse.Begin())
            {
                redactor.Add(new Secret("hunter2 \"é\""));
                logger.LogError(new InvalidOperationException("refused hunter2 \"é\""), "GET {Url}", $"/a?key={Uri.EscapeDataString("hunter2 \"é\"")}");
            }

            logger.LogInformation("hunter2 is a word again");
        }

        var lines = File.ReadAllLines(Path.Combine(folder, "gantry.log")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines[0].GetProperty("message").GetString().ShouldBe("GET /a?key=***");
        lines[0].GetProperty("exception").GetString()!.ShouldContain("refused ***");
        lines[0].GetRawText().ShouldNotContain("hunter2");
        lines[1].GetProperty("message").GetString().ShouldBe("hunter2 is a word again");
    }

    [Fact]
    public void A_line_break_in_a_value_makes_no_second_line()
    {
        using (var logging = Open()) logging.LoggerFor("Test").LogWarning("A name: {Name}", "a\n{\"level\":\"error\"}");

        JsonDocument.Parse(File.ReadAllLines(Path.Combine(folder, "gantry.log")).ShouldHaveSingleItem())
            .RootElement.GetProperty("level").GetString().ShouldBe("warn");
    }

    [Fact]
    public void An_execution_is_named_on_every_line_of_its_scope()
    {
        using (var logging = Open())
        {
            var logger = logging.LoggerFor("Test");
            using (logger.BeginScope(new Dictionary<string, object> { ["execution"] = "e-1" })) logger.LogInformation("Inside");
        }

        JsonDocument.Parse(File.ReadAllLines(Path.Combine(folder, "gantry.log")).Single()).RootElement.GetProperty("execution").GetString().ShouldBe("e-1");
    }

    [Fact]
    public void Hubs_of_two_data_folders_keep_their_logs_apart_whichever_starts_first_or_stops()
    {
        string[] installed = ["--data", Path.Combine(folder, "installed")], development = ["--data", Path.Combine(folder, "development")];
        using (var one = Open(installed))
        {
            one.LoggerFor("Test").LogInformation("Installed");
            using var other = Open(development);
            other.LoggerFor("Test").LogInformation("In development");
        }

        using var again = Open(development);
        using var first = Open(installed);

        again.Lines.File.ShouldMatch("/development-[0-9a-f]{8}/gantry.log$");
        first.Lines.File.ShouldBe(Path.Combine(folder, "gantry.log"));
        again.Lines.After(0, new SystemLogFilter()).ShouldHaveSingleItem().Message.ShouldBe("In development");
        first.Lines.After(0, new SystemLogFilter()).ShouldHaveSingleItem().Message.ShouldBe("Installed");
    }

    [Fact]
    public void Hubs_with_the_same_data_folder_in_two_containers_keep_their_logs_apart_as_well()
    {
        using var first = Open();
        using var second = Open();
        using var third = Open();

        new[] { first, second, third }.Select(each => each.Lines.File).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void A_log_in_a_data_folder_that_was_moved_stays_that_of_its_hub()
    {
        var (before, after) = (Path.Combine(folder, "before"), Path.Combine(folder, "after"));
        using (var logging = Open("--data", before, "--log-dir", Path.Combine(before, "logs"))) logging.LoggerFor("Test").LogInformation("Before");
        Directory.Move(before, after);

        using var moved = Open("--data", after, "--log-dir", Path.Combine(after, "logs"));

        moved.Lines.File.ShouldBe(Path.Combine(after, "logs", "gantry.log"));
        moved.Lines.After(0, new SystemLogFilter()).ShouldHaveSingleItem();
    }

    [Fact]
    public void Files_are_closed_at_their_size_and_only_so_many_are_kept()
    {
        using (var logging = Open("--log-file-megabytes", "1", "--log-files", "2"))
        {
            var logger = logging.LoggerFor("Test");
            var line = new string('x', 10_000);
            for (var i = 0; i < 600; i++) logger.LogInformation("{Line}", line);
        }

        var files = Directory.GetFiles(folder, "gantry*.log");
        files.Length.ShouldBe(3);
        files.Max(file => new FileInfo(file).Length).ShouldBeLessThan(1_200_000);
    }

    private HubLogging Open(params string[] arguments) => HubLogging.Open(
        HubConfiguration.Read([.. Given("--data", arguments), .. Given("--log-dir", arguments), .. arguments], new Dictionary<string, string>()), inUse);

    private string[] Given(string flag, string[] arguments) => arguments.Contains(flag) ? [] : [flag, folder];

    private sealed record Holder(string Name, Secret Password);
}
