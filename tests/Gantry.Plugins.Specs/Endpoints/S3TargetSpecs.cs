using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Local;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Buckets that take no more half-way or hold very many, a single connection, and a server that falls silent.</summary>
public sealed class S3TargetSpecs(SharedS3Servers servers) : IAsyncLifetime
{
    private const int Files = 12;
    private const int Large = (2 * 8 * 1024 * 1024) + 4321;
    private S3Stage stage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => stage = await S3Stage.SetAsync(servers);

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [InlineData(507, "XMinioStorageFull", "no room left")]
    [InlineData(403, "QuotaExceeded", "no room left")]
    [InlineData(403, "AccessDenied", "may not do that")]
    public async Task A_bucket_that_takes_no_more_half_way_fails_the_rest_with_the_reason_and_keeps_what_is_there(int status, string code, string words)
    {
        Fill();
        await stage.Endpoint.WriteAsync("file 11", S3Stage.Text("old"), S3Stage.Options(3), Token);
        var taken = 0;
        stage.Proxy.Instead = context => HttpMethods.IsPut(context.Request.Method) && (context.Request.Query.ContainsKey("partNumber") || Interlocked.Increment(ref taken) > Files / 2)
            ? S3FaultProxy.FailAsync(context, status, code)
            : ValueTask.FromResult(false);

        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        stage.Proxy.Instead = null;
        (result.Copied + result.Failed, result.Copied > 0).ShouldBe((Files + 1, true));
        result.Failures.ShouldAllBe(failure => failure.Reason.Contains(words, StringComparison.Ordinal) && !failure.IsTransient);
        var failed = result.Failures.Select(failure => failure.Path).ToHashSet(StringComparer.Ordinal);
        failed.ShouldContain("large");
        foreach (var name in stage.LocalNames().Where(name => name != "large"))
        {
            var there = await stage.Endpoint.FindAsync(name, Token);
            there?.Size.ShouldBe(failed.Contains(name) ? 3 : 1000, name);
            (there is null).ShouldBe(failed.Contains(name) && name != "file 11", name);
        }

        // What was begun in parts is given up, so that nobody pays for it.
        stage.Proxy.Count("DELETE", "uploadId=").ShouldBe(stage.Proxy.Count("POST", "?uploads"));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_of_100_000_names_comes_before_the_last_is_sent()
    {
        const int Pages = 100;
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Proxy.Instead = async context =>
        {
            _ = int.TryParse(context.Request.Query["continuation-token"], out var page);
            if (page == Pages - 1)
            {
                await first.Task.WaitAsync(context.RequestAborted);
            }

            var keys = Enumerable.Range(0, 1000).Select(number => $"<Contents><Key>file {page:d2} {number:d3}</Key><Size>7</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>");
            var next = page + 1 < Pages ? $"<IsTruncated>true</IsTruncated><NextContinuationToken>{page + 1}</NextContinuationToken>" : "<IsTruncated>false</IsTruncated>";
            await context.Response.WriteAsync($"<ListBucketResult>{next}{string.Concat(keys)}</ListBucketResult>");
            return true;
        };

        var count = 0;
        await foreach (var entry in stage.Endpoint.ListAsync("", Token))
        {
            first.TrySetResult();
            entry.Size.ShouldBe(7);
            count++;
        }

        count.ShouldBe(Pages * 1000);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_connection_does_for_everything_at_once()
    {
        Fill();
        await using var source = stage.Local();
        await using var target = stage.Open(("connections", "1"));
        using TemporaryFolder back = new();
        await using LocalEndpoint here = new(back.Folder("back"), allowedRoots: null);

        var up = await S3Stage.TransferAsync(source, target, Token);
        var down = await Task.WhenAll(S3Stage.TransferAsync(target, here, Token), S3Stage.TransferAsync(source, target, Token, request => request with { Retries = 0 }));

        up.Failures.ShouldBeEmpty();
        down.SelectMany(result => result.Failures).ShouldBeEmpty();
        (up.Copied, down[0].Copied, down[1].Copied).ShouldBe((Files + 1, Files + 1, 0));
        new FileInfo(back["back/large"]).Length.ShouldBe(Large);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true)]
    [InlineData("", false)]
    [InlineData("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 10\r\n\r\nhalf", false)]
    public async Task A_server_that_falls_silent_is_given_up_after_a_minute_and_may_be_asked_again(string answer, bool isShortWay)
    {
        TurnedClock clock = new();
        await using RawHttpServer server = new(answer);
        await using var endpoint = server.Open(clock);
        var fetching = isShortWay ? ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[11], Token).AsTask() : ReadAsync(endpoint);
        await server.Asked.WaitAsync(Token);
        clock.Turn(TimeSpan.FromSeconds(55));
        fetching.IsCompleted.ShouldBeFalse();

        // What has come of an answer counts when it is read.
        for (var turned = 0; turned < 60 && !fetching.IsCompleted; turned += 10)
        {
            clock.Turn(TimeSpan.FromSeconds(10));
            await Task.WhenAny(fetching, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token));
        }

        var failure = await Should.ThrowAsync<EndpointException>(() => fetching.WaitAsync(TimeSpan.FromSeconds(20), Token));
        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
    }

    private static async Task ReadAsync(IEndpoint endpoint)
    {
        await using var stream = await endpoint.OpenReadAsync("file", 0, 10, Token);
        await stream.CopyToAsync(Stream.Null, Token);
    }

    private void Fill()
    {
        for (var number = 0; number < Files; number++)
        {
            File.WriteAllBytes(stage.Folder[$"file {number:d2}"], new byte[1000]);
        }

        File.WriteAllBytes(stage.Folder["large"], new byte[Large]);
    }
}
