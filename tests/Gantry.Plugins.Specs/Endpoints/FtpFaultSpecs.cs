using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What servers and lines do that they should not.</summary>
public sealed class FtpFaultSpecs(SharedFtpServers shared)
{
    private const string Password = "s3cr3t-p4ss";
    private readonly List<string> notices = [];
    private int partials;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 240_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_control_connection_cut_after_any_byte_leaves_a_whole_file_or_the_old_one(bool countsSaid)
    {
        // A server of its own: hundreds of broken sessions keep it from others.
        await using var place = await FtpPlace.StartAsync(FtpMake.Pyftpdlib);
        var (folder, atServer) = place.NewFolder();
        var content = Encoding.ASCII.GetBytes("new content, all of it");
        await using CuttingProxy whole = new(place.Server.Port) { CountsSaid = countsSaid };
        await UploadAsync(place, whole, atServer, "file", content);
        var bytes = (int)whole.Most;
        bytes.ShouldBeGreaterThan(250);

        await Parallel.ForEachAsync(Enumerable.Range(0, bytes), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (cut, cancellationToken) =>
        {
            await using CuttingProxy proxy = new(place.Server.Port) { CountsSaid = countsSaid, CutAfter = cut };
            var file = Path.Combine(folder, $"file {cut}");
            await File.WriteAllTextAsync(file, "old", cancellationToken);

            var failure = await Record.ExceptionAsync(() => UploadAsync(place, proxy, atServer, $"file {cut}", content));

            // A try may be repeated by the endpoint itself, and what was asked last may have been done.
            (failure is null or EndpointException { IsTransient: true }).ShouldBeTrue($"cut at {cut}: {failure}");
            var now = await File.ReadAllBytesAsync(file, cancellationToken);
            (now.AsSpan().SequenceEqual("old"u8) || now.AsSpan().SequenceEqual(content)).ShouldBeTrue($"cut at {cut}");
            (failure is not null || now.AsSpan().SequenceEqual(content)).ShouldBeTrue($"cut at {cut}");
        });
    }

    /// <summary>pyftpdlib does so when the data connection of what it refused is closed; under load it comes before the next reply.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("522 SSL handshake failed.\r\n")]
    [InlineData("226 Transfer complete.\r\n")]
    public async Task What_a_server_says_behind_a_refusal_is_no_answer_to_the_next_command(string more)
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/file"] = new byte[10];
        server.Answer = (_, line) => line.StartsWith("REST", StringComparison.Ordinal) ? "554 Beyond the end\r\n" : null;
        await using var endpoint = Open(server);
        await using (await ((IReadsRanges)endpoint).OpenRangeAsync("file", 0, 10, Token))
        {
            // From here on its manners are known.
        }

        server.Answer = (_, line) => line.StartsWith("REST", StringComparison.Ordinal) ? $"554 Beyond the end\r\n{more}" : null;
        await using var stream = await ((IReadsRanges)endpoint).OpenRangeAsync("file", 10, 5, Token);

        (await stream.ReadAsync(new byte[5], Token)).ShouldBe(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_whose_226_is_missing_is_no_success()
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/file"] = "old"u8.ToArray();
        server.Answer = (_, line) => line.StartsWith("STOR", StringComparison.Ordinal) ? "150 Go on\r\n426 Broken\r\n" : null;
        await using var endpoint = Open(server);

        var failure = await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file", "new"));

        failure.IsTransient.ShouldBeTrue();
        Encoding.ASCII.GetString(server.Files["/file"]).ShouldBe("old");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_of_which_the_server_has_less_than_was_sent_does_not_get_its_name()
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/file"] = "old"u8.ToArray();
        server.Answer = (_, line) => line.StartsWith("SIZE", StringComparison.Ordinal) ? "213 1\r\n" : null;
        await using var endpoint = Open(server);

        var failure = await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file", "new"));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.ContentDiffers, true));
        Encoding.ASCII.GetString(server.Files["/file"]).ShouldBe("old");
        server.Files.Count.ShouldBe(1);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null)]
    [InlineData(1000L)]
    [InlineData(100_000L)]
    public async Task A_download_that_ends_early_is_no_success_even_with_a_226(long? expectedSize)
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/file"] = new byte[1000];
        server.SendsAtMost = 600;
        await using var endpoint = Open(server);

        var failure = await Should.ThrowAsync<EndpointException>(async () =>
        {
            await using var stream = await endpoint.OpenReadAsync("file", 0, expectedSize, Token);
            await stream.CopyToAsync(Stream.Null, Token);
        });

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, true));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("421 Too many connections\r\n", null)]
    [InlineData(null, "530 Sorry, the maximum number of connections is reached\r\n")]
    public async Task Too_many_connections_lower_the_pool_and_fail_nothing(string? greeting, string? toPass)
    {
        await using MisbehavingFtpServer server = new();
        server.Answer = (connection, line) => connection <= 2 ? null : line.Length == 0 ? greeting : line.StartsWith("PASS", StringComparison.Ordinal) ? toPass : null;
        await using var endpoint = Open(server);
        await endpoint.FindAsync("", Token);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Task.Run(() => WriteAsync(endpoint, $"file {number}", "content"))));

        server.Files.Count.ShouldBe(60);
        endpoint.Capabilities.ConcurrentListings.ShouldBeLessThan(8);
        notices.ShouldContain(notice => notice.Contains("no more than", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_session_that_is_ended_with_421_midway_is_replaced()
    {
        await using MisbehavingFtpServer server = new();
        var ended = 0;
        server.Answer = (connection, line) => line.StartsWith("STOR", StringComparison.Ordinal) && connection == 1 && Interlocked.Increment(ref ended) == 1 ? "421 Too many, go away\r\n" : null;
        await using var endpoint = Open(server);

        await WriteAsync(endpoint, "file", "content");

        Encoding.ASCII.GetString(server.Files["/file"]).ShouldBe("content");
        ended.ShouldBeGreaterThan(0);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task A_listing_with_a_name_that_is_none_is_not_used(string name)
    {
        await using MisbehavingFtpServer server = new() { Listing = $"type=file;size=1; good\r\ntype=file;size=1; {name}\r\n" };
        await using var endpoint = Open(server);

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_listing_with_a_line_without_end_is_refused()
    {
        await using MisbehavingFtpServer server = new() { Listing = new string('x', 1_000_000) };
        await using var endpoint = Open(server);

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_server_says_never_shows_the_password()
    {
        await using MisbehavingFtpServer server = new();
        server.Answer = (_, line) => line.StartsWith("DELE", StringComparison.Ordinal) ? $"550 {Password} said no: permission denied\r\n"
            : line.StartsWith("MLST", StringComparison.Ordinal) ? "250-x\r\n type=file;size=1; /x\r\n250 End\r\n" : null;
        await using var endpoint = Open(server);

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.DeleteFileAsync("x", Token));

        failure.Error.ShouldBe(EndpointError.PermissionDenied);
        failure.ToString().ShouldNotContain(Password);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("a\r\nDELE b")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    public async Task A_line_end_in_a_name_never_reaches_the_server(string name)
    {
        await using MisbehavingFtpServer server = new();
        await using var endpoint = Open(server);

        (await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, name, "x"))).Error.ShouldBe(EndpointError.BadPath);
        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.DeleteFileAsync(name, Token))).Error.ShouldBe(EndpointError.BadPath);

        server.Heard.ShouldNotContain(line => line.StartsWith("DELE", StringComparison.Ordinal) || line.StartsWith("STOR", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_says_nothing_any_more_is_given_up()
    {
        await using MisbehavingFtpServer server = new();
        server.Answer = (_, line) => line.StartsWith("MLST", StringComparison.Ordinal) ? "211-not yet\r\n" : null;
        await using var endpoint = Open(server, ("timeout", "5s"));

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("x", Token))).Error.ShouldBe(EndpointError.TimedOut);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_drops_all_but_the_first_of_several_commands_is_asked_one_by_one()
    {
        await using MisbehavingFtpServer server = new();
        server.Answer = (connection, line) => connection == 1 && line is "PWD" ? "" : null;
        await using var endpoint = Open(server);

        await WriteAsync(endpoint, "file", "content");

        Encoding.ASCII.GetString(server.Files["/file"]).ShouldBe("content");
        notices.ShouldContain(notice => notice.Contains("one by one", StringComparison.Ordinal));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FtpMake.Vsftpd)]
    [InlineData(FtpMake.Pyftpdlib)]
    [InlineData(FtpMake.VsftpdExplicit)]
    public async Task One_connection_does_for_everything_at_once(FtpMake make)
    {
        var place = await shared.GetAsync(make);
        await using var endpoint = place.Open(place.NewFolder().AtServer, ("connections", "1"));
        var large = new byte[3_000_000];
        Random.Shared.NextBytes(large);
        await WriteAsync(endpoint, "large", large);
        for (var number = 0; number < 20; number++)
        {
            await WriteAsync(endpoint, $"small {number}", "x");
        }

        // Listed while written, read while written, and a content that asks the same endpoint before it comes.
        await foreach (var entry in endpoint.ListAsync("", Token))
        {
            await WriteAsync(endpoint, "copy of " + entry.Name, "y");
        }

        await using (var reading = await endpoint.OpenReadAsync("large", 0, null, Token))
        {
            await endpoint.WriteAsync("copy", reading, Options(large.Length), Token);
        }

        var asking = ScriptedContent.WaitingAfter(large);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = endpoint.WriteAsync("never", asking, Options(), cancelling.Token).AsTask();
        await asking.ReachedEnd;
        (await endpoint.FindAsync("copy", Token))!.Size.ShouldBe(large.Length);
        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => writing);

        await using var copy = await endpoint.OpenReadAsync("copy", 0, large.Length, Token);
        using MemoryStream content = new();
        await copy.CopyToAsync(content, Token);
        content.ToArray().AsSpan().SequenceEqual(large).ShouldBeTrue();
        (await endpoint.FindAsync("never", Token)).ShouldBeNull();
    }

    [Fact(Timeout = 120_000)]
    public async Task Data_comes_the_other_way_where_that_is_chosen()
    {
        var place = await shared.GetAsync(FtpMake.Vsftpd);
        await using var endpoint = place.Open(place.NewFolder().AtServer, ("mode", "active"));

        await WriteAsync(endpoint, "file", "content");

        (await endpoint.ListAsync("", Token).ToListAsync(Token)).ShouldHaveSingleItem().Size.ShouldBe(7);
        await using var stream = await endpoint.OpenReadAsync("file", 0, 7, Token);
        using StreamReader reader = new(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("content");
    }

    private static async Task UploadAsync(FtpPlace place, CuttingProxy proxy, string atServer, string name, byte[] content)
    {
        await using var endpoint = place.Open(atServer, ("port", proxy.Port.ToString()), ("connections", "1"), ("timeout", "2s"));
        await endpoint.WriteAsync(
            name,
            new MemoryStream(content),
            new WriteOptions { PartialName = PartialName.Of(name, content.Length, null, "cutcutcut"), Length = content.Length, ModifiedAt = DateTimeOffset.UnixEpoch },
            Token);
    }

    private IEndpoint Open(MisbehavingFtpServer server, params (string Name, string Value)[] others)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["host"] = "127.0.0.1", ["port"] = server.Port.ToString(), ["path"] = "/", ["user"] = "user", ["password"] = "${cred:x}" };
        foreach (var (name, value) in others)
        {
            values[name] = value;
        }

        return FtpKind.Ftp.Open(new() { Kind = "ftp", Values = values }, new() { Secrets = new GivenSecrets(_ => Password), Notice = AddNotice });
    }

    private void AddNotice(string notice)
    {
        lock (notices)
        {
            notices.Add(notice);
        }
    }

    private WriteOptions Options(long? length = null) => new()
    {
        PartialName = PartialName.Of("any", length, null, $"faults{Interlocked.Increment(ref partials):d6}"),
        Length = length,
        ModifiedAt = DateTimeOffset.UnixEpoch,
    };

    private Task WriteAsync(IEndpoint endpoint, string path, string content) => WriteAsync(endpoint, path, Encoding.ASCII.GetBytes(content));

    private Task WriteAsync(IEndpoint endpoint, string path, byte[] content) =>
        endpoint.WriteAsync(path, new MemoryStream(content), Options(content.Length), Token).AsTask();
}
