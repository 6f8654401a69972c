using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Specs.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Providers;

/// <summary>An OpenAPI document at an address that a hub is given: whatever answers there.</summary>
public sealed class ImportByAddressSpecs(GuardedHub guarded) : IClassFixture<GuardedHub>, IAsyncLifetime
{
    private const string Document = """{"openapi":"3.0.3","info":{"title":"Acme","version":"1"},"servers":[{"url":"/v1"}],"paths":{"/items":{"get":{"operationId":"listItems","responses":{}}}}}""";

    private readonly HubFixture hub = guarded.Hub;
    private readonly ConcurrentQueue<IHeaderDictionary> asked = [];
    private Vendor vendor = null!;
    private Vendor elsewhere = null!;

    public async ValueTask InitializeAsync()
    {
        vendor = await Vendor.StartAsync(AnswerAsync);
        elsewhere = await Vendor.StartAsync(AnswerAsync);
        await AllowAsync(vendor);
    }

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        await elsewhere.DisposeAsync();
    }

    [Fact]
    public async Task A_document_is_found_behind_a_redirect_and_is_asked_for_by_nobody_in_particular()
    {
        var found = await (await ImportAsync(vendor, "/moved")).ReadJsonAsync();

        found.GetProperty("action_count").GetInt32().ShouldBe(1);
        found.ToString().ShouldContain($"{vendor.Url}v1");
        asked.Count.ShouldBe(2);
        asked.ShouldAllBe(headers => !headers.ContainsKey("Authorization") && !headers.ContainsKey("Cookie") && !headers.ContainsKey("Gantry-Workspace") && !headers.ContainsKey("Referer"));
    }

    [Theory]
    [InlineData("/away", "not an address of the public internet")]
    [InlineData("/metadata", "not an address of the public internet")]
    [InlineData("/to-a-file", "http")]
    [InlineData("/round", "redirect")]
    public async Task A_redirect_leads_only_where_the_workspace_may_go(string path, string reason)
    {
        (await RefusedAsync(await ImportAsync(vendor, path))).ShouldContain(reason);

        asked.ShouldAllBe(headers => headers.Host.ToString() == new Uri(vendor.Url).Authority);
    }

    [Fact]
    public async Task What_the_workspace_may_not_reach_is_not_asked()
    {
        (await RefusedAsync(await ImportAsync(elsewhere, "/openapi.json"))).ShouldContain("not an address of the public internet");

        asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/page", "web page")]
    [InlineData("/shell", "web page")]
    [InlineData("/empty", "The document is empty")]
    [InlineData("/json", "no OpenAPI document")]
    [InlineData("/missing", "answered 404")]
    [InlineData("/broken", "answered 500")]
    [InlineData("/endless", "longer")]
    [InlineData("/bomb", "longer")]
    [InlineData("/cut", "")]
    [InlineData("/bytes", "")]
    public async Task What_is_no_document_is_told_as_what_it_is(string path, string reason)
    {
        var refused = await RefusedAsync(await ImportAsync(vendor, path));

        refused.ShouldContain(reason);
        refused.ShouldNotContain("secret-of-the-page");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://acme.example/openapi.json")]
    [InlineData("http://user:s3cret@acme.example/")]
    [InlineData("/openapi.json")]
    [InlineData("")]
    public async Task What_is_no_address_is_not_asked(string url)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/providers/import", new { url });

        (await RefusedAsync(answer)).ShouldNotContain("s3cret");
    }

    private static Task AnswerAsync(HttpContext context, Vendor vendor, Vendor? elsewhere)
    {
        var answer = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/moved":
                answer.Redirect("/openapi.json");
                return Task.CompletedTask;
            case "/away":
                answer.Redirect(elsewhere!.Url + "openapi.json");
                return Task.CompletedTask;
            case "/metadata":
                answer.Redirect("http://169.254.169.254/latest/meta-data/");
                return Task.CompletedTask;
            case "/to-a-file":
                answer.Redirect("file:///etc/passwd");
                return Task.CompletedTask;
            case "/round":
                answer.Redirect("/round");
                return Task.CompletedTask;
            case "/openapi.json":
                return answer.WriteAsync(Document);
            case "/page":
                answer.ContentType = "text/html";
                return answer.WriteAsync("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>secret-of-the-page</body></html>");
            case "/shell":
                return answer.WriteAsync("\uFEFF \n<html><body>secret-of-the-page</body></html>");
            case "/empty":
                return Task.CompletedTask;
            case "/json":
                return answer.WriteAsync("""{"token":"secret-of-the-page"}""");
            case "/broken":
                answer.StatusCode = 500;
                return answer.WriteAsync("secret-of-the-page");
            case "/endless":
                return EndlessAsync(answer);
            case "/bomb":
                answer.Headers.ContentEncoding = "gzip";
                return BombAsync(answer);
            case "/cut":
                answer.ContentLength = 1_000;
                return CutAsync(context);
            case "/bytes":
                return answer.Body.WriteAsync(new byte[] { 0xff, 0xfe, 0x00, 0x01 }).AsTask();
            default:
                answer.StatusCode = 404;
                return answer.WriteAsync("secret-of-the-page");
        }
    }

    private static async Task EndlessAsync(HttpResponse answer)
    {
        var spaces = new byte[1024 * 1024];
        Array.Fill(spaces, (byte)' ');
        while (!answer.HttpContext.RequestAborted.IsCancellationRequested) await answer.Body.WriteAsync(spaces);
    }

    private static async Task BombAsync(HttpResponse answer)
    {
        await using var packed = new System.IO.Compression.GZipStream(answer.Body, System.IO.Compression.CompressionLevel.Fastest);
        var spaces = new byte[1024 * 1024];
        for (var part = 0; part < 80 && !answer.HttpContext.RequestAborted.IsCancellationRequested; part++) await packed.WriteAsync(spaces);
    }

    private static async Task CutAsync(HttpContext context)
    {
        await context.Response.WriteAsync(Document[..50]);
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private Task AnswerAsync(HttpContext context)
    {
        // Kestrel uses its own again for the next request.
        asked.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)));
        return AnswerAsync(context, vendor, elsewhere);
    }

    private async Task AllowAsync(Vendor allowed)
    {
        using var changed = await hub.Admin.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { new Uri(allowed.Url).Authority } });
        changed.EnsureSuccessStatusCode();
    }

    private Task<HttpResponseMessage> ImportAsync(Vendor from, string path) => hub.Admin.PostAsJsonAsync("/api/providers/import", new { url = from.Url.TrimEnd('/') + path });

    private static async Task<string> RefusedAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
            return await answer.ReadDetailAsync();
        }
    }

    private sealed class Vendor(WebApplication app, string url) : IAsyncDisposable
    {
        public string Url => url;

        public static async Task<Vendor> StartAsync(RequestDelegate answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            app.Run(answer);
            await app.StartAsync();
            return new Vendor(app, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
