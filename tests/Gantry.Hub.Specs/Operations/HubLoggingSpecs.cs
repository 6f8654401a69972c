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
    public void A_second_hub_with_the_same_folder_writes_a_file_of_its_own()
    {
        using var first = Open();
        using (var second = Open()) second.LoggerFor("Test").LogInformation("Second");

        File.ReadAllText(Path.Combine(folder, "gantry-2.log")).ShouldContain("Second");
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
        HubConfiguration.Read([.. arguments, "--data", folder, "--log-dir", folder], new Dictionary<string, string>()), inUse);

    private sealed record Holder(string Name, Secret Password);
}
