using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Values that try to be more than a value: another header, another part of a body, another cookie, another path or host.</summary>
public sealed class InjectionSpecs
{
    private const string Lines = "a\r\nX-Evil: 1\r\n\r\nrest";

    private const string Manifest = """
        auth: [{kind: none}]
        actions:
          upload: {help: "Uploads.", call: POST /files, encoding: multipart, params: {file: {help: "It.", type: file, required: true}, note: {help: "A note."}}}
          send: {help: "Sends.", call: POST /raw, params: {file: {help: "It.", type: file, in: body_root, required: true}}}
          get: {help: "Gets.", call: "GET /things/{id}", params: {id: {help: "The id.", required: true}, q: {help: "A query."}, team: {help: "A header.", name: X-Team, in: header}, sid: {help: "A cookie.", in: cookie}}}
          form: {help: "Posts.", call: POST /form, encoding: form, params: {name: {help: "A name.", in: form}}}
        """;

    [Theory]
    [InlineData("data:text/html\r\nX-Evil: 1;base64,aGk=")]
    [InlineData("data:text/html\nX-Evil: 1,hi")]
    [InlineData("data:text/ht\u0000ml,hi")]
    [InlineData("data:text/html\u010a,hi")]
    [InlineData("data:text/html x,hi")]
    [InlineData("data:a/b/c,hi")]
    [InlineData("data:/html,hi")]
    [InlineData("data:text/,hi")]
    [InlineData("data:text/\"html,hi")]
    public async Task A_media_type_is_one_or_nothing_is_sent(string file)
    {
        await using var stage = await StartAsync();

        foreach (var action in (string[])["upload", "send"])
        {
            var error = await stage.FailAsync(action, JsonSerializer.Serialize(new { file }));

            error.Kind.ShouldBe(ProviderErrorKind.BadRequest);
            error.Message.ShouldContain("no media type");
            error.Message.ShouldNotContain("\n");
        }

        stage.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("data:,hi", "text/plain")]
    [InlineData("data:;base64,aGk=", "text/plain")]
    [InlineData("data:image/svg+xml;charset=utf-8,hi", "image/svg+xml")]
    [InlineData("data:application/vnd.acme.v2+json;name=a.json,hi", "application/vnd.acme.v2+json")]
    public async Task A_media_type_that_is_one_is_sent(string file, string type)
    {
        await using var stage = await StartAsync();

        await stage.RunAsync("upload", JsonSerializer.Serialize(new { file }));

        stage.Requests.ShouldHaveSingleItem().Text.ShouldContain($"\r\nContent-Type: {type}\r\n\r\nhi\r\n");
    }

    [Fact]
    public async Task A_files_name_and_a_field_stay_within_their_part()
    {
        await using var stage = await StartAsync();
        var name = Uri.EscapeDataString("a\"\r\nX-Evil: 1\r\n\r\n\0\u0085.txt");

        await stage.RunAsync("upload", JsonSerializer.Serialize(new { file = $"data:text/plain;name={name},hi", note = Lines }));

        var text = stage.Requests.ShouldHaveSingleItem().Text;
        text.ShouldContain("filename=\"a%22%0D%0AX-Evil: 1%0D%0A%0D%0A%00%85.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n");
        text.ShouldContain($"name=\"note\"\r\n\r\n{Lines}\r\n--gantry-");
    }

    [Theory]
    [InlineData("\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    public async Task A_header_with_a_line_break_is_not_sent(string value)
    {
        await using var stage = await StartAsync();

        foreach (var field in (string[])["team", "sid"])
        {
            var error = await stage.FailAsync("get", JsonSerializer.Serialize(new Dictionary<string, string> { ["id"] = "1", [field] = value }));

            error.Kind.ShouldBe(ProviderErrorKind.BadRequest);
            error.Message.ShouldContain("control character");
        }

        stage.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_letter_whose_low_byte_is_a_line_break_stays_a_letter()
    {
        await using var stage = await StartAsync();

        await stage.RunAsync("get", JsonSerializer.Serialize(new { id = "1", team = "a\u010aX-Evil: 1" }));

        stage.Requests.ShouldHaveSingleItem().Header("X-Evil").ShouldBeNull();
    }

    [Fact]
    public async Task A_cookies_value_begins_no_other_cookie()
    {
        await using var stage = await StartAsync();

        var error = await stage.FailAsync("get", """{"id": "1", "sid": "a; admin=1"}""");
        await stage.RunAsync("get", """{"id": "1", "sid": "a=b"}""");

        error.Message.ShouldContain("the cookie 'sid'");
        stage.Requests.ShouldHaveSingleItem().Header("Cookie").ShouldBe("sid=a=b");
    }

    [Theory]
    [InlineData("a/../../admin", "/v2/things/a%2F..%2F..%2Fadmin")]
    [InlineData("1?x=2#y", "/v2/things/1%3Fx%3D2%23y")]
    [InlineData("%2e%2e", "/v2/things/%252e%252e")]
    [InlineData("@evil.example/", "/v2/things/%40evil.example%2F")]
    [InlineData("a\r\nHost: evil", "/v2/things/a%0D%0AHost%3A%20evil")]
    [InlineData("\\\\evil.example", "/v2/things/%5C%5Cevil.example")]
    public async Task A_value_in_a_path_stays_one_segment(string id, string path)
    {
        await using var stage = await StartAsync();

        await stage.RunAsync("get", JsonSerializer.Serialize(new { id, q = "1&admin=1#\r\n" }));

        var request = stage.Requests.ShouldHaveSingleItem();
        (request.Host, request.Path).ShouldBe(("api.acme.example", path));
        request.Query.ShouldBe([KeyValuePair.Create("q", "1&admin=1#\r\n")]);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_path_does_not_lead_elsewhere(string id)
    {
        await using var stage = await StartAsync();

        (await stage.FailAsync("get", JsonSerializer.Serialize(new { id }))).Kind.ShouldBe(ProviderErrorKind.BadRequest);

        stage.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_value_of_a_form_begins_no_other_field()
    {
        await using var stage = await StartAsync();

        await stage.RunAsync("form", JsonSerializer.Serialize(new { name = "1&admin=1\r\n" }));

        Encoding.UTF8.GetString(stage.Requests.ShouldHaveSingleItem().Body).ShouldBe("name=1%26admin%3D1%0D%0A");
    }

    private static Task<ManifestStage> StartAsync() => ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));
}
