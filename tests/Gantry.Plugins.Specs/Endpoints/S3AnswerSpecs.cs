using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Answers with status 200 that are none of S3's: of a proxy, of a page to sign in, of a service that knows only a part of S3; and listings with pages of nothing.</summary>
public sealed class S3AnswerSpecs(SharedS3Servers servers) : IAsyncLifetime
{
    private const int Large = (2 * 8 * 1024 * 1024) + 4321;
    private S3Stage stage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => stage = await S3Stage.SetAsync(servers);

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Theory]
    [InlineData("", "Root element is missing")]
    [InlineData("busy, come again", "invalid")]
    [InlineData("<html><body>Please sign in<br></body></html>", "does not match")]
    [InlineData("<Other/>", "names no upload")]
    public async Task A_beginning_of_an_upload_that_is_none_fails_the_file(string answer, string oddity)
    {
        await WriteAsync(S3Stage.Bytes(Large));
        Say(answer, context => HttpMethods.IsPost(context.Request.Method) && context.Request.Query.ContainsKey("uploads"));

        await FailsAsync(oddity);
    }

    [Theory]
    [InlineData("", "Root element is missing")]
    [InlineData("{\"is\":\"no XML\"}", "invalid")]
    [InlineData("<CompleteMultipartUploadResult><ETag>\"x", "Unexpected end")]
    [InlineData("<html><body>Please sign in</body></html>", "has no ETag")]
    public async Task A_completion_that_is_none_fails_the_file_also_where_an_older_one_has_its_size(string answer, string oddity)
    {
        await stage.Endpoint.WriteAsync("file", new MemoryStream(new byte[Large]), S3Stage.Options(Large) with { ModifiedAt = S3Stage.Time.AddDays(-1) }, Token);
        await WriteAsync(S3Stage.Bytes(Large));
        Say(answer, IsCompletion);

        await FailsAsync(oddity);
    }

    [Fact]
    public async Task A_completion_that_goes_on_and_on_is_not_kept_to_its_end()
    {
        await WriteAsync(S3Stage.Bytes(Large));
        stage.Proxy.Instead = async context =>
        {
            if (!IsCompletion(context))
            {
                return false;
            }

            var spaces = Enumerable.Repeat((byte)' ', 1024 * 1024).ToArray();
            for (var sent = 0; sent < 32 && !context.RequestAborted.IsCancellationRequested; sent++)
            {
                await context.Response.Body.WriteAsync(spaces, CancellationToken.None);
            }

            await context.Response.WriteAsync("<CompleteMultipartUploadResult><ETag>x-1</ETag></CompleteMultipartUploadResult>", CancellationToken.None);
            return true;
        };

        var result = await CopyAsync();

        result.Failures.ShouldHaveSingleItem().Reason.ShouldContain("answers without end");
    }

    [Theory]
    [InlineData("", "Root element is missing")]
    [InlineData("the object itself", "invalid")]
    [InlineData("<ListPartsResult><Part><PartNumber>99999999999999999999</PartNumber><Size>1</Size><ETag>x</ETag></Part></ListPartsResult>", "too large")]
    [InlineData("<ListPartsResult><Part><PartNumber>1</PartNumber><Size>99999999999999999999</Size><ETag>x</ETag></Part></ListPartsResult>", "too large")]
    [InlineData("<ListPartsResult><IsTruncated>perhaps</IsTruncated></ListPartsResult>", "perhaps")]
    public async Task Parts_that_cannot_be_told_fail_the_file_and_what_stands_of_it_stays(string answer, string oddity)
    {
        await BreakOffAsync();
        Say(answer, IsListOfParts);

        await FailsAsync(oddity);

        stage.Proxy.Instead = null;
        (await CopyAsync()).BytesResumed.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("<Other/>")]
    [InlineData("<ListPartsResult><Part><PartNumber>-1</PartNumber><Size>-8</Size><ETag>x</ETag></Part><Part><PartNumber>0</PartNumber><Size>8388608</Size><ETag>x</ETag></Part><Part><PartNumber>77</PartNumber><Size>8388608</Size><ETag>x</ETag></Part></ListPartsResult>")]
    [InlineData("<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>-5</NextPartNumberMarker></ListPartsResult>")]
    public async Task Parts_that_cannot_be_of_this_file_are_sent_anew(string answer)
    {
        await BreakOffAsync();
        Say(answer, IsListOfParts);

        var result = await CopyAsync();

        (result.Copied, result.BytesResumed).ShouldBe((1, 0), string.Join('\n', result.Failures));
        (await S3Stage.ReadAsync(stage.Endpoint, "file", Token)).AsSpan().SequenceEqual(S3Stage.Bytes(Large)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Please sign in</body></html>")]
    public async Task An_object_that_was_taken_without_its_name_fails_the_file(string answer)
    {
        await WriteAsync("content"u8.ToArray());
        Say(answer, context => HttpMethods.IsPut(context.Request.Method));

        await FailsAsync("has no ETag");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("busy, come again", "is no XML")]
    [InlineData("<html><body>Please sign in<br></body></html>", "do not match")]
    [InlineData("<html><body>Please sign in</body></html>", "begins with 'html'")]
    [InlineData("<Other/>", "begins with 'Other'")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><ListBucketResult>&b;</ListBucketResult>", "of a kind that S3 does not speak")]
    [InlineData("<ListBucketResult><Contents><Key>a</Key><Size>99999999999999999999</Size></Contents></ListBucketResult>", "without its key or its size")]
    public async Task A_listing_that_is_none_is_no_empty_source(string answer, string oddity)
    {
        await WriteAsync("content"u8.ToArray());
        Say(answer, context => context.Request.Query.ContainsKey("list-type"));
        await using var target = stage.Local();

        var result = await S3Stage.TransferAsync(stage.Endpoint, target, Token, request => request with { Mode = TransferMode.Sync });

        (result.IsSuccess, result.Deleted).ShouldBe((false, 0));
        Tell(result).ShouldContain(oddity);
        Tell(result).ShouldContain(new Uri(stage.Proxy.Url).Authority);
        stage.LocalNames().ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_folder_with_an_empty_first_page_is_there_and_holds_what_comes_behind_it()
    {
        SayPages("<Contents><Key>folder/file</Key><Size>1</Size></Contents>", pagesMax: 3);

        var found = await stage.Endpoint.FindAsync("folder", Token);
        var deleting = await Should.ThrowAsync<EndpointException>(async () => await stage.Endpoint.DeleteFolderAsync("folder", Token));

        (found?.Kind, deleting.Error).ShouldBe((EntryKind.Folder, EndpointError.FolderNotEmpty));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_of_which_only_empty_pages_come_is_looked_for_no_longer()
    {
        SayPages("", pagesMax: int.MaxValue);

        (await Should.ThrowAsync<EndpointException>(async () => await stage.Endpoint.FindAsync("folder", Token))).Error.ShouldBe(EndpointError.Protocol);
    }

    private static bool IsCompletion(HttpContext context) => HttpMethods.IsPost(context.Request.Method) && context.Request.Query.ContainsKey("uploadId");

    private static bool IsListOfParts(HttpContext context) => HttpMethods.IsGet(context.Request.Method) && context.Request.Query.ContainsKey("uploadId");

    private static string Tell(TransferResult result) => string.Join('\n', result.Failures.Select(failure => failure.Reason).Append(result.EndedBy?.Message));

    private void Say(string answer, Func<HttpContext, bool> isIt) => stage.Proxy.Instead = async context =>
    {
        if (!isIt(context))
        {
            return false;
        }

        await context.Response.WriteAsync(answer);
        return true;
    };

    /// <summary>Empty pages, each with its own token, and on the last one the content.</summary>
    private void SayPages(string content, int pagesMax) => stage.Proxy.Instead = async context =>
    {
        if (context.Request.Query["list-type"] != "2")
        {
            return false;
        }

        var page = int.Parse(context.Request.Query["continuation-token"].FirstOrDefault("1")!, CultureInfo.InvariantCulture);
        await context.Response.WriteAsync(page == pagesMax
            ? $"<ListBucketResult><IsTruncated>false</IsTruncated>{content}</ListBucketResult>"
            : $"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{page + 1}</NextContinuationToken></ListBucketResult>");
        return true;
    };

    private async Task WriteAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(stage.Folder["file"], content, Token);
        File.SetLastWriteTimeUtc(stage.Folder["file"], S3Stage.Time.UtcDateTime);
    }

    private async Task<TransferResult> CopyAsync()
    {
        await using var source = new LocalEndpoint(stage.Folder.Path, allowedRoots: null);
        await using var target = stage.Open();
        return await S3Stage.TransferAsync(source, target, Token, request => request with { TransferId = "transfer01", Retries = 0 });
    }

    /// <summary>From its third part on nothing reaches the server.</summary>
    private async Task BreakOffAsync()
    {
        await WriteAsync(S3Stage.Bytes(Large));
        stage.CutAfterTwoParts();
        (await CopyAsync()).IsSuccess.ShouldBeFalse();
        stage.Proxy.Answer = null;
    }

    private async Task FailsAsync(string oddity)
    {
        var result = await CopyAsync();

        (result.Copied, result.Failed).ShouldBe((0, 1));
        result.Failures[0].Reason.ShouldContain(new Uri(stage.Proxy.Url).Authority);
        result.Failures[0].Reason.ShouldContain("no answer of S3's");
        result.Failures[0].Reason.ShouldContain(oddity);
    }
}
