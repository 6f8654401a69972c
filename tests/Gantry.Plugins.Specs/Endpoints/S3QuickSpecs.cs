using System.Text;
using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Small requests on lines of our own: what an answer of a server that misbehaves leads to.</summary>
public sealed class S3QuickSpecs
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Other = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\nConnection: close\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5\n\nhello")]
    public async Task A_small_file_is_fetched(string answer)
    {
        await using RawHttpServer server = new(answer);
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
        await using RawHttpServer server = new(answer);
        await using var endpoint = server.Open();

        (await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token)).ShouldBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_only_says_that_an_answer_is_to_come_is_not_listened_to_for_ever()
    {
        await using RawHttpServer server = new(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100)));
        await using var endpoint = server.Open();

        (await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token)).ShouldBeNull();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")]
    public async Task An_answer_that_is_cut_is_told_as_that(string answer)
    {
        await using RawHttpServer server = new(answer, hangsUp: true);
        await using var endpoint = server.Open();

        var failed = await Should.ThrowAsync<EndpointException>(async () => await FetchAsync(endpoint, 10));

        (failed.Error, failed.IsTransient).ShouldBe((EndpointError.Disconnected, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_has_grown_fills_the_buffer_and_spoils_nothing()
    {
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 3)).ShouldBe("hel");
        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_that_the_server_closed_meanwhile_is_replaced()
    {
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", hangsUp: true);
        await using var endpoint = server.Open();

        foreach (var _ in Enumerable.Range(0, 20))
        {
            (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_not_wanted_any_more_ends_while_the_server_says_nothing()
    {
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\n");
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
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\n");
        var endpoint = server.Open();
        var fetching = ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[10], Token).AsTask();
        await server.Asked.WaitAsync(Token);

        await endpoint.DisposeAsync();

        (await Should.ThrowAsync<EndpointException>(fetching)).Error.ShouldBe(EndpointError.Disconnected);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reason_is_told_as_on_the_long_way()
    {
        await using RawHttpServer server = new("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n1c;x=y\r\n<Error><Code>SlowDown</Code>\r\n8\r\n</Error>\r\n0\r\n\r\n");
        await using var endpoint = server.Open();

        var failed = await Should.ThrowAsync<EndpointException>(async () => await FetchAsync(endpoint, 10));

        (failed.IsTransient, failed.RetryAfter).ShouldBe((true, TimeSpan.FromSeconds(7)));
        failed.Message.ShouldContain("SlowDown");
    }

    /// <summary>One that tells files' ends in its own way has another content for the next file ready.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Bytes_behind_an_answer_are_not_the_next_one()
    {
        await using RawHttpServer server = new(Hello + Other);
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Other)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    public async Task What_a_server_says_before_it_is_asked_is_no_answer(string unasked)
    {
        await using RawHttpServer server = new(Hello);
        await using var endpoint = server.Open();
        (await FetchAsync(endpoint, 6)).ShouldBe("hello");

        await server.SayAsync(unasked);

        (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        server.Connections.ShouldBe(2);
    }

    public static TheoryData<string> HostilePieces =>
    [
        "-1\r\nhello\r\n0\r\n\r\n", "80000000\r\nhello\r\n0\r\n\r\n", "7FFFFFFF\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "five\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n", ";\r\nhello\r\n0\r\n\r\n", "5\r\nhellooo\r\n0\r\n\r\n", "0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 200)) + "\r\n", new string('0', 200_000) + "\r\n",
    ];

    /// <summary>Of an error's text no length is known before; of a file's content it is, so that it never comes so.</summary>
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(HostilePieces))]
    public async Task Pieces_that_lie_are_left_to_the_long_way(string pieces)
    {
        await using RawHttpServer server = new("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces);
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 10)).ShouldBeNull();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(HostilePieces))]
    public async Task A_listing_in_pieces_that_lie_is_none(string pieces)
    {
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces, hangsUp: true);
        await using var endpoint = server.Open();

        await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.1 200 OK\r\n", "X: y\r\n", 100_000)]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "y", 1_000_000)]
    [InlineData("HTTP/1.1 200 ", "O", 1_000_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: ", "9", 20)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: ", "9", 500)]
    public async Task Headers_without_end_are_left_to_the_long_way(string begin, string again, int times)
    {
        await using RawHttpServer server = new(begin + string.Concat(Enumerable.Repeat(again, times)) + "\r\n\r\nhello");
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 10)).ShouldBeNull();
    }

    /// <summary>No more is taken than was asked for, however much is promised.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_promise_of_exabytes_costs_no_memory()
    {
        await using RawHttpServer server = new("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nhello");
        await using var endpoint = server.Open();

        (await FetchAsync(endpoint, 5)).ShouldBe("hello");
        (await FetchAsync(endpoint, 5)).ShouldBe("hello");
        server.Connections.ShouldBe(2);
    }

    /// <summary>With one connection, so that the next ones need the thread of the one whose receiver failed.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_receiver_that_fails_ends_no_other_request_and_is_told_at_the_end()
    {
        await using RawHttpServer server = new(Hello);
        var endpoint = server.Open(("connections", "1"));
        using SemaphoreSlim told = new(0);

        ((IWritesWhole)endpoint).TryBeginWrite("file", "x"u8.ToArray(), S3Stage.Options(1), new FailingReceiver(told), Token).ShouldBeTrue();
        await told.WaitAsync(Token);
        for (var time = 0; time < 3; time++)
        {
            (await FetchAsync(endpoint, 6)).ShouldBe("hello");
        }

        (await Should.ThrowAsync<InvalidOperationException>(async () => await endpoint.DisposeAsync())).Message.ShouldBe("This receiver fails.");
    }

    /// <summary>A sign-in page of a network answers whatever is asked.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_web_page_that_answers_anything_is_no_file_and_keeps_none()
    {
        await using RawHttpServer server = new(Hello);
        await using var endpoint = server.Open();
        TellingReceiver told = new();

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.WriteAsync("file", new MemoryStream([1]), S3Stage.Options(1), Token)))
            .Message.ShouldContain("no ETag");
        ((IWritesWhole)endpoint).TryBeginWrite("quick", "x"u8.ToArray(), S3Stage.Options(1), told, Token).ShouldBeTrue();
        (await told.End.Task).ShouldBe(WholeWriteEnd.NotWritten);
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("file", Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    private static async Task<string?> FetchAsync(IEndpoint endpoint, int bytes)
    {
        var buffer = new byte[bytes];
        return await ((IFetchesWhole)endpoint).FetchWholeAsync("file", buffer, Token) is { } fetched ? Encoding.ASCII.GetString(buffer, 0, fetched.Length) : null;
    }

    private sealed class TellingReceiver : IWholeWriteReceiver
    {
        public TaskCompletionSource<WholeWriteEnd> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnEnded(WholeWriteEnd end) => End.SetResult(end);
    }

    private sealed class FailingReceiver(SemaphoreSlim told) : IWholeWriteReceiver
    {
        public void OnEnded(WholeWriteEnd end)
        {
            told.Release();
            throw new InvalidOperationException("This receiver fails.");
        }
    }
}
