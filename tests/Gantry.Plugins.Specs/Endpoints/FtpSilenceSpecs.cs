using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Servers that fall silent without a goodbye, and data connections that stop half-way.</summary>
public sealed class FtpSilenceSpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_greeting_that_never_comes_is_not_waited_for_longer_than_the_limit()
    {
        await using MisbehavingFtpServer server = new() { Answer = (_, line) => line.Length == 0 ? "" : null };
        await using var endpoint = server.Open(null, ("timeout", "5s"));

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("x", Token));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_control_connection_that_falls_silent_is_replaced()
    {
        await using MisbehavingFtpServer server = new();
        server.Files["/x"] = new byte[3];
        server.Answer = (connection, line) => connection == 1 && line.StartsWith("MLST", StringComparison.Ordinal) ? "250-not yet\r\n" : null;
        await using var endpoint = server.Open(null, ("timeout", "5s"), ("connections", "1"));

        var failure = await Should.ThrowAsync<EndpointException>(async () => await endpoint.FindAsync("x", Token));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
        (await endpoint.FindAsync("x", Token))!.Size.ShouldBe(3);
        server.Connections.ShouldBe(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_download_that_stands_still_is_given_up_and_goes_on_where_it_was()
    {
        await using MisbehavingFtpServer server = new() { SendsAtMost = 600_000, FallsSilent = true };
        var content = Content(1_000_000);
        server.Files["/file"] = content;
        await using var endpoint = server.Open(null, ("timeout", "5s"), ("connections", "1"));
        using MemoryStream got = new();

        var failure = await Should.ThrowAsync<EndpointException>(() => ReadAsync(endpoint, got, content.Length));
        (server.SendsAtMost, server.FallsSilent) = (null, false);
        await ReadAsync(endpoint, got, content.Length);

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
        got.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        server.Heard.ShouldContain("REST 600000");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_that_stands_still_is_given_up_and_leaves_the_old_file()
    {
        await using MisbehavingFtpServer server = new() { TakesAtMost = 100_000, FallsSilent = true };
        server.Files["/file"] = "old"u8.ToArray();
        var content = Content(24_000_000);
        await using var endpoint = server.Open(null, ("timeout", "5s"), ("connections", "1"));

        var failure = await Should.ThrowAsync<EndpointException>(() => endpoint.WriteAsync("file", content));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
        server.Files["/file"].ShouldBe("old"u8.ToArray());
        (server.TakesAtMost, server.FallsSilent) = (null, false);
        await endpoint.WriteAsync("file", content);
        server.Files["/file"].AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_download_cut_anywhere_goes_on_there()
    {
        await using MisbehavingFtpServer server = new() { Breaks = true };
        var content = Content(70_000);
        server.Files["/file"] = content;
        await using var endpoint = server.Open();

        foreach (var cut in (int[])[0, 1, 1460, 4095, 4096, 4097, 65_535, 65_536, 69_999])
        {
            using MemoryStream got = new();
            server.SendsAtMost = cut;
            var failure = await Should.ThrowAsync<EndpointException>(() => ReadAsync(endpoint, got, null));
            server.SendsAtMost = null;
            await ReadAsync(endpoint, got, content.Length);

            failure.IsTransient.ShouldBeTrue($"cut at {cut}");
            got.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue($"cut at {cut}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_cut_anywhere_leaves_the_old_file_and_succeeds_when_it_is_tried_again()
    {
        await using MisbehavingFtpServer server = new();
        var content = Content(70_000);
        await using var endpoint = server.Open();

        foreach (var cut in (int[])[1, 1460, 4095, 4096, 4097, 65_535, 65_536, 69_999])
        {
            server.Files["/file"] = "old"u8.ToArray();
            server.TakesAtMost = cut;
            var failure = await Should.ThrowAsync<EndpointException>(() => endpoint.WriteAsync("file", content));
            var there = server.Files["/file"];
            server.TakesAtMost = null;
            await endpoint.WriteAsync("file", content);

            failure.IsTransient.ShouldBeTrue($"cut at {cut}");
            there.ShouldBe("old"u8.ToArray(), $"cut at {cut}");
            server.Files["/file"].AsSpan().SequenceEqual(content).ShouldBeTrue($"cut at {cut}");
        }
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static async Task ReadAsync(IEndpoint endpoint, MemoryStream got, long? size)
    {
        await using var stream = await endpoint.OpenReadAsync("file", got.Length, size, Token);
        await stream.CopyToAsync(got, 1000, Token);
    }
}
