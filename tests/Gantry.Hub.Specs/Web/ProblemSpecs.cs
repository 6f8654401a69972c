using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

public sealed class ProblemSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("""{"name":"a","role":"x"}""", "'role' is unknown")]
    [InlineData("""{"name":"a","name":"b"}""", "'name' is given twice")]
    [InlineData("""{}""", "lacks the field 'name'")]
    [InlineData("""{"name":null}""", "'name' must not be null")]
    [InlineData("""{"name":5}""", "'name' has a value of the wrong type")]
    [InlineData("[1]", "another form")]
    [InlineData("{\"name\":\n \"a\"", "not valid JSON (line 2")]
    [InlineData("{'name':1}", "not valid JSON (line 1, byte 2)")]
    [InlineData("", "JSON body")]
    [InlineData("null", "JSON body")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    public async Task A_body_that_is_not_right_is_explained(string body, string expected)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/users", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.ReadDetailAsync()).ShouldContain(expected);
    }

    [Fact]
    public async Task Ten_thousand_brackets_are_refused()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/users", "{\"name\":" + new string('[', 10_000));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/api/execute", """{"plan":"\ud800"}""")]
    [InlineData("/api/execute", """{"\udfff":1}""")]
    [InlineData("/api/execute", """{"plan":{"steps":[{"use":"logic.transform","with":{"value":1}}]},"inputs":{"x":"\ud83d"}}""")]
    [InlineData("/api/plans", """{"name":"a","steps":[{"use":"logic.transform","with":{"\ud800":1}}]}""")]
    [InlineData("/api/plans/check", """{"plan":"\ud800"}""")]
    [InlineData("/api/workspaces", """{"name":"\ud800"}""")]
    public async Task Half_of_a_surrogate_pair_is_refused(string path, string body)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/plans?after=%00", "/api/plans")]
    [InlineData("/api/plans/a%00b", "/api/plans")]
    [InlineData("/api/endpoints/a%00b", "/api/endpoints")]
    [InlineData("/api/executions/%00", "/api/executions")]
    [InlineData("/api/execution-logs?q=%00", "/api/execution-logs")]
    public async Task A_nul_in_an_address_is_refused_and_spoils_no_later_request(string path, string good)
    {
        for (var i = 0; i < 3; i++)
        {
            using var refused = await SendAsync(HttpMethod.Get, path, body: null);
            using var answered = await SendAsync(HttpMethod.Get, good, body: null);

            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Gantry-Workspace")]
    [InlineData("Idempotency-Key")]
    public async Task A_header_that_decides_is_refused_when_it_stands_there_twice(string name)
    {
        var token = hub.Admin.DefaultRequestHeaders.Authorization!.ToString();
        const string Body = """{"plan":{"steps":[{"use":"logic.transform","with":{"value":1}}]}}""";
        Dictionary<string, string> headers = new() { ["Authorization"] = token, ["Gantry-Workspace"] = "default", ["Idempotency-Key"] = HubFixture.NewName("key") };
        var lines = headers.Append(new(name, headers[name])).Select(header => $"{header.Key}: {header.Value}\r\n");

        using var client = new TcpClient();
        await client.ConnectAsync(hub.Admin.BaseAddress!.Host, hub.Admin.BaseAddress.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /api/execute HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n{string.Concat(lines)}\r\n{Body}"));
        var answer = await new StreamReader(stream).ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain($"The header '{name}' is given more than once.");
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem_that_names_it()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/nothing-here", body: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.ReadDetailAsync()).ShouldContain("/api/nothing-here");
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        using var answer = await SendAsync(HttpMethod.Delete, "/api/me", body: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await answer.ReadDetailAsync()).ShouldBe("'/api/me' does not take DELETE, only GET.");
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_told_to_be()
    {
        using var answer = await hub.Admin.PostAsync("/api/users", new StringContent("name=a", Encoding.UTF8, "application/x-www-form-urlencoded"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.ReadDetailAsync()).ShouldContain("application/json");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_by_its_announced_length()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/users") { Content = new EndlessContent(17L * 1024 * 1024) };
        request.Headers.ExpectContinue = true;

        using var answer = await hub.Admin.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.ReadDetailAsync()).ShouldContain("body_megabytes");
    }

    [Fact]
    public async Task Every_answer_forbids_framing_sniffing_and_caching()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/nothing-here", body: null);

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await hub.Admin.SendAsync(request);
    }

    /// <summary>Announces a length and is never asked for its bytes.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly long length;

        public EndlessContent(long length)
        {
            this.length = length;
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new InvalidOperationException("The hub asked for a body that it should have refused.");

        protected override bool TryComputeLength(out long announced)
        {
            announced = length;
            return true;
        }
    }
}
