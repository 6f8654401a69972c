using System.Net;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class EgressSpecs : IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private LoopbackServer server = null!;
    private LoopbackServer other = null!;

    public async ValueTask InitializeAsync()
    {
        server = await LoopbackServer.StartAsync();
        other = await LoopbackServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await other.DisposeAsync();
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task An_address_that_is_not_public_is_refused_however_it_is_written(string url)
    {
        stage.EgressAllowed.Clear();

        var outcome = await stage.RunAsync("http.get", new { url = string.Format(url, server.Port) });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        outcome.Error.IsTransient.ShouldBeFalse();
        outcome.Error.Message.ShouldContain("not an address of the public internet");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Digits_of_other_scripts_do_not_lead_around_the_guard()
    {
        stage.EgressAllowed.Clear();

        (await stage.RunAsync("http.get", new { url = $"http://１２７.０.０.１:{server.Port}/" })).Status.ShouldBe(ExecutionStatus.Failed);

        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_administrator_allowed_is_reached_by_address_and_by_name_and_nothing_else_is()
    {
        stage.EgressAllowed.Clear();
        stage.EgressAllowed.Add($"127.0.0.1:{server.Port}");

        (await stage.RunAsync("http.get", new { url = server.Url })).Status.ShouldBe(ExecutionStatus.Succeeded);
        (await stage.RunAsync("http.get", new { url = $"http://localhost:{server.Port}/" })).Status.ShouldBe(ExecutionStatus.Succeeded);
        (await stage.RunAsync("http.get", new { url = other.Url })).Status.ShouldBe(ExecutionStatus.Failed);
    }

    [Fact]
    public async Task A_connection_made_with_permission_is_not_used_by_those_without()
    {
        (await stage.RunAsync("http.get", new { url = server.Url })).Status.ShouldBe(ExecutionStatus.Succeeded);
        stage.EgressAllowed.Clear();

        (await stage.RunAsync("http.get", new { url = server.Url })).Status.ShouldBe(ExecutionStatus.Failed);

        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Each_hop_of_a_redirect_is_checked()
    {
        stage.EgressAllowed.Clear();
        stage.EgressAllowed.Add($"127.0.0.1:{server.Port}");
        server.Answer = Redirects(other.Url, 302);

        var outcome = await stage.RunAsync("http.get", new { url = server.Url });

        outcome.Error!.Message.ShouldContain("not an address of the public internet");
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Nothing_that_may_be_a_credential_goes_to_another_host(int status)
    {
        stage.Secrets["KEY"] = "k3y-value";
        server.Answer = Redirects($"{other.Url}/there", status);

        var outcome = await stage.RunAsync("http.get", new
        {
            url = server.Url,
            headers = new Dictionary<string, string> { ["X-Api-Key"] = "${cred:KEY}", ["Cookie"] = "a=b", ["Accept"] = "text/plain" },
            bearer = "${cred:KEY}",
            query = new { key = "${cred:KEY}" },
        });

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
        var arrived = other.Requests.ShouldHaveSingleItem();
        arrived.PathAndQuery.ShouldBe("/there");
        arrived.Headers.Keys.ShouldNotContain("X-Api-Key");
        arrived.Headers.Keys.ShouldNotContain("Cookie");
        arrived.Headers.Keys.ShouldNotContain("Authorization");
        arrived.Headers.Keys.ShouldNotContain("Idempotency-Key");
        arrived.Headers["Accept"].ShouldBe("text/plain");
        string.Join(' ', arrived.Headers.Values).ShouldNotContain("k3y");
    }

    [Fact]
    public async Task Credentials_stay_on_the_way_within_one_host()
    {
        stage.Secrets["KEY"] = "k3y";
        server.Answer = context => context.Request.Path == "/" ? Redirects("/next", 302)(context) : Task.CompletedTask;

        await stage.RunAsync("http.get", new { url = server.Url, bearer = "${cred:KEY}" });

        server.Requests.Last().Headers["Authorization"].ShouldBe("Bearer k3y");
    }

    [Theory]
    [InlineData(301, "GET", "")]
    [InlineData(302, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", "{\"a\":1}")]
    [InlineData(308, "POST", "{\"a\":1}")]
    public async Task A_post_is_redirected_by_the_rules_of_http(int status, string method, string body)
    {
        server.Answer = context => context.Request.Path == "/" ? Redirects("/next", status)(context) : Task.CompletedTask;

        await stage.RunAsync("http.post", new { url = server.Url, json = new { a = 1 } });

        var arrived = server.Requests.Last();
        (arrived.Method, arrived.Body, arrived.Headers.ContainsKey("Content-Type")).ShouldBe((method, body, body.Length > 0));
    }

    [Fact]
    public async Task A_body_is_not_sent_on_to_another_host()
    {
        server.Answer = Redirects($"{other.Url}/there?token=x", 307);

        var outcome = await stage.RunAsync("http.post", new { url = server.Url, json = new { a = 1 } });

        outcome.Error!.Message.ShouldBe(
            $"POST {server.Url}/ redirects to {other.Url}/there. A body is not sent on to another host: use that URL in the plan if it is the right one.");
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:pass@127.0.0.1/")]
    public async Task A_redirect_to_what_is_no_url_for_us_is_refused(string location)
    {
        server.Answer = Redirects(location, 302);

        (await stage.RunAsync("http.get", new { url = server.Url })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        server.Answer = Redirects("/", 302);

        (await stage.RunAsync("http.get", new { url = server.Url })).Error!.Message.ShouldEndWith("was redirected more than 10 times.");
        server.Requests.Count.ShouldBe(11);
    }

    [Fact]
    public async Task A_redirect_that_is_not_to_be_followed_is_an_answer()
    {
        server.Answer = Redirects("/next", 302);

        var outcome = await stage.RunAsync("http.get", new { url = server.Url, follow_redirects = false, expected_status = new[] { 302 } });

        outcome.Output!.Value.GetProperty("headers").GetProperty("location").GetString().ShouldBe("/next");
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b:1::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2606:4700::5efe:a00:1", false)]
    public void Public_addresses_are_told_from_all_others(string address, bool isPublic) =>
        AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("host:0")]
    [InlineData(":80")]
    [InlineData("host:http")]
    [InlineData("host:65536")]
    [InlineData("host: 80")]
    [InlineData("[::1:80")]
    [InlineData("a/b:80")]
    [InlineData("*:80")]
    public void A_rule_of_another_form_is_refused(string rule) => Should.Throw<FormatException>(() => new EgressRules([rule]));

    [Theory]
    [InlineData("Files.LAN.:22", "files.lan:22")]
    [InlineData("10.0.0.5:22", "10.0.0.5:22")]
    [InlineData("[::1]:9000", "[::1]:9000")]
    [InlineData("[0:0:0:0:0:0:0:1]:9000", "[::1]:9000")]
    [InlineData("[::ffff:10.0.0.5]:22", "10.0.0.5:22")]
    public void A_workspaces_rule_is_kept_in_one_form(string rule, string kept) => EgressRules.CheckOfWorkspace(rule).ShouldBe(kept);

    [Theory]
    [InlineData("*")]
    [InlineData("169.254.169.254:80")]
    [InlineData("[fe80::1]:80")]
    [InlineData("[::ffff:169.254.169.254]:80")]
    [InlineData("[64:ff9b::a9fe:a9fe]:80")]
    [InlineData("[fd00:ec2::254]:80")]
    [InlineData("100.100.100.200:80")]
    public void A_workspace_cannot_open_everything_or_where_clouds_keep_secrets(string rule) =>
        Should.Throw<FormatException>(() => EgressRules.CheckOfWorkspace(rule));

    [Fact]
    public void A_name_that_is_allowed_and_comes_to_lead_to_the_metadata_of_a_cloud_is_refused()
    {
        var rules = new EgressRules(["files.lan:80", "169.254.169.253:80"]);

        rules.Allow("files.lan", IPAddress.Parse("10.0.0.5"), 80).ShouldBeTrue();
        rules.Allow("FILES.LAN.", IPAddress.Parse("10.0.0.5"), 80).ShouldBeTrue();
        rules.Allow("files.lan", IPAddress.Parse("10.0.0.5"), 81).ShouldBeFalse();
        rules.Allow("files.lan", IPAddress.Parse("169.254.169.254"), 80).ShouldBeFalse();
        rules.Allow("files.lan", IPAddress.Parse("::ffff:169.254.169.254"), 80).ShouldBeFalse();
        rules.Allow("files.lan", IPAddress.Parse("169.254.169.253"), 80).ShouldBeTrue();
    }

    private static Func<HttpContext, Task> Redirects(string location, int status) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };
}
