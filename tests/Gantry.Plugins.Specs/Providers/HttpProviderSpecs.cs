using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class HttpProviderSpecs : IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private LoopbackServer server = null!;

    public async ValueTask InitializeAsync() => server = await LoopbackServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_request_goes_out_as_it_is_described()
    {
        stage.Secrets["TOKEN"] = "t0ken";
        stage.Secrets["KEY"] = "k&y";

        var outcome = await stage.RunAsync("http.post", new
        {
            url = $"{server.Url}/a b/ü?x=1",
            query = new { tag = new object[] { "a b", 2, true }, key = "${cred:KEY}", gone = (string?)null },
            headers = new Dictionary<string, object> { ["X-Number"] = 5, ["X-Key"] = "v=${cred:KEY}" },
            bearer = "${cred:TOKEN}",
            json = new { title = "é", n = 1.50m, secret = "<${cred:KEY}>" },
        });

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.PathAndQuery).ShouldBe(("POST", "/a%20b/%C3%BC?x=1&tag=a%20b&tag=2&tag=true&key=k%26y"));
        request.Headers["Authorization"].ShouldBe("Bearer t0ken");
        request.Headers["X-Number"].ShouldBe("5");
        request.Headers["X-Key"].ShouldBe("v=k&y");
        request.Headers["Content-Type"].ShouldBe("application/json");
        request.Headers["Idempotency-Key"].ShouldBe(IdempotencyKey.For(Guid.Parse("01900000-0000-7000-8000-000000000001"), "0"));
        JsonElement.Parse(request.Body).GetProperty("secret").GetString().ShouldBe("<k&y>");
        JsonElement.Parse(request.Body).GetProperty("n").GetRawText().ShouldBe("1.50");
    }

    [Fact]
    public async Task A_json_answer_is_parsed_with_its_digits_and_any_other_is_a_text()
    {
        server.Answer = async context =>
        {
            context.Response.ContentType = context.Request.Path == "/json" ? "application/problem+json; charset=utf-8" : "text/plain; charset=iso-8859-1";
            context.Response.Headers.Append("X-Many", "a");
            context.Response.Headers.Append("X-Many", "b");
            await context.Response.Body.WriteAsync(context.Request.Path == "/json" ? """{"n":12345678901234567890,"f":1.10}"""u8.ToArray() : Encoding.Latin1.GetBytes("é"));
        };

        var json = (await stage.RunAsync("http.get", new { url = $"{server.Url}/json" })).Output!.Value;
        var text = (await stage.RunAsync("http.get", new { url = $"{server.Url}/text" })).Output!.Value;

        json.GetProperty("status").GetInt32().ShouldBe(200);
        json.GetProperty("headers").GetProperty("x-many").GetString().ShouldBe("a, b");
        json.GetProperty("body").GetRawText().ShouldBe("""{"n":12345678901234567890,"f":1.10}""");
        text.GetProperty("body").GetString().ShouldBe("é");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_as_base64()
    {
        server.Answer = context => context.Response.Body.WriteAsync(new byte[] { 0xFF, 0, 1 }).AsTask();

        var output = (await stage.RunAsync("http.get", new { url = server.Url })).Output!.Value;

        (output.GetProperty("body").ValueKind, output.GetProperty("body_base64").GetString()).ShouldBe((JsonValueKind.Null, "/wAB"));
    }

    [Theory]
    [InlineData("form", """{"a b":"c&d","n":5}""", "application/x-www-form-urlencoded", "a%20b=c%26d&n=5")]
    [InlineData("body", "\"plain é\"", "text/plain; charset=utf-8", "plain é")]
    [InlineData("json", "[1,null]", "application/json", "[1,null]")]
    [InlineData("json", "null", "application/json", "null")]
    public async Task A_body_is_sent_in_its_form(string name, string value, string contentType, string body)
    {
        await stage.RunAsync("http.put", new Dictionary<string, object?> { ["url"] = server.Url, [name] = JsonElement.Parse(value) });

        var request = server.Requests.ShouldHaveSingleItem();
        (request.Headers["Content-Type"], request.Body).ShouldBe((contentType, body));
    }

    [Theory]
    [InlineData(400, ProviderErrorKind.BadRequest, false)]
    [InlineData(401, ProviderErrorKind.Unauthorized, false)]
    [InlineData(403, ProviderErrorKind.Unauthorized, false)]
    [InlineData(404, ProviderErrorKind.NotFound, false)]
    [InlineData(408, ProviderErrorKind.TimedOut, true)]
    [InlineData(409, ProviderErrorKind.Conflict, false)]
    [InlineData(429, ProviderErrorKind.RateLimited, true)]
    [InlineData(500, ProviderErrorKind.Upstream, true)]
    [InlineData(501, ProviderErrorKind.Upstream, false)]
    [InlineData(503, ProviderErrorKind.Unavailable, true)]
    public async Task A_status_becomes_the_uniform_error_with_the_vendors_own_message(int status, ProviderErrorKind kind, bool isTransient)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsJsonAsync(new { error = new { message = "The vendor's\n reason." } });
        };

        var outcome = await stage.RunAsync("http.get", new { url = $"{server.Url}/x?secret=1" });

        (outcome.Error!.Kind, outcome.Error.IsTransient, outcome.Error.Status).ShouldBe((kind, isTransient, status));
        outcome.Error.Message.ShouldStartWith($"GET {server.Url}/x answered {status} ");
        outcome.Error.Message.ShouldEndWith(": The vendor's reason.");
        outcome.Output!.Value.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task Retry_after_is_understood_in_seconds_and_as_a_date()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = context.Request.Path == "/seconds" ? "120" : DateTimeOffset.UnixEpoch.AddYears(100).ToString("R", CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        };

        (await stage.RunAsync("http.get", new { url = $"{server.Url}/seconds" })).Error!.RetryAfter.ShouldBe(TimeSpan.FromSeconds(120));
        (await stage.RunAsync("http.get", new { url = $"{server.Url}/date" })).Error!.RetryAfter!.Value.TotalDays.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public async Task Statuses_that_are_expected_are_a_success_and_others_are_not()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/404" ? 404 : 200;
            return Task.CompletedTask;
        };

        (await stage.RunAsync("http.get", new { url = $"{server.Url}/404", expected_status = new[] { 404 } })).Status.ShouldBe(ExecutionStatus.Succeeded);
        (await stage.RunAsync("http.get", new { url = $"{server.Url}/", expected_status = new[] { 404 } })).Status.ShouldBe(ExecutionStatus.Failed);
    }

    [Fact]
    public async Task A_transient_failure_is_retried_with_the_same_idempotency_key()
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = server.Requests.Count < 3 ? 503 : 200;
            return Task.CompletedTask;
        };
        var plan = PlanReader.Read($"steps: [{{use: http.post, with: {{url: '{server.Url}', json: 1}}, retry: {{attempts: 3, delay: 1ms}}}}]").Plan!;

        (await stage.RunAsync(plan)).Status.ShouldBe(ExecutionStatus.Succeeded);

        server.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem();
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Nobody_listening_is_a_passing_failure()
    {
        var url = server.Url;
        await server.DisposeAsync();

        var outcome = await stage.RunAsync("http.get", new { url });

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Unavailable, true));
        outcome.Error.Message.ShouldContain("could not be reached");
        server = await LoopbackServer.StartAsync();
    }

    [Fact]
    public async Task An_answer_that_never_comes_runs_into_the_timeout()
    {
        server.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        var outcome = await stage.RunAsync("http.get", new { url = server.Url, timeout = "50ms" });

        (outcome.Error!.Kind, outcome.Error.IsTransient, outcome.Error.Message).ShouldBe((ProviderErrorKind.TimedOut, true, $"GET {server.Url}/ did not answer within 50ms."));
    }

    [Fact]
    public async Task Cancelling_ends_a_request_in_flight()
    {
        using var cancel = new CancellationTokenSource();
        server.Answer = async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        (await stage.RunAsync("http.get", new { url = server.Url }, cancellationToken: cancel.Token)).Status.ShouldBe(ExecutionStatus.Cancelled);
        stage.Journal.Attempts.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Cancelled);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_refused_even_when_it_is_small_on_the_wire()
    {
        server.Answer = async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var zip = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
            await zip.WriteAsync(new byte[2_000_000]);
        };

        var outcome = await stage.RunAsync("http.get", new { url = server.Url, max_bytes = 1_000_000 });

        outcome.Error!.Message.ShouldBe($"The answer to GET {server.Url}/ is longer than 1,000,000 bytes. Ask for less, or move it as a file.");
    }

    [Theory]
    [InlineData("{\"cut\":")]
    [InlineData("not json")]
    public async Task An_answer_that_only_says_that_it_is_json_is_a_failure(string body)
    {
        server.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        };

        var outcome = await stage.RunAsync("http.get", new { url = server.Url });

        (outcome.Error!.Kind, outcome.Output!.Value.GetProperty("body").GetString()).ShouldBe((ProviderErrorKind.Upstream, body));
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_in_an_answer_becomes_a_character()
    {
        server.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"\ud83d":"cut \ud83d","whole":"\ud83d\ude00"}""");
        };

        var outcome = await stage.RunAsync("http.get", new { url = server.Url });

        outcome.Output!.Value.GetProperty("body").EnumerateObject().Select(member => (member.Name, member.Value.GetString()))
            .ShouldBe([("\ufffd", "cut \ufffd"), ("whole", "\U0001F600")]);
    }

    [Fact]
    public async Task An_answer_that_only_says_that_it_is_packed_is_a_failure_that_says_so()
    {
        server.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("not packed at all");
        };

        var outcome = await stage.RunAsync("http.get", new { url = server.Url });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Upstream);
        outcome.Error.Message.ShouldContain("cannot be unpacked");
        outcome.Error.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Json_nested_too_deeply_is_a_failure_and_not_a_crash()
    {
        server.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(new string('[', 100_000));
        };

        (await stage.RunAsync("http.get", new { url = server.Url })).Error!.Kind.ShouldBe(ProviderErrorKind.Upstream);
    }

    [Fact]
    public async Task An_answer_broken_off_in_the_middle_is_a_passing_failure()
    {
        server.Answer = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        var outcome = await stage.RunAsync("http.get", new { url = server.Url });

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Unavailable, true));
    }

    [Theory]
    [InlineData("X-Bad", "a\r\nX-Injected: 1", "holds a line break")]
    [InlineData("X-Bad", "a\0b", "control character")]
    [InlineData("Bad Name", "a", "name is made of")]
    [InlineData("X\r\nY", "a", "name is made of")]
    [InlineData("Host", "elsewhere", "set by the program")]
    [InlineData("Content-Length", "5", "set by the program")]
    public async Task A_header_that_would_break_the_request_is_refused(string name, string value, string message)
    {
        var outcome = await stage.RunAsync("http.get", new { url = server.Url, headers = new Dictionary<string, string> { [name] = value } });

        (outcome.Error!.Kind, server.Requests.Count).ShouldBe((ProviderErrorKind.BadRequest, 0));
        outcome.Error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("ftp://example.org/", "must be absolute")]
    [InlineData("/relative", "must be absolute")]
    [InlineData("file:///etc/passwd", "must be absolute")]
    [InlineData("http://user:pass@example.org/", "holds a user name or a password")]
    public async Task A_url_that_is_none_for_us_is_refused(string url, string message)
    {
        var outcome = await stage.RunAsync("http.get", new { url });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        outcome.Error.Message.ShouldContain(message);
        outcome.Error.Message.ShouldNotContain("pass@");
    }

    [Fact]
    public async Task Secrets_that_come_back_are_masked_in_all_that_is_kept()
    {
        stage.Secrets["PASSWORD"] = "pa$$ \"word\"";
        server.Answer = context => context.Response.WriteAsync(string.Join('\n', server.Requests.Last().Headers.Values) + stage.Secrets["PASSWORD"]);

        var outcome = await stage.RunAsync("http.get", new { url = server.Url, basic = new { user = "me", password = "${cred:PASSWORD}" } });

        server.Requests.Single().Headers["Authorization"].ShouldBe("Basic " + Convert.ToBase64String("me:pa$$ \"word\""u8));
        var kept = JsonSerializer.Serialize(stage.Journal.Attempts) + outcome.Output!.Value.GetProperty("body").GetString();
        kept.ShouldNotContain("word");
        kept.ShouldNotContain(Convert.ToBase64String("me:pa$$ \"word\""u8));
    }

    [Fact]
    public async Task A_credential_that_is_not_stored_is_named_and_nothing_is_sent()
    {
        var outcome = await stage.RunAsync("http.get", new { url = server.Url, bearer = "${cred:GONE}" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        outcome.Error.Message.ShouldStartWith("There is no credential 'GONE' (steps[0].with.bearer).");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connections_are_kept_between_requests()
    {
        var connections = new HashSet<string>(StringComparer.Ordinal);
        server.Answer = context =>
        {
            connections.Add(context.Connection.Id);
            return Task.CompletedTask;
        };

        for (var i = 0; i < 5; i++)
        {
            (await stage.RunAsync("http.get", new { url = server.Url })).Status.ShouldBe(ExecutionStatus.Succeeded);
        }

        connections.Count.ShouldBe(1);
    }

    [Fact]
    public void What_http_calls_idempotent_may_be_repeated()
    {
        var provider = AllPlugins.Providers.Find("http")!;

        provider.Actions.Where(action => action.IsRepeatable).Select(action => action.Id).ShouldBe(["get", "put", "delete"]);
        var request = AllPlugins.Providers.FindAction("http", "request")!;
        request.IsRepeatableWith!(JsonElement.Parse("""{"method":"get"}""")).ShouldBeTrue();
        request.IsRepeatableWith(JsonElement.Parse("""{"method":"POST"}""")).ShouldBeFalse();
    }
}
