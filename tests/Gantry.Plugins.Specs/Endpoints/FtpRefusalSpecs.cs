using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Servers that refuse a transfer, or hear that it is not wanted any more, and leave the data connection to itself: nobody waits for it.</summary>
public sealed class FtpRefusalSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>ProFTPD and Pure-FTPd do so with MLSD.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("MLSD", "MLST type*;size*;modify*;")]
    [InlineData("LIST", "SIZE")]
    public async Task Listing_a_file_is_refused_at_once(string word, string feature)
    {
        await using MisbehavingFtpServer server = new() { Features = $"211-Features:\r\n {feature}\r\n211 End\r\n", Listing = "" };
        server.Files["/file"] = new byte[3];
        await using var endpoint = await LearnedAsync(server);
        server.Answer = (_, line) => line.StartsWith("CWD /file", StringComparison.Ordinal) && word == "LIST" ? "250 There\r\n"
            : line.StartsWith(word, StringComparison.Ordinal) ? "550 Not a directory\r\n"
            : null;

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("file", Token).ToListAsync(Token));

        failure.Error.ShouldNotBe(EndpointError.TimedOut);
        failure.IsTransient.ShouldBeFalse();
        server.Connections.ShouldBe(1);
    }

    /// <summary>Pure-FTPd lists 10,000 names, and no more, where nobody raised that.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("226 Output truncated to 2 matches\r\n", EndpointError.Protocol, false)]
    [InlineData("226-Options: -a -l \r\n226 3 matches total\r\n", EndpointError.Disconnected, true)]
    public async Task A_listing_that_is_not_all_is_none(string end, EndpointError error, bool isTransient)
    {
        const string Two = "type=file;size=1;modify=20260102030405; a\r\ntype=file;size=1;modify=20260102030405; b\r\n";
        await using MisbehavingFtpServer server = new() { Listing = Two, ListingEnd = end };
        await using var endpoint = server.Open();

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token));
        server.ListingEnd = "226-Options: -a -l \r\n226 2 matches total\r\n";
        var whole = await endpoint.ListAsync("", Token).ToListAsync(Token);

        (failure.Error, failure.IsTransient).ShouldBe((error, isTransient), failure.Message);
        whole.Select(entry => entry.Name).ShouldBe(["a", "b"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_large_file_that_is_refused_is_not_sent_to_nobody()
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = await LearnedAsync(server);
        server.Answer = (_, line) => line.StartsWith("STOR", StringComparison.Ordinal) ? "550 Permission denied\r\n" : null;

        var failure = await Should.ThrowAsync<EndpointException>(() => endpoint.WriteAsync("file", new byte[24_000_000]));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.PermissionDenied, false));
        server.Connections.ShouldBe(1);
    }

    /// <summary>Pure-FTPd says how fast it was, with a code that promises more, and no word after it.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_download_that_is_left_keeps_its_session_where_the_last_word_is_preliminary()
    {
        await using MisbehavingFtpServer server = new() { EndsLeftOnesBy = "150 0.000 seconds (measured here)\r\n" };
        server.Files["/large"] = new byte[24_000_000];
        server.Files["/small"] = "small"u8.ToArray();
        await using var endpoint = await LearnedAsync(server);

        await using (var left = await endpoint.OpenReadAsync("large", 0, 24_000_000, Token))
        {
            await left.ReadExactlyAsync(new byte[10], Token);
        }

        await using var stream = await endpoint.OpenReadAsync("small", 0, 5, Token);
        using StreamReader reader = new(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("small");
        server.Connections.ShouldBe(1);
    }

    /// <summary>One connection, on which it was seen that the server keeps the order.</summary>
    private static async Task<IEndpoint> LearnedAsync(MisbehavingFtpServer server)
    {
        var endpoint = server.Open(null, ("timeout", "5s"), ("connections", "1"));
        for (var time = 0; time < 2; time++)
        {
            await endpoint.ListAsync("", Token).ToListAsync(Token);
        }

        return endpoint;
    }
}
