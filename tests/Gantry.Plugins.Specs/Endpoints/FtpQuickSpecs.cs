using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Small files on the short way, which knows success only: whatever else happens is told apart, and cleaned up.</summary>
public sealed class FtpQuickSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Files_arrive_one_behind_the_other()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server);

        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => BeginAsync(endpoint, $"file {number}", new byte[number * 100])));

        ends.ShouldAllBe(end => end == WholeWriteEnd.Written);
        Enumerable.Range(0, 100).ShouldAllBe(number => server.Files[$"/file {number}"].Length == number * 100);
        server.Files.Count.ShouldBe(101);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("STOR", "550 No\r\n")]
    [InlineData("SIZE", "213 1\r\n")]
    [InlineData("RNTO", "550 It is there\r\n")]
    public async Task What_is_refused_leaves_nothing_behind(string word, string answer)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server);
        server.Answer = (_, line) => line.StartsWith(word, StringComparison.Ordinal) ? answer : null;

        var end = await BeginAsync(endpoint, "file", new byte[5000]);

        end.ShouldBe(WholeWriteEnd.NotWritten);
        server.Files.Keys.ShouldBe(["/first"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("STOR", "150-not yet\r\n")]
    [InlineData("RNTO", "250-not yet\r\n")]
    [InlineData("STOR", "421 Goodbye\r\n")]
    [InlineData("SIZE", "")]
    public async Task A_session_that_is_lost_is_told_and_replaced(string word, string answer)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("timeout", "5s"), ("connections", "1"));
        server.Answer = (connection, line) => connection == 1 && line.StartsWith(word, StringComparison.Ordinal) ? answer : null;

        var end = await BeginAsync(endpoint, "file", new byte[5000]);
        var again = await BeginAsync(endpoint, "another", new byte[5000]);

        end.ShouldBe(WholeWriteEnd.Lost);
        again.ShouldBe(WholeWriteEnd.Written);
        server.Files["/another"].Length.ShouldBe(5000);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_session_is_given_to_others_between_two_files()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "1"));

        var writing = Enumerable.Range(0, 200).Select(number => BeginAsync(endpoint, $"file {number}", new byte[100])).ToList();
        var found = await endpoint.FindAsync("first", Token);

        found!.Size.ShouldBe(1);
        (await Task.WhenAll(writing)).ShouldAllBe(end => end == WholeWriteEnd.Written);
    }

    [Fact(Timeout = 120_000)]
    public async Task Closing_does_not_wait_for_a_server_that_says_nothing()
    {
        await using MisbehavingFtpServer server = new();
        var endpoint = await KnownAsync(server);
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Answer = (_, line) =>
        {
            if (!line.StartsWith("STOR", StringComparison.Ordinal))
            {
                return null;
            }

            reached.TrySetResult();
            return "150-not yet\r\n";
        };
        var writing = BeginAsync(endpoint, "file", new byte[5000]);
        await reached.Task.WaitAsync(Token);

        await endpoint.DisposeAsync();

        (await writing).ShouldBe(WholeWriteEnd.Lost);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_not_wanted_any_more_gets_no_name()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server);
        using CancellationTokenSource leaving = new();
        server.Answer = (_, line) =>
        {
            if (line.StartsWith("STOR", StringComparison.Ordinal))
            {
                leaving.Cancel();
            }

            return null;
        };

        (await BeginAsync(endpoint, "file", new byte[5000], leaving.Token)).ShouldBe(WholeWriteEnd.NotWritten);

        server.Files.Keys.ShouldBe(["/first"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Files_are_fetched_one_behind_the_other()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "2"));
        foreach (var number in Enumerable.Range(0, 100))
        {
            server.Files[$"/file {number}"] = Content(number * 100);
        }

        var fetched = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => FetchAsync(endpoint, $"file {number}", number * 100)));

        Enumerable.Range(0, 100).ShouldAllBe(number => Enumerable.SequenceEqual(fetched[number]!, Content(number * 100)));
        server.Heard.Count(line => line.StartsWith("SIZE", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(499)]
    [InlineData(501)]
    [InlineData(5000)]
    public async Task A_file_of_another_length_than_it_was_known_to_have_goes_the_long_way(int length)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "1"));
        server.Files["/file"] = Content(length);
        server.Files["/another"] = Content(500);

        (await FetchAsync(endpoint, "file", 500)).ShouldBeNull();

        (await FetchAsync(endpoint, "another", 500)).ShouldBe(Content(500));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("RETR", "421 Goodbye\r\n")]
    [InlineData("RETR", "")]
    [InlineData("EPSV", "")]
    [InlineData("EPSV", "500 No\r\n")]
    public async Task What_is_not_fetched_is_told_and_the_next_one_comes(string word, string answer)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "1"));
        server.Files["/file"] = Content(500);
        server.Answer = (_, line) => line.StartsWith(word, StringComparison.Ordinal) ? answer : null;

        (await FetchAsync(endpoint, "file", 500) ?? Content(500)).ShouldBe(Content(500));

        server.Answer = (_, _) => null;
        (await ReadAsync(endpoint, "file")).ShouldBe(Content(500));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_the_server_refuses_goes_the_long_way()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server);
        server.Answer = (_, line) => line.StartsWith("RETR", StringComparison.Ordinal) ? "550 No\r\n" : null;

        (await FetchAsync(endpoint, "first", 1)).ShouldBeNull();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Half_a_file_is_none(bool breaks)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "1"));
        server.Files["/file"] = Content(50_000);
        (server.SendsAtMost, server.Breaks) = (25_000, breaks);

        (await FetchAsync(endpoint, "file", 50_000)).ShouldBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_fetching_that_is_not_wanted_any_more_ends_while_the_server_says_nothing()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await KnownAsync(server, ("connections", "1"));
        server.Files["/file"] = Content(500);
        using CancellationTokenSource leaving = new();
        server.Answer = (_, line) =>
        {
            if (!line.StartsWith("RETR", StringComparison.Ordinal))
            {
                return null;
            }

            leaving.Cancel();
            return "150-not yet\r\n";
        };

        await Should.ThrowAsync<OperationCanceledException>(async () => await FetchAsync(endpoint, "file", 500, leaving.Token));

        server.Answer = (_, _) => null;
        (await ReadAsync(endpoint, "file")).ShouldBe(Content(500));
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(number => (byte)(number * 7))];

    private static async Task<byte[]?> FetchAsync(IEndpoint endpoint, string path, int length, CancellationToken? cancellationToken = null)
    {
        var buffer = new byte[length + 1];
        return await ((IFetchesWhole)endpoint).FetchWholeAsync(path, buffer, cancellationToken ?? Token) is { } fetched ? buffer[..fetched.Length] : null;
    }

    private static async Task<byte[]> ReadAsync(IEndpoint endpoint, string path)
    {
        await using var stream = await endpoint.OpenReadAsync(path, 0, null, Token);
        using MemoryStream content = new();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    /// <summary>The first file goes the long way, on which the server is got to know.</summary>
    private static async Task<IEndpoint> KnownAsync(MisbehavingFtpServer server, params (string Name, string Value)[] others)
    {
        var endpoint = server.Open(null, others);
        await endpoint.WriteAsync("first", new byte[1]);
        return endpoint;
    }

    private static Task<WholeWriteEnd> BeginAsync(IEndpoint endpoint, string path, byte[] content, CancellationToken cancellationToken = default)
    {
        Receiver receiver = new();
        ((IWritesWhole)endpoint).TryBeginWrite(path, content, MisbehavingFtp.Options(content.Length), receiver, cancellationToken).ShouldBeTrue();
        return receiver.Ended;
    }

    private sealed class Receiver : IWholeWriteReceiver
    {
        private readonly TaskCompletionSource<WholeWriteEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WholeWriteEnd> Ended => ended.Task;

        public void OnEnded(WholeWriteEnd end) => ended.SetResult(end);
    }
}
