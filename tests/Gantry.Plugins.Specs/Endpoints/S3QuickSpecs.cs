using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Small requests on lines of our own: what an answer of a server that misbehaves leads to.</summary>
public sealed class S3QuickSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\nConnection: close\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5\n\nhello")]
    public async Task A_small_file_is_fetched(string answer)
    {
        await using RawServer server = new(answer);
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\n folded: yes\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\n: none\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task What_is_no_plain_answer_is_left_to_the_long_way(string answer)
    {
        await using RawServer server = new(answer);
        await using var endpoint = server.Open();

        (await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token)).ShouldBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_only_says_that_an_answer_is_to_come_is_not_listened_to_for_ever()
    {
        await using RawServer server = new(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100)));
        await using var endpoint = server.Open();

        (await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token)).ShouldBeNull();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")]
    public async Task An_answer_that_is_cut_is_told_as_that(string answer)
    {
        await using RawServer server = new(answer, hangsUp: true);
        await using var endpoint = server.Open();

        var failed = await Should.ThrowAsync<EndpointException>(async () => await FetchAsync(endpoint, 10));

        (failed.Error, failed.IsTransient).ShouldBe((EndpointError.Disconnected, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_has_grown_fills_the_buffer_and_spoils_nothing()
    {
        await using RawServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 3)).ShouldBe("hel");
        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_that_the_server_closed_meanwhile_is_replaced()
    {
        await using RawServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", hangsUp: true);
        await using var endpoint = server.Open();

        foreach (var _ in Enumerable.Range(0, 20))
        {
            (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_not_wanted_any_more_ends_while_the_server_says_nothing()
    {
        await using RawServer server = new("HTTP/1.1 200 OK\r\n");
        await using var endpoint = server.Open();
        using CancellationTokenSource leaving = new();
        var fetching = ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], leaving.Token).AsTask();
        await server.Asked.WaitAsync(Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(fetching);
    }

    [Fact(Timeout = 120_000)]
    public async Task Closing_does_not_wait_for_a_server_that_says_nothing()
    {
        await using RawServer server = new("HTTP/1.1 200 OK\r\n");
        var endpoint = server.Open();
        var fetching = ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token).AsTask();
        await server.Asked.WaitAsync(Token);

        await endpoint.DisposeAsync();

        (await Should.ThrowAsync<EndpointException>(fetching)).Error.ShouldBe(EndpointError.Disconnected);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reason_is_told_as_on_the_long_way()
    {
        await using RawServer server = new("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n1c;x=y\r\n<Error><Code>SlowDown</Code>\r\n8\r\n</Error>\r\n0\r\n\r\n");
        await using var endpoint = server.Open();

        var failed = await Should.ThrowAsync<EndpointException>(async () => await FetchAsync(endpoint, 10));

        (failed.IsTransient, failed.RetryAfter).ShouldBe((true, TimeSpan.FromSeconds(7)));
        failed.Message.ShouldContain("SlowDown");
    }

    private static async Task<string?> FetchAsync(IEndpoint endpoint, int bytes)
    {
        var buffer = new byte[bytes];
        return await ((IFetchesWhole)endpoint).FetchWholeAsync("file", buffer, Token) is { } fetched ? Encoding.ASCII.GetString(buffer, 0, fetched.Length) : null;
    }

    /// <summary>Says the same to every request.</summary>
    private sealed class RawServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task serving;

        public RawServer(string answer, bool hangsUp = false)
        {
            listener.Start();
            serving = ServeAsync(answer, hangsUp);
        }

        public Task Asked => asked.Task;

        public IEndpoint Open() => new S3Kind().Open(
            new EndpointSettings
            {
                Kind = "s3",
                Values = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["bucket"] = "bucket",
                    ["endpoint"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
                    ["region"] = "us-east-1",
                    ["anonymous"] = "true",
                },
            },
            S3Server.Context());

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Dispose();
            await serving;
            stop.Dispose();
        }

        private async Task ServeAsync(string answer, bool hangsUp)
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync(stop.Token);
                    _ = AnswerAsync(client, answer, hangsUp);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
            {
                // The test has had enough.
            }
        }

        private async Task AnswerAsync(TcpClient client, string answer, bool hangsUp)
        {
            try
            {
                using (client)
                {
                    using StreamReader reader = new(client.GetStream(), Encoding.ASCII);
                    while (await reader.ReadLineAsync(stop.Token) is { } line)
                    {
                        if (line.Length == 0)
                        {
                            asked.TrySetResult();
                            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
                            if (hangsUp)
                            {
                                return;
                            }
                        }
                    }
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // That end has had enough.
            }
        }
    }
}
