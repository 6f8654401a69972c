using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class WaitForProviderSpecs : IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private readonly MemoryEndpoint files = new();
    private LoopbackServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await LoopbackServer.StartAsync();
        stage.Endpoints = new OneEndpoint(files);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await files.DisposeAsync();
    }

    [Fact]
    public async Task A_url_is_asked_until_it_answers_as_expected()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = server.Requests.Count < 3 ? 503 : 200;
            return context.Response.WriteAsync(server.Requests.Count < 5 ? "starting" : "all ready");
        };

        var outcome = await stage.RunAsync("wait_for.url", new { url = server.Url, contains = "ready", interval = "1ms" });

        outcome.Error.ShouldBeNull();
        (server.Requests.Count, outcome.Output!.Value.GetProperty("status").GetInt32(), outcome.Output!.Value.GetProperty("body").GetString()).ShouldBe((5, 200, "all ready"));
    }

    [Fact]
    public async Task A_url_that_never_answers_so_is_given_up_with_what_it_said_last()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        stage.Clock = new LeapingClock(TimeSpan.FromSeconds(7));

        var outcome = await stage.RunAsync("wait_for.url", new { url = server.Url + "/health?token=x", interval = "7s", within = "1m" });

        (outcome.Error!.Kind, outcome.Error.IsTransient, server.Requests.Count).ShouldBe((ProviderErrorKind.TimedOut, false, 9));
        outcome.Error.Message.ShouldContain("503");
        outcome.Error.Message.ShouldNotContain("token");
    }

    [Theory]
    [InlineData("url")]
    [InlineData("port")]
    public async Task What_may_not_be_reached_is_not_waited_for(string action)
    {
        stage.EgressAllowed.Clear();

        var outcome = await stage.RunAsync($"wait_for.{action}", action == "url" ? new { url = server.Url } : new { host = "127.0.0.1", port = server.Port });

        (outcome.Error!.Kind, server.Requests.Count).ShouldBe((ProviderErrorKind.BadRequest, 0));
    }

    [Fact]
    public async Task A_port_is_tried_until_it_opens()
    {
        using var held = HoldPort(out var port);
        stage.Clock = new LeapingClock(TimeSpan.FromSeconds(7))
        {
            Leaping = () =>
            {
                held.Listen();
                return Task.CompletedTask;
            },
        };

        var outcome = await stage.RunAsync("wait_for.port", new { host = "127.0.0.1", port, interval = "7s" });

        outcome.Error.ShouldBeNull();
        ((LeapingClock)stage.Clock).Leaps.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_that_stays_closed_is_given_up()
    {
        using var held = HoldPort(out var port);
        stage.Clock = new LeapingClock(TimeSpan.FromSeconds(7));

        var outcome = await stage.RunAsync("wait_for.port", new { host = "127.0.0.1", port, interval = "7s", within = "1m" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);
        outcome.Error.Message.ShouldContain("refused");
    }

    [Fact]
    public async Task A_file_is_looked_for_until_it_is_there_and_large_enough()
    {
        var waiting = stage.RunAsync("wait_for.file", new { at = "out:x/report.csv", min_bytes = 3, interval = "1ms" });
        await WriteAsync("report.csv", "ab");
        await WriteAsync("report.csv", "abc");

        var outcome = await waiting;

        outcome.Error.ShouldBeNull();
        (outcome.Output!.Value.GetProperty("size").GetInt32(), outcome.Output!.Value.GetProperty("name").GetString()).ShouldBe((3, "report.csv"));
    }

    [Fact]
    public async Task A_file_that_changes_is_waited_on()
    {
        await WriteAsync("growing", "a");
        var size = 1;
        var growing = new LeapingClock(TimeSpan.FromSeconds(7)) { Leaping = () => WriteAsync("growing", new string('a', ++size)).AsTask() };
        var resting = new LeapingClock(TimeSpan.FromSeconds(7));

        stage.Clock = growing;
        var unsteady = await stage.RunAsync("wait_for.file", new { at = "out:x/growing", unchanged_for = "10s", interval = "7s", within = "5m" });
        stage.Clock = resting;
        var steady = await stage.RunAsync("wait_for.file", new { at = "out:x/growing", unchanged_for = "10s", interval = "7s", within = "5m" });

        (unsteady.Error!.Kind, steady.Error, resting.Leaps).ShouldBe((ProviderErrorKind.TimedOut, null, 2));
    }

    [Fact]
    public async Task Cancelling_ends_the_waiting()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = stage.RunAsync("wait_for.file", new { at = "out:x/none" }, cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        (await waiting).Status.ShouldBe(ExecutionStatus.Cancelled);
    }

    /// <summary>A port that nobody else gets, and that refuses connections until it listens.</summary>
    private static Socket HoldPort(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private ValueTask<Entry> WriteAsync(string path, string text) =>
        files.WriteAsync(path, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), new WriteOptions { PartialName = ".part" }, CancellationToken.None);

    private sealed class OneEndpoint(MemoryEndpoint endpoint) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<IEndpoint>(endpoint);
    }
}
