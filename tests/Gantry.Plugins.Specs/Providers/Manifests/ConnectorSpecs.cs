using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>What a manifest makes of connections, parameters and answers.</summary>
public sealed class ConnectorSpecs
{
    private const string Key = """
        auth: [{kind: bearer, fields: {api_key: {help: "Settings > API.", secret: true, required: true}}}]

        """;

    private const string List = Key + """
        hosts: [files.acme.example]
        paging:
          next: {kind: next_url, next: next}
          cursor: {kind: cursor, name: after, next: cursor, size: {name: size, default: 2, max: 5}}
        actions:
          list_things: {help: "Lists.", call: GET /things, paging: next, response: {items: items}}
          list_others: {help: "Lists.", call: GET /others, paging: cursor, response: {items: items}}
          get_thing: {help: "Gets.", call: "GET /things/{id}", params: {id: {help: "The id.", required: true}}}
          create_thing:
            help: Makes.
            call: POST /things
            params: {name: {help: "The name.", required: true}, tag: {help: "A tag.", name: meta.tag}, at: {help: "When.", type: datetime}}
          upload: {help: "Uploads.", call: POST /files, encoding: multipart, params: {file: {help: "It.", type: file, required: true}, note: {help: "A note."}}}
          download: {help: "Downloads.", call: GET /files/1, response: {decode: file}}
        """;

    [Fact]
    public async Task The_credential_with_the_providers_name_is_the_connection_and_is_looked_up_at_once()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, """{"id": 1}"""));
        stage.Secret("api_key", "s3cret-value");

        var output = await stage.RunAsync("get_thing", """{"id": "a/b"}""");

        output!.ToJsonString().ShouldBe("""{"id":1}""");
        var request = stage.Requests.ShouldHaveSingleItem();
        (request.Method, request.Host, request.Path, request.Header("Authorization")).ShouldBe(("GET", "api.acme.example", "/v2/things/a%2Fb", "Bearer s3cret-value"));
        stage.Lookups.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_connection_lacks_is_told_with_where_it_is_found()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, "{}"));

        var error = await stage.FailAsync("get_thing", """{"id": "1"}""");

        error.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        error.Message.ShouldContain("'api_key' (Settings > API)");
        error.Message.ShouldContain($"gantry provider connect {stage.Provider.Id}");
        stage.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_is_sent_to_none_but_its_hosts()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("api_key", "s3cret-value", "other.example");

        var error = await stage.FailAsync("get_thing", """{"id": "1"}""");

        error.Message.ShouldContain("only sent to other.example");
        stage.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Secrets_are_masked_and_what_is_kept_beside_them_is_not()
    {
        const string Manifest = """
            base_url: https://${connection.region}.acme.example
            connection: {region: {help: "The region.", required: true}}
            auth: [{kind: basic, username: "${connection.user}", password: "${connection.password}", fields: {user: {help: "The user.", required: true}, password: {help: "It.", secret: true, required: true}}}]
            actions: {get: {help: "Gets.", call: GET /}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (request, context) => ManifestStage.JsonAsync(context, $$"""{"you": "{{request.Header("Authorization")}}", "at": "europe-1"}"""));
        stage.Secret("region", "europe-1");
        stage.Secret("user", "someone");
        stage.Secret("password", "s3cret-value");
        using var redactor = new Redactor();

        var output = await stage.RunAsync("get", "{}", new RedactingSecrets(stage, redactor));

        redactor.Text(output!.ToJsonString()).ShouldBe("""{"you":"Basic ***","at":"europe-1"}""");
    }

    [Theory]
    [InlineData("""{"id": ".."}""")]
    [InlineData("""{"id": ""}""")]
    public async Task A_path_cannot_be_left(string parameters)
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("get_thing", parameters);

        (error.Kind, error.Message.Contains("'id'", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, true));
        stage.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("evil.example/")]
    [InlineData("evil.example#")]
    [InlineData("user@evil.example")]
    public async Task A_value_of_the_connection_cannot_make_another_host(string subdomain)
    {
        const string Manifest = """
            base_url: https://${connection.subdomain}.acme.example/v1
            connection: {subdomain: {help: "The part before.", required: true}}
            auth: [{kind: none}]
            actions: {get: {help: "Gets.", call: GET /}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));

        var error = await stage.FailAsync("get", $$$"""{"connection": {"subdomain": "{{{subdomain}}}"}}""");

        error.Message.ShouldContain("stands in the host");
        stage.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_goes_on_to_hosts_of_the_manifest_only()
    {
        await using var stage = await ManifestStage.StartAsync(List, (request, context) => ManifestStage.JsonAsync(context, request.Host switch
        {
            "api.acme.example" => """{"items": [1], "next": "https://files.acme.example/more?page=2"}""",
            _ => """{"items": [2], "next": "https://evil.example/"}""",
        }));
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("list_things");

        error.Message.ShouldContain("'evil.example'");
        stage.Requests.Select(request => request.Host).ShouldBe(["api.acme.example", "files.acme.example"]);
    }

    [Fact]
    public async Task A_cursor_that_comes_again_ends_the_list_and_a_limit_ends_it_earlier()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, """{"items": [1, 2], "cursor": "same"}"""));
        stage.Secret("api_key", "s3cret-value");

        var all = await stage.RunAsync("list_others");
        var three = await stage.RunAsync("list_others", """{"limit": 3}""");

        all!.ToJsonString().ShouldBe("[1,2,1,2]");
        three!.ToJsonString().ShouldBe("[1,2,1]");
        stage.Requests.Select(request => string.Join('&', request.Query.Select(pair => $"{pair.Key}={pair.Value}")))
            .ShouldBe(["size=2", "after=same&size=2", "size=2", "after=same&size=1"]);
    }

    [Theory]
    [InlineData("page", "page=1,page=2")]
    [InlineData("offset", "offset=0,offset=2")]
    public async Task A_vendor_that_answers_every_page_with_the_first_ends_the_list_too(string kind, string asked)
    {
        var manifest = Key + $"""
            paging:
              all:
                kind: {kind}
                name: {kind}
            actions:
              list_things:
                help: Lists.
                call: GET /things
                paging: all
                response:
                  items: items
            """;
        await using var stage = await ManifestStage.StartAsync(manifest, (_, context) => ManifestStage.JsonAsync(context, """{"items": [{"id": 1}, {"id": 2}]}"""));
        stage.Secret("api_key", "s3cret-value");

        var all = await stage.RunAsync("list_things");

        all!.ToJsonString().ShouldBe("""[{"id":1},{"id":2}]""");
        string.Join(',', stage.Requests.Select(request => string.Join('&', request.Query.Select(pair => $"{pair.Key}={pair.Value}")))).ShouldBe(asked);
    }

    [Fact]
    public async Task A_redirect_to_another_host_gets_no_token()
    {
        await using var stage = await ManifestStage.StartAsync(List, (request, context) =>
        {
            if (request.Host == "api.acme.example")
            {
                context.Response.Redirect("https://elsewhere.example/");
                return Task.CompletedTask;
            }

            return ManifestStage.JsonAsync(context, "{}");
        });
        stage.Secret("api_key", "s3cret-value");

        await stage.RunAsync("get_thing", """{"id": "1"}""");

        stage.Requests[^1].Host.ShouldBe("elsewhere.example");
        stage.Requests[^1].Header("Authorization").ShouldBeNull();
    }

    [Fact]
    public async Task Json_is_nested_by_the_dots_of_its_names_and_wrong_parameters_are_not_sent()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("api_key", "s3cret-value");

        await stage.RunAsync("create_thing", """{"name": "${x} \"y\"", "tag": "z"}""");
        var error = await stage.FailAsync("create_thing", """{"name": "n", "at": "someday"}""");

        stage.Requests.ShouldHaveSingleItem().Text.ShouldBe("""{"name":"${x} \"y\"","meta":{"tag":"z"}}""");
        error.Message.ShouldBe("'at' must be a time such as 2026-01-31T12:00:00Z, not this text.");
    }

    [Fact]
    public async Task Files_are_sent_and_written_while_they_are_read()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        await using var stage = await ManifestStage.StartAsync(List, async (request, context) =>
        {
            if (request.Method == "GET")
            {
                context.Response.ContentType = "application/pdf";
                context.Response.Headers.ContentDisposition = "attachment; filename=\"../report.pdf\"";
                await context.Response.Body.WriteAsync(content);
                return;
            }

            await ManifestStage.JsonAsync(context, "{}");
        });
        stage.Secret("api_key", "s3cret-value");

        var output = await stage.RunAsync("download", """{"save_to": "/folder/"}""");
        await stage.RunAsync("upload", """{"file": "/folder/report.pdf", "note": "two\r\nlines"}""");

        (output!["file"]!.GetValue<string>(), output["size"]!.GetValue<int>()).ShouldBe(("/folder/report.pdf", content.Length));
        var request = stage.Requests[^1];
        request.Header("Content-Length").ShouldBe(request.Body.Length.ToString());
        request.Body.AsSpan().IndexOf(content).ShouldBeGreaterThan(0);
        request.Text.ShouldContain("name=\"file\"; filename=\"report.pdf\"\r\nContent-Type: application/pdf");
    }

    [Fact]
    public async Task An_answer_without_end_is_refused_and_takes_no_memory_with_it()
    {
        var block = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
        await using var stage = await ManifestStage.StartAsync(List, async (_, context) =>
        {
            context.Response.ContentType = "application/json";
            for (var megabyte = 0; megabyte < 100; megabyte++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("get_thing", """{"id": "1"}""");

        (error.Kind, error.Message.Contains("longer than", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.Upstream, true));
    }

    [Fact]
    public async Task A_vendor_that_takes_too_long_is_not_waited_for()
    {
        await using var stage = await ManifestStage.StartAsync(
            Key + "actions: {get: {help: \"Gets.\", call: GET /, timeout_seconds: 1}}", (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("get");

        (error.Kind, error.IsTransient).ShouldBe((ProviderErrorKind.TimedOut, true));
    }

    [Theory]
    [InlineData("limits: {retry_after: [X-Wait], max_wait_seconds: 5}", "X-Wait", "3600", "{}", 3600)]
    [InlineData("limits: {body_after: retry_in}", "X-None", "", """{"retry_in": 3600}""", 3600)]
    [InlineData("limits: {}", "Retry-After", "3600", "{}", 3600)]
    public async Task A_wait_that_is_too_long_is_left_to_the_step(string limits, string header, string value, string body, int seconds)
    {
        await using var stage = await ManifestStage.StartAsync(Key + limits + "\nactions: {get: {help: \"Gets.\", call: GET /}}", (_, context) =>
        {
            context.Response.Headers[header] = value;
            return ManifestStage.JsonAsync(context, body, 429);
        });
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("get");

        (error.Kind, error.IsTransient, error.RetryAfter).ShouldBe((ProviderErrorKind.RateLimited, true, TimeSpan.FromSeconds(seconds)));
        stage.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_failure_has_the_vendors_message_and_its_code_says_what_kind_it_is()
    {
        const string Manifest = Key + """
            errors: {message: ["errors[*].text"], code: [code], kinds: {gone: not_found}}
            actions: {get: {help: "Gets.", call: GET /}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, """{"code": "gone", "errors": [{"text": "It is"}, {"text": "gone."}]}""", 400));
        stage.Secret("api_key", "s3cret-value");

        var error = await stage.FailAsync("get");

        (error.Kind, error.Status).ShouldBe((ProviderErrorKind.NotFound, 400));
        error.Message.ShouldContain("It is; gone.");
    }

    [Fact]
    public async Task A_job_is_asked_after_until_it_is_done()
    {
        const string Manifest = Key + """
            actions:
              render:
                help: Renders.
                call: POST /jobs
                poll: {id: job.id, call: "GET /jobs/${job}", until: "${answer.state == 'done'}", failed_when: "${answer.state == 'failed'}", every_seconds: 0.01, output: url}
            """;
        var asked = 0;
        await using var stage = await ManifestStage.StartAsync(Manifest, (request, context) => ManifestStage.JsonAsync(
            context, request.Method == "POST" ? """{"job": {"id": "j/1"}}""" : ++asked < 3 ? """{"state": "running"}""" : """{"state": "done", "url": "u"}"""));
        stage.Secret("api_key", "s3cret-value");

        var output = await stage.RunAsync("render");

        output!.GetValue<string>().ShouldBe("u");
        stage.Requests.Select(request => request.Path).ShouldBe(["/v2/jobs", "/v2/jobs/j%2F1", "/v2/jobs/j%2F1", "/v2/jobs/j%2F1"]);
    }

    [Theory]
    [InlineData(502, "0.01", true)]
    [InlineData(500, "0.01", true)]
    [InlineData(502, "3600", false)]
    [InlineData(404, "0.01", false)]
    public async Task A_job_that_cannot_be_asked_after_for_a_moment_is_not_begun_again(int status, string every, bool isDone)
    {
        var manifest = Key + $$$"""
            actions:
              render:
                help: Renders.
                call: POST /jobs
                poll: {id: job.id, call: "GET /jobs/${job}", until: "${answer.state == 'done'}", every_seconds: {{{every}}}, output: url}
            """;
        var asked = 0;
        await using var stage = await ManifestStage.StartAsync(manifest, (request, context) => request.Method == "POST" ? ManifestStage.JsonAsync(context, """{"job": {"id": "1"}}""")
            : ++asked < 3 ? ManifestStage.JsonAsync(context, "{}", status) : ManifestStage.JsonAsync(context, """{"state": "done", "url": "u"}"""));
        stage.Secret("api_key", "s3cret-value");

        if (isDone)
        {
            (await stage.RunAsync("render"))!.GetValue<string>().ShouldBe("u");
        }
        else
        {
            var error = await stage.FailAsync("render");
            (error.IsTransient, error.Status).ShouldBe((false, status));
            error.Message.ShouldContain("may still be going on");
        }

        stage.Requests.Count(request => request.Method == "POST").ShouldBe(1);
    }

    [Fact]
    public async Task Values_in_a_document_are_escaped_and_its_answer_is_a_tree()
    {
        const string Manifest = Key + """
            actions:
              ask:
                help: Asks.
                call: POST /soap
                xml: "<a><b>${input.b}</b></a>"
                soap_action: urn:ask
                params: {b: {help: "It.", required: true}}
                response: {decode: xml, items: "Envelope.Body.r[]"}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) =>
        {
            context.Response.ContentType = "text/xml";
            return context.Response.WriteAsync("""<s:Envelope xmlns:s="urn:s"><s:Body><r n="1">one</r></s:Body></s:Envelope>""");
        });
        stage.Secret("api_key", "s3cret-value");

        var output = await stage.RunAsync("ask", """{"b": "<x>&"}""");

        output!.ToJsonString().ShouldBe("""[{"@n":"1","#text":"one"}]""");
        var request = stage.Requests.ShouldHaveSingleItem();
        (request.Text, request.Header("SOAPAction")).ShouldBe(("<a><b>&lt;x&gt;&amp;</b></a>", "\"urn:ask\""));
    }

    [Fact]
    public async Task A_manifest_adds_to_a_provider_in_code_and_code_wins()
    {
        await using var stage = await ManifestStage.StartAsync(List, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        var catalog = new ProviderCatalog([new Code("hubspot")], AllManifests.Library);

        var provider = catalog.Find("hubspot")!;

        provider.ActionIds.ShouldBe(["get_thing", .. AllManifests.Read("hubspot").Actions.Select(action => action.Id)]);
        (await provider.RunAsync(stage.Call("get_thing"), CancellationToken.None)).Message.ShouldBe("by code");
        (await Should.ThrowAsync<ProviderException>(() => provider.RunAsync(stage.Call("list_contacts"), CancellationToken.None))).Error.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        catalog.FindManifest("hubspot").ShouldNotBeNull();
    }

    private sealed class Code(string id) : IProvider
    {
        public string Id => id;

        public string Title => "Code";

        public string Help => "Code.";

        public IReadOnlyList<ProviderAction> Actions { get; } = [new() { Id = "get_thing", Help = "Gets." }];

        public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken) => Task.FromResult(ProviderResult.Success(null, "by code"));
    }
}
