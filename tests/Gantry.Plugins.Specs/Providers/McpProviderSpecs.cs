using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Tools of the protocol's own server, by both of its ways, and of servers that do what none should.</summary>
public sealed class McpProviderSpecs(McpProviderSpecs.Everything everything) : IClassFixture<McpProviderSpecs.Everything>
{
    private readonly ProviderStage stage = new();

    public static TheoryData<string> Ways => ["url", "program"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Tools_are_listed_and_called(string way)
    {
        var listed = await RunAsync(way, "mcp.list_tools");
        var echoed = await RunAsync(way, "mcp.call_tool", "echo", new { message = "Hello\n$${x} ü" });
        var structured = await RunAsync(way, "mcp.call_tool", "get-structured-content", new { location = "Chicago" });
        var image = await RunAsync(way, "mcp.call_tool", "get-tiny-image", new { });

        listed.Error.ShouldBeNull();
        var echo = OutputOf(listed).GetProperty("tools").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "echo");
        echo.GetProperty("input_schema").GetProperty("properties").TryGetProperty("message", out _).ShouldBeTrue();
        OutputOf(echoed).GetProperty("text").GetString().ShouldBe("Echo: Hello\n${x} ü");
        OutputOf(structured).GetProperty("structured").GetProperty("temperature").ValueKind.ShouldBe(JsonValueKind.Number);
        OutputOf(image).GetProperty("content").EnumerateArray().ShouldContain(block => block.GetProperty("type").GetString() == "image");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_a_tool_calls_an_error_is_a_failure_with_its_text(string way)
    {
        var wrong = await RunAsync(way, "mcp.call_tool", "echo", new { message = 5 });
        var unknown = await RunAsync(way, "mcp.call_tool", "nothing-of-this-name", new { });

        wrong.Error!.Message.ShouldContain("message");
        unknown.Error!.Message.ShouldContain("nothing-of-this-name");
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Ways))]
    public async Task What_takes_too_long_is_ended_and_nobody_says_that_it_was_not_done(string way)
    {
        var leap = TimeSpan.FromMinutes(1);
        var begun = new FirstReport();
        (stage.Clock, stage.Journal) = (new LeapingClock(leap), new MemoryJournal(begun));

        var calling = RunAsync(way, "mcp.call_tool", "trigger-long-running-operation", new { duration = 600, steps = 6000 }, timeout: "50s");
        await Task.WhenAny(begun.Task, calling);
        await Task.Delay(leap, stage.Clock, TestContext.Current.CancellationToken);
        var late = await calling;

        (late.Error!.Kind, late.Error.IsTransient).ShouldBe((ProviderErrorKind.TimedOut, false));
        late.Error.Message.ShouldContain("is not known");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_program_ends_with_its_step_and_with_its_cancelling()
    {
        McpServer.SkipUnlessInstalled();
        stage.ProgramsAllowed.Add(NodeServers.Node);
        using var stop = new CancellationTokenSource();
        var (ended, cancelled) = ($"--gantry-{Guid.CreateVersion7():n}", $"--gantry-{Guid.CreateVersion7():n}");
        object Call(string word, string tool, object input) => new { program = NodeServers.Node, arguments = new[] { McpServer.Script, "stdio", word }, tool, input };

        var done = await stage.RunAsync("mcp.call_tool", Call(ended, "echo", new { message = "a" }));
        var running = stage.RunAsync("mcp.call_tool", Call(cancelled, "trigger-long-running-operation", new { duration = 600, steps = 1 }), cancellationToken: stop.Token);
        await RunningPrograms.WaitUntilAsync(cancelled, isThere: true, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var outcome = await running;

        done.Error.ShouldBeNull();
        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Cancelled);
        RunningPrograms.Has(ended).ShouldBeFalse();
        // A cancelled step is over after a second and a half, also where its program takes longer.
        await RunningPrograms.WaitUntilAsync(cancelled, isThere: false, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("""{"program": "/usr/bin/env"}""", "GANTRY_PROGRAMS_ALLOW=/usr/bin/env")]
    [InlineData("""{"program": "/bin/sh", "url": "http://127.0.0.1:1/"}""", "either 'url'")]
    [InlineData("{}", "either 'url'")]
    [InlineData("""{"url": "file:///etc/passwd"}""", "http:// or https://")]
    [InlineData("""{"url": "http://127.0.0.1:1/", "arguments": ["a"]}""", "'arguments' is for a 'program'")]
    [InlineData("""{"program": "/usr/bin/true", "bearer": "${cred:TOKEN}"}""", "'bearer' is for a 'url'")]
    [InlineData("""{"program": "/usr/bin/true"}""", "does not speak")]
    [InlineData("""{"url": "http://127.0.0.1:1/"}""", "could not be reached")]
    [InlineData("""{"url": "http://127.0.0.1:1/", "headers": {"Host": "other"}}""", "'Host'")]
    public async Task What_cannot_be_spoken_to_is_told_with_what_to_do(string server, string message)
    {
        stage.ProgramsAllowed.AddRange(["/bin/sh", "/usr/bin/true"]);
        stage.Secrets["TOKEN"] = "t0ken-of-a-test";

        var outcome = await stage.RunAsync("mcp.list_tools", JsonElement.Parse(server));

        outcome.Error!.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Where_the_rules_do_not_lead_nothing_is_asked()
    {
        await using var server = await LoopbackServer.StartAsync();
        stage.EgressAllowed.Clear();

        var outcome = await stage.RunAsync("mcp.list_tools", new { url = server.Url });

        outcome.Error!.Message.ShouldContain("not an address of the public internet");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_credential_goes_into_the_header_and_into_no_message()
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync($"No: {context.Request.Headers.Authorization}");
        };
        stage.Secrets["TOKEN"] = "t0ken-of-a-test";

        var outcome = await stage.RunAsync("mcp.list_tools", new { url = server.Url, bearer = "${cred:TOKEN}" });

        server.Requests.ShouldNotBeEmpty();
        server.Requests.ShouldAllBe(request => request.Headers["Authorization"] == "Bearer t0ken-of-a-test");
        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        outcome.Error.Message.ShouldNotContain("t0ken-of-a-test");
    }

    [Theory]
    [InlineData("application/json", "[1, 2")]
    [InlineData("application/json", "{\"jsonrpc\": \"2.0\", \"id\": 99, \"result\": {}}")]
    [InlineData("text/event-stream", "data: no json\n\n")]
    [InlineData("text/html", "<html>Sign in</html>")]
    public async Task A_server_that_speaks_something_else_is_told_as_such(string type, string body)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        };

        var outcome = await stage.RunAsync("mcp.list_tools", new { url = server.Url, timeout = "5s" });

        outcome.Error!.Kind.ShouldBeOneOf(ProviderErrorKind.Unavailable, ProviderErrorKind.Upstream, ProviderErrorKind.TimedOut);
        outcome.Error.Message.ShouldContain(server.Url);
    }

    [Fact]
    public async Task More_than_16_MB_are_not_listened_to()
    {
        var block = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
        await using var server = await LoopbackServer.StartAsync();
        server.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            for (var megabyte = 0; megabyte < 100; megabyte++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        };

        var outcome = await stage.RunAsync("mcp.list_tools", new { url = server.Url });

        outcome.Error!.Message.ShouldContain("more than 16,777,216 bytes");
    }

    private static JsonElement OutputOf(PlanOutcome outcome) => outcome.Error is { } error ? throw new InvalidOperationException(error.Message) : outcome.Output!.Value;

    private async Task<PlanOutcome> RunAsync(string way, string use, string? tool = null, object? input = null, string timeout = "100s")
    {
        McpServer.SkipUnlessInstalled();
        stage.ProgramsAllowed.Add(NodeServers.Node);
        Dictionary<string, object> parameters = new(StringComparer.Ordinal) { ["timeout"] = timeout };
        if (way == "url")
        {
            parameters["url"] = (await everything.GetAsync()).Url;
        }
        else
        {
            (parameters["program"], parameters["arguments"]) = (NodeServers.Node, new[] { McpServer.Script, "stdio" });
        }

        if (tool is not null)
        {
            (parameters["tool"], parameters["input"]) = (tool, input!);
        }

        return await stage.RunAsync(use, parameters);
    }

    /// <summary>Comes when the tool is at work.</summary>
    private sealed class FirstReport : IJournalListener
    {
        private readonly TaskCompletionSource came = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => came.Task;

        public void Recorded(StepAttempt attempt)
        {
        }

        public void Wrote(ExecutionLogLine line)
        {
        }

        public void Reported(string stepPath, JsonElement progress) => came.TrySetResult();
    }

    public sealed class Everything() : SharedServer<McpServer>(McpServer.StartAsync);
}
