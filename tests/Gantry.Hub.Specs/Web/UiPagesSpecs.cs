using System.Net;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

/// <summary>How built pages are served: whole, small, cached, and never in place of the API.</summary>
public sealed class UiPagesSpecs : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-ui-").FullName;
    private readonly List<WebApplication> apps = [];

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(folder, "assets"));
        Directory.CreateDirectory(Path.Combine(folder, ".vite"));
        File.WriteAllText(Path.Combine(folder, "index.html"), "<!doctype html><title>Gantry</title>");
        File.WriteAllText(Path.Combine(folder, "assets", "index-abc.js"), "plain");
        File.WriteAllText(Path.Combine(folder, "assets", "index-abc.js.br"), "brotli");
        File.WriteAllText(Path.Combine(folder, "assets", "index-abc.js.gz"), "gzip");
        File.WriteAllText(Path.Combine(folder, ".vite", "hidden.json"), "{}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps) await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/executions/some-id?tab=log")]
    [InlineData("/plans/a.plan.with.dots")]
    public async Task Every_address_that_a_browser_opens_is_the_page(string path)
    {
        using var client = await StartAsync();

        using var answer = await GetAsync(client, path, accept: "text/html,application/xhtml+xml");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("<title>Gantry</title>");
        answer.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'none'; script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/health/nothing")]
    [InlineData("/metrics")]
    [InlineData("/assets/old-chunk.js")]
    public async Task What_belongs_to_the_API_or_is_gone_is_not_answered_by_the_page(string path)
    {
        using var client = await StartAsync();

        using var answer = await GetAsync(client, path, accept: "text/html");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_route_comes_before_the_pages()
    {
        using var client = await StartAsync();

        (await client.GetStringAsync("/api/there")).ShouldBe("route");
        (await client.PostAsync("/executions", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("gzip, deflate, br", "brotli", "br")]
    [InlineData("gzip", "gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip", "gzip")]
    [InlineData(null, "plain", null)]
    public async Task The_smallest_form_that_the_browser_reads_is_sent_and_kept_for_ever(string? accepted, string content, string? encoding)
    {
        using var client = await StartAsync();

        using var answer = await GetAsync(client, "/assets/index-abc.js", encoding: accepted);

        (await answer.Content.ReadAsStringAsync()).ShouldBe(content);
        answer.Content.Headers.ContentEncoding.FirstOrDefault().ShouldBe(encoding);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        answer.Headers.Vary.ShouldContain("Accept-Encoding");
    }

    [Fact]
    public async Task What_the_browser_has_already_is_not_sent_again()
    {
        using var client = await StartAsync();
        using var first = await GetAsync(client, "/", accept: "text/html");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await client.SendAsync(request);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("/.vite/hidden.json")]
    [InlineData("/assets/..%2f..%2fetc%2fpasswd")]
    [InlineData("/assets//index-abc.js")]
    [InlineData("/%2e%2e/secret.txt")]
    public async Task Nothing_but_the_pages_files_is_to_be_had(string path)
    {
        using var client = await StartAsync();

        using var answer = await GetAsync(client, path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_hub_without_pages_says_how_they_are_built()
    {
        using var client = await StartAsync(built: false);

        using var answer = await GetAsync(client, "/", accept: "text/html");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("npm run build");
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string? accept = null, string? encoding = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (encoding is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        return client.SendAsync(request);
    }

    private async Task<HttpClient> StartAsync(bool built = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        apps.Add(app);
        app.Urls.Add("http://127.0.0.1:0");
        app.UseRouting();
        app.UseUiPages(built ? UiFiles.OfFolder(folder) : null);
        app.MapGet("/api/there", () => "route");
        await app.StartAsync();
        return new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = new Uri(app.Urls.First()) };
    }
}
