using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>What strangers send to webhooks: it is refused, or taken as what it is, and never a failure of the hub.</summary>
public sealed class HostileWebhookSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("\"\\ud800\"", 400)]
    [InlineData("{\"\\udfff\": 1}", 400)]
    [InlineData("{\"a\": 1, \"a\": 2}", 400)]
    [InlineData("[1,]", 400)]
    [InlineData("// no\n1", 400)]
    [InlineData("NaN", 400)]
    [InlineData("\"\\u0000\\u001b[2J\"", 202)]
    [InlineData("{\"\": {\"__proto__\": null}, \"${env.HOME}\": \"${cred:X}\"}", 202)]
    [InlineData("1e400", 202)]
    [InlineData("99999999999999999999999999999999", 202)]
    [InlineData("null", 202)]
    public async Task A_body_that_is_no_sound_JSON_is_refused_and_any_other_is_taken(string body, int status)
    {
        using var answer = await CallAsync(await SaveAsync("open: true"), Encoding.UTF8.GetBytes(body));

        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(56, 202)]
    [InlineData(57, 400)]
    [InlineData(64, 400)]
    [InlineData(100_000, 400)]
    public async Task A_body_that_is_nested_too_deep_is_refused(int depth, int status)
    {
        using var answer = await CallAsync(await SaveAsync("open: true"), Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)));

        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off_at_a_megabyte()
    {
        var path = await SaveAsync("open: true");
        using var content = new StreamContent(new EndlessStream());

        HttpStatusCode? status = null;
        try
        {
            using var answer = await hub.Nobody.PostAsync($"/api/webhook/{path}", content, TestContext.Current.CancellationToken);
            status = answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The hub answered and hung up while the rest was still being sent.
        }

        (status ?? HttpStatusCode.RequestEntityTooLarge).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await EventsAsync(path)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_said_in_a_body_is_data_and_is_not_expanded()
    {
        var path = await SaveAsync("open: true, reply: result");

        using var answer = await CallAsync(path, Encoding.UTF8.GetBytes("{\"a\": \"${env.HOME} ${cred:X} {{step_1.output}}\"}"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.ReadJsonAsync()).GetProperty("output").GetProperty("body").GetProperty("a").GetString().ShouldBe("${env.HOME} ${cred:X} {{step_1.output}}");
    }

    [Theory]
    [InlineData("stripe", "Stripe-Signature", "")]
    [InlineData("stripe", "Stripe-Signature", "t=,v1=")]
    [InlineData("stripe", "Stripe-Signature", "t=99999999999999999999,v1=00")]
    [InlineData("stripe", "Stripe-Signature", "t=-1,v1=00")]
    [InlineData("stripe", "Stripe-Signature", "v1,t,=,,,")]
    [InlineData("github", "X-Hub-Signature-256", "sha256=")]
    [InlineData("github", "X-Hub-Signature-256", "sha256=zz")]
    [InlineData("github", "X-Hub-Signature-256", "sha1=0000")]
    [InlineData("shopify", "X-Shopify-Hmac-Sha256", "=====")]
    [InlineData("hmac", "X-Signature", "0")]
    [InlineData("token", "Authorization", "Bearer")]
    [InlineData("token", "Authorization", "Basic YWRtaW46")]
    public async Task A_signature_that_is_none_is_refused(string scheme, string header, string value)
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync()}}}\", scheme: {scheme}");

        using var answer = await CallAsync(path, "{}"u8.ToArray(), (header, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("the secret itself");
        (await EventsAsync(path)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Thousands_of_signatures_in_one_header_are_refused_without_looking_at_all()
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync()}}}\"");
        var many = string.Join(' ', Enumerable.Repeat("v1," + Convert.ToBase64String(new byte[32]), 400));

        using var answer = await CallAsync(path, "{}"u8.ToArray(), ("webhook-id", "1"), ("webhook-timestamp", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}"), ("webhook-signature", many));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_secret_that_a_caller_sends_stands_in_no_event()
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync()}}}\", scheme: token, header: X-My-Key");

        using var answer = await CallAsync(path, "{}"u8.ToArray(), ("X-My-Key", "the secret itself"), ("Authorization", "Bearer another"), ("Cookie", "session=x"), ("X-Auth-Token", "a third"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var seen = (await ShowAsync((await EventsAsync(path)).ShouldHaveSingleItem())).GetRawText();
        foreach (var secret in (string[])["the secret itself", "another", "session=x", "a third"])
            seen.ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("..%2f..%2fplans")]
    [InlineData("%00")]
    [InlineData("~default%2f..%2f~other")]
    [InlineData("%ed%a0%80")]
    [InlineData("' or 1=1 --")]
    public async Task A_path_that_tries_something_is_not_there(string path)
    {
        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });

        ((int)answer.StatusCode).ShouldBeOneOf(400, 404);
    }

    [Fact]
    public async Task A_workspace_that_is_named_by_a_header_is_no_way_around_a_secret()
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync()}}}\", scheme: token");

        using var answer = await CallAsync(path, "{}"u8.ToArray(), ("Gantry-Workspace", "default"));
        using var nowhere = await CallAsync(path, "{}"u8.ToArray(), ("Gantry-Workspace", "default' or true --"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_plans_that_take_the_same_path_at_the_same_moment_one_is_saved()
    {
        var path = HubFixture.NewName("race");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hub.Admin.PostAsync("/api/plans", Plan(HubFixture.NewName("racer"), $"path: {path}, open: true"))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
        using var called = await CallAsync(path, "{}"u8.ToArray());
        called.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task A_replay_starts_with_the_rights_of_whoever_asks_for_it_and_of_nobody_else()
    {
        var path = await SaveAsync("open: true");
        (await CallAsync(path, "{}"u8.ToArray())).Dispose();
        var seen = (await EventsAsync(path)).ShouldHaveSingleItem().GetProperty("id").GetString();
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var operating = await hub.CreateMemberAsync("operator");
        using var stranger = await hub.CreateStrangerAsync();

        using var refused = await viewer.PostAsync($"/api/events/{seen}/replay", null);
        using var unknown = await stranger.PostAsync($"/api/events/{seen}/replay", null);
        using var none = await stranger.PostAsJsonAsync("/api/events/replay", new { status = "accepted" });
        using var replayed = await operating.PostAsync($"/api/events/{seen}/replay", null);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await none.ReadJsonAsync()).GetProperty("replayed").GetInt32().ShouldBe(0);
        replayed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await EventsAsync(path)).Count.ShouldBe(2);
    }

    private static StringContent Plan(string name, string webhook) =>
        new($"name: {name}\non: [ {{ webhook: {{ {webhook} }} }} ]\nsteps: [ {{ use: logic.transform, with: {{ value: \"${{trigger}}\" }} }} ]\n", Encoding.UTF8, "application/yaml");

    private async Task<string> SaveAsync(string webhook)
    {
        var path = HubFixture.NewName("hostile");
        using var answer = await hub.Admin.PutAsync($"/api/plans/{path}", Plan(path, $"path: {path}, {webhook}"));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return path;
    }

    private async Task<string> StoreAsync()
    {
        var name = HubFixture.NewName("HOSTILE").Replace('-', '_');
        using var answer = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "the secret itself", scope = "workspace" });
        answer.EnsureSuccessStatusCode();
        return name;
    }

    private async Task<List<JsonElement>> EventsAsync(string plan) =>
        [.. (await (await hub.Admin.GetAsync($"/api/events?plan={plan}&limit=500")).ReadJsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> ShowAsync(JsonElement seen) => await (await hub.Admin.GetAsync($"/api/events/{seen.GetProperty("id").GetString()}")).ReadJsonAsync();

    private Task<HttpResponseMessage> CallAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/webhook/{path}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return hub.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Zeros for ever.</summary>
    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Clear(buffer, offset, count);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
