using System.Globalization;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What goes wrong at an S3 server, one by one, and what becomes of the files.</summary>
public sealed class S3FaultSpecs(SharedS3Servers servers) : IAsyncLifetime
{
    private const int PartBytes = 8 * 1024 * 1024;
    private const int Large = (3 * PartBytes) + 4321;
    private S3Stage stage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => stage = await S3Stage.SetAsync(servers);

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(500, "InternalError")]
    [InlineData(502, "")]
    [InlineData(429, "TooManyRequests")]
    public async Task A_server_that_is_busy_at_a_put_is_asked_again(int status, string code)
    {
        File.WriteAllText(stage.Folder["file"], "content");
        FailFirst(2, context => HttpMethods.IsPut(context.Request.Method), status, code);

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        (result.IsSuccess, result.Copied).ShouldBe((true, 1), string.Join('\n', result.Failures));
        (await S3Stage.ReadAsync(stage.Endpoint, "file", Token)).ShouldBe("content"u8.ToArray());
        stage.Proxy.Count("PUT", "/file").ShouldBe(3);
    }

    [Fact]
    public async Task A_server_that_is_busy_for_good_fails_the_file_with_its_reason()
    {
        File.WriteAllText(stage.Folder["file"], "content");
        FailFirst(int.MaxValue, context => HttpMethods.IsPut(context.Request.Method), 503, "SlowDown");

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token, request => request with { Retries = 1 });

        (result.Copied, result.Failed).ShouldBe((0, 1));
        result.Failures[0].Reason.ShouldContain("SlowDown");
        result.Failures[0].IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_says_when_to_come_again_is_left_alone_until_then()
    {
        File.WriteAllText(stage.Folder["file"], "content");
        List<long> asked = [];
        stage.Proxy.Instead = async context =>
        {
            if (!HttpMethods.IsPut(context.Request.Method))
            {
                return false;
            }

            asked.Add(TimeProvider.System.GetTimestamp());
            context.Response.Headers.RetryAfter = "1";
            return asked.Count == 1 && await S3FaultProxy.FailAsync(context, 503, "SlowDown");
        };

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        asked.Count.ShouldBe(2);
        TimeProvider.System.GetElapsedTime(asked[0], asked[1]).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(950));
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_middle_of_a_part_costs_only_that_part()
    {
        await WriteLargeAsync();
        var reset = 0;
        stage.Proxy.Instead = async context =>
        {
            if (context.Request.Query["partNumber"] != "2" || Interlocked.Increment(ref reset) > 1)
            {
                return false;
            }

            await context.Request.Body.ReadExactlyAsync(new byte[PartBytes / 2], context.RequestAborted);
            context.Abort();
            return true;
        };

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        (stage.Proxy.Count("PUT", "partNumber=2"), stage.Proxy.Count("PUT", "partNumber=1&")).ShouldBe((2, 1));
        await IsThereAsync();
    }

    [Fact]
    public async Task An_upload_that_the_server_let_expire_is_begun_anew()
    {
        await WriteLargeAsync();
        string? expired = null;
        stage.Proxy.Instead = async context =>
        {
            var upload = context.Request.Query["uploadId"].ToString();
            if (context.Request.Query["partNumber"] == "2")
            {
                expired ??= upload;
            }

            return expired is not null && upload == expired && await S3FaultProxy.FailAsync(context, 404, "NoSuchUpload");
        };

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("POST", "uploads").ShouldBe(2);
        await IsThereAsync();
    }

    [Fact]
    public async Task A_part_that_fails_is_sent_again_by_itself()
    {
        await WriteLargeAsync();
        FailFirst(1, context => context.Request.Query["partNumber"] == "2", 500, "InternalError");

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("PUT", "partNumber=2").ShouldBe(2);
        stage.Proxy.Count("PUT", "partNumber=1&").ShouldBe(1);
        await IsThereAsync();
    }

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(200, "InternalError")]
    public async Task A_completion_that_fails_is_asked_again_also_when_it_fails_with_status_200(int status, string code)
    {
        await WriteLargeAsync();
        FailFirst(1, IsCompletion, status, code);

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("PUT", "partNumber=1&").ShouldBe(1);
        await IsThereAsync();
    }

    [Fact]
    public async Task A_completion_whose_answer_was_lost_counts_when_the_file_is_there()
    {
        await WriteLargeAsync();
        var lost = 0;
        stage.Proxy.Answer = (context, answer) => IsCompletion(context) && Interlocked.Increment(ref lost) == 1 ? null : answer;

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("PUT", "partNumber=1&").ShouldBe(1);
        await IsThereAsync();
    }

    [Fact]
    public async Task A_part_that_arrives_with_other_bytes_is_noticed_and_sent_again()
    {
        await WriteLargeAsync();
        var changed = 0;
        stage.Proxy.Body = (context, body) =>
        {
            if (context.Request.Query["partNumber"] == "2" && Interlocked.Increment(ref changed) == 1)
            {
                body[1000] ^= 1;
            }

            return body;
        };

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        changed.ShouldBe(2);
        await IsThereAsync();
    }

    [Fact]
    public async Task A_small_file_whose_checksum_the_server_finds_wrong_is_sent_again()
    {
        File.WriteAllText(stage.Folder["file"], "content");
        FailFirst(1, context => HttpMethods.IsPut(context.Request.Method) && context.Request.Headers.ContentMD5.Count == 1, 400, "BadDigest");

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("PUT", "/file").ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_middle_of_a_file_is_replaced()
    {
        await stage.Endpoint.WriteAsync("small", new MemoryStream(S3Stage.Bytes(100_000)), S3Stage.Options(100_000), Token);
        await stage.Endpoint.WriteAsync("large", new MemoryStream(S3Stage.Bytes(3_000_000)), S3Stage.Options(3_000_000), Token);
        var cut = 0;
        stage.Proxy.Answer = (context, answer) => HttpMethods.IsGet(context.Request.Method) && answer.Length > 50_000 && Interlocked.Increment(ref cut) <= 2 ? null : answer;

        await using var target = stage.Local();
        var result = await S3Stage.TransferAsync(stage.Endpoint, target, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        cut.ShouldBeGreaterThan(2);
        File.ReadAllBytes(stage.Folder["small"]).AsSpan().SequenceEqual(S3Stage.Bytes(100_000)).ShouldBeTrue();
        File.ReadAllBytes(stage.Folder["large"]).AsSpan().SequenceEqual(S3Stage.Bytes(3_000_000)).ShouldBeTrue();
        stage.LocalNames().ShouldBe(["large", "small"]);
    }

    [Fact]
    public async Task A_page_of_a_listing_that_is_cut_is_no_end_of_the_listing()
    {
        await stage.Endpoint.WriteAsync("a", S3Stage.Text("x"), S3Stage.Options(1), Token);
        stage.Proxy.Answer = (_, answer) => Encoding.UTF8.GetString(answer) is var text && text.IndexOf("</ListBucketResult>", StringComparison.Ordinal) is > 0 and var end
            ? Encoding.UTF8.GetBytes(text[..end])
            : answer;

        var failure = await Should.ThrowAsync<EndpointException>(async () => await S3Stage.NamesAsync(stage.Endpoint, Token));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, true));
    }

    [Fact]
    public async Task The_connection_of_a_reading_that_was_left_is_no_others()
    {
        const int Half = 300_000;
        await using RawHttpServer server = new($"HTTP/1.1 200 OK\r\nContent-Length: {2 * Half}\r\n\r\n{new string('a', Half)}");
        await using var endpoint = server.Open();
        await using var left = await endpoint.OpenReadAsync("left", 0, null, Token);
        await left.ReadExactlyAsync(new byte[Half], Token);
        using CancellationTokenSource leaving = new();
        var reading = left.ReadAsync(new byte[1000], leaving.Token).AsTask();

        await leaving.CancelAsync();

        // Nobody listens on that line any more, as it ought to be; or the rest arrives.
        await Record.ExceptionAsync(() => server.SayAsync(new string('b', Half)));
        await Should.ThrowAsync<OperationCanceledException>(reading);
        await using var other = await endpoint.OpenReadAsync("other", 0, null, Token);
        var bytes = new byte[Half];
        await other.ReadExactlyAsync(bytes, Token);

        bytes.ShouldAllBe(value => value == 'a');
        server.Connections.ShouldBe(2);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("again", "")]
    [InlineData("{0}", "")]
    [InlineData("{0}", "<Contents><Key>a</Key><Size>1</Size></Contents>")]
    public async Task A_listing_that_never_ends_is_broken_off(string token, string content)
    {
        var pages = 0;
        stage.Proxy.Instead = async context =>
        {
            var page = string.Format(CultureInfo.InvariantCulture, token, Interlocked.Increment(ref pages));
            await context.Response.WriteAsync($"<ListBucketResult><IsTruncated>true</IsTruncated>{content}<NextContinuationToken>{page}</NextContinuationToken></ListBucketResult>");
            return true;
        };

        (await Should.ThrowAsync<EndpointException>(async () => await S3Stage.NamesAsync(stage.Endpoint, Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Theory]
    [InlineData("../x", "..")]
    [InlineData("a//b", "a")]
    [InlineData("/absolute", "")]
    [InlineData("./x", ".")]
    [InlineData("nul\0x", "")]
    public async Task A_key_that_is_no_path_is_named_and_never_followed(string key, string _)
    {
        stage.Proxy.Instead = async context =>
        {
            if (context.Request.Query["list-type"] != "2")
            {
                return false;
            }

            var prefix = context.Request.Query["prefix"].ToString();
            var rest = key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : "";
            var slash = rest.IndexOf('/');
            var entry = rest.Length == 0 ? "" : slash >= 0
                ? $"<CommonPrefixes><Prefix>{Uri.EscapeDataString(prefix + rest[..(slash + 1)])}</Prefix></CommonPrefixes>"
                : $"<Contents><Key>{Uri.EscapeDataString(prefix + rest)}</Key><Size>1</Size></Contents>";
            var good = prefix.Length == 0 ? "<Contents><Key>good</Key><Size>1</Size></Contents>" : "";
            await context.Response.WriteAsync($"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{good}{entry}</ListBucketResult>");
            return true;
        };
        await stage.Endpoint.WriteAsync("good", S3Stage.Text("x"), S3Stage.Options(1), Token);
        var target = new Gantry.Plugins.Endpoints.Local.LocalEndpoint(stage.Folder.Folder("target"), allowedRoots: null);

        await using (target)
        {
            var result = await S3Stage.TransferAsync(stage.Endpoint, target, Token);

            (result.Copied, result.Failed).ShouldBe((1, 1), string.Join('\n', result.Failures));
            result.Failures[0].Reason.ShouldContain("cannot be paths");
            stage.LocalNames().ShouldBe(["good"]);
        }
    }

    [Theory]
    [InlineData(404, "NoSuchBucket", "", EndpointError.BadSetting, "There is no bucket", "bucket")]
    [InlineData(403, "AccessDenied", "", EndpointError.PermissionDenied, "may not", "connect")]
    [InlineData(403, "InvalidAccessKeyId", "", EndpointError.LoginRefused, "access key", "login")]
    [InlineData(403, "SignatureDoesNotMatch", "", EndpointError.LoginRefused, "secret key", "login")]
    [InlineData(403, "RequestTimeTooSkewed", "", EndpointError.LoginRefused, "clock", "login")]
    [InlineData(400, "ExpiredToken", "", EndpointError.LoginRefused, "session token", "login")]
    [InlineData(301, "PermanentRedirect", "<Region>eu-central-1</Region>", EndpointError.BadSetting, "region=eu-central-1", "bucket")]
    [InlineData(400, "AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>", EndpointError.BadSetting, "region=eu-central-1", "bucket")]
    public async Task What_keeps_one_out_has_its_own_message_and_phase(int status, string code, string more, EndpointError error, string words, string phase)
    {
        stage.Proxy.Instead = context => S3FaultProxy.FailAsync(context, status, code, more);

        var result = await EndpointProbe.RunAsync(() => ValueTask.FromResult(stage.Open()), "probe0001", Token);

        result.FailedPhase.ShouldBe(phase);
        result.Failure!.Error.ShouldBe(error);
        result.Failure.Message.ShouldContain(words);
        result.Failure.IsTransient.ShouldBeFalse();
        result.Failure.Message.ShouldNotContain("S3RVER");
    }

    [Fact]
    public async Task A_page_of_somebody_who_is_no_s3_service_is_told_as_such()
    {
        stage.Proxy.Instead = async context =>
        {
            await context.Response.WriteAsync("<html><body>Please sign in to the hotel's network<br></body></html>");
            return true;
        };

        (await Should.ThrowAsync<EndpointException>(async () => await S3Stage.NamesAsync(stage.Endpoint, Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_read_in_parts_is_noticed()
    {
        await stage.Endpoint.WriteAsync("file", new MemoryStream(S3Stage.Bytes(1000)), S3Stage.Options(1000), Token);
        var reader = (IReadsRanges)stage.Endpoint;
        await using (await reader.OpenRangeAsync("file", 0, 500, Token))
        {
            await using var other = stage.Open();
            await other.WriteAsync("file", new MemoryStream(new byte[1000]), S3Stage.Options(1000), Token);
        }

        var failure = await Should.ThrowAsync<EndpointException>(async () => await reader.OpenRangeAsync("file", 500, 500, Token));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.ContentDiffers, true));
    }

    [Fact]
    public async Task A_cancelled_upload_stops_at_once_and_leaves_no_parts()
    {
        await WriteLargeAsync();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Proxy.Instead = async context =>
        {
            if (context.Request.Query["partNumber"] == "2")
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            }

            return false;
        };
        using CancellationTokenSource cancelling = new();
        await using var source = stage.Local();

        var transfer = S3Stage.TransferAsync(source, stage.Endpoint, cancelling.Token);
        await begun.Task;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => transfer);

        // What is never answered would be given up by itself after a minute.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
        stage.Proxy.Count("DELETE", "uploadId=").ShouldBe(1);
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_transfer_sent_is_not_sent_again()
    {
        await WriteLargeAsync();
        stage.CutAfterTwoParts();
        await using var source = stage.Local();
        var first = await S3Stage.TransferAsync(source, stage.Endpoint, Token, request => request with { TransferId = "transfer01", Retries = 0 });
        first.IsSuccess.ShouldBeFalse();
        stage.Proxy.Instead = null;
        await using var again = stage.Open();
        var marker = (await S3Stage.NamesAsync(again, Token)).ShouldHaveSingleItem();
        PartialName.Is(marker).ShouldBeTrue();
        stage.Proxy.Asked.Clear();

        var result = await S3Stage.TransferAsync(source, again, Token, request => request with { TransferId = "transfer01" });

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        result.BytesResumed.ShouldBe(2 * PartBytes);
        stage.Proxy.Count("PUT", "partNumber=").ShouldBe(2);
        await IsThereAsync();
    }

    private static bool IsCompletion(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Query.ContainsKey("uploadId");

    private void FailFirst(int times, Func<HttpContext, bool> isIt, int status, string code)
    {
        var failed = 0;
        stage.Proxy.Instead = context => isIt(context) && Interlocked.Increment(ref failed) <= times
            ? S3FaultProxy.FailAsync(context, status, code)
            : ValueTask.FromResult(false);
    }

    private async Task WriteLargeAsync()
    {
        await File.WriteAllBytesAsync(stage.Folder["file"], S3Stage.Bytes(Large), Token);
        File.SetLastWriteTimeUtc(stage.Folder["file"], S3Stage.Time.UtcDateTime);
    }

    private async Task IsThereAsync()
    {
        (await S3Stage.ReadAsync(stage.Endpoint, "file", Token)).AsSpan().SequenceEqual(S3Stage.Bytes(Large)).ShouldBeTrue();
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBe(["file"]);
        (await ((ITellsDetails)stage.Endpoint).FindDetailsAsync("file", Token))!.ModifiedAt.ShouldBe(S3Stage.Time);
    }
}
