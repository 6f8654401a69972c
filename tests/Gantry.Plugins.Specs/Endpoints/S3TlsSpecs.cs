using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>S3's lines of our own over TLS, to a server with an authority of its own.</summary>
public sealed class S3TlsSpecs : IDisposable
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("localhost", 30, "PartialChain")]
    [InlineData("localhost", -1, "NotTimeValid")]
    [InlineData("elsewhere.example", 30, "RemoteCertificateNameMismatch")]
    public async Task A_certificate_that_is_not_trusted_is_told_on_both_ways_with_what_to_do(string host, int days, string reason)
    {
        using var certificate = authority.Issue(host, days);
        await using RawHttpServer server = new(Hello, certificate: certificate);
        await using var endpoint = server.Open();

        var quick = await Should.ThrowAsync<EndpointException>(async () => await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[6], Token));
        var listed = await Should.ThrowAsync<EndpointException>(async () => await endpoint.ListAsync("", Token).ToListAsync(Token));
        var streamed = await Should.ThrowAsync<EndpointException>(async () => await endpoint.OpenReadAsync("file", 0, 100_000_000, Token));

        foreach (var failure in (EndpointException[])[quick, listed, streamed])
        {
            (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, false));
            failure.Message.ShouldStartWith($"No protected connection to localhost:{server.Place.Port}: ");
            failure.Message.ShouldContain(reason);
            failure.Message.ShouldContain("ca_file");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_without_TLS_is_told_as_one()
    {
        await using RawHttpServer server = new(Hello);
        await using var endpoint = server.Open(("endpoint", $"https://localhost:{server.Place.Port}"));

        var fetching = ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[6], Token).AsTask();
        await server.SayAsync("HTTP/1.1 400 This is no TLS\r\n\r\n");

        (await Should.ThrowAsync<EndpointException>(fetching)).Message.ShouldContain("begins with http://");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("ca")]
    [InlineData("ca_file")]
    public async Task A_server_is_trusted_on_both_ways_by_the_authority_that_a_setting_names(string setting)
    {
        using var certificate = authority.Issue("localhost");
        await using RawHttpServer server = new(Hello, certificate: certificate);
        await using var endpoint = server.Open((setting, ValueOf(setting, authority)));
        var buffer = new byte[6];

        var fetched = await ((IFetchesWhole)endpoint).FetchWholeAsync("file", buffer, Token);
        using StreamReader streamed = new(await endpoint.OpenReadAsync("file", 0, 100_000_000, Token));

        Encoding.ASCII.GetString(buffer, 0, 5).ShouldBe("hello");
        fetched!.Value.Length.ShouldBe(5);
        (await streamed.ReadToEndAsync(Token)).ShouldBe("hello");
    }

    /// <summary>The setting stands in place of what this machine trusts, and excuses nothing else.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("localhost", -1, true, "NotTimeValid")]
    [InlineData("elsewhere.example", 30, true, "RemoteCertificateNameMismatch")]
    [InlineData("localhost", 30, false, "in the certificate chain")]
    public async Task A_setting_that_names_an_authority_excuses_nothing_else(string host, int days, bool isItsOwn, string reason)
    {
        using TestAuthority other = new();
        using var certificate = authority.Issue(host, days);
        await using RawHttpServer server = new(Hello, certificate: certificate);
        await using var endpoint = server.Open(("ca", ValueOf("ca", isItsOwn ? authority : other)));

        var quick = await Should.ThrowAsync<EndpointException>(async () => await ((IFetchesWhole)endpoint).FetchWholeAsync("file", new byte[6], Token));
        var streamed = await Should.ThrowAsync<EndpointException>(async () => await endpoint.OpenReadAsync("file", 0, 100_000_000, Token));

        (quick.Error, quick.Message.Contains(reason, StringComparison.Ordinal)).ShouldBe((EndpointError.Disconnected, true), quick.Message);
        (streamed.Error, streamed.Message.Contains(reason, StringComparison.Ordinal)).ShouldBe((EndpointError.Disconnected, true), streamed.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Answers_come_whole_over_one_line_where_the_authority_is_trusted()
    {
        var content = new string('x', 300_000);
        using var certificate = authority.Issue("localhost");
        await using RawHttpServer server = new($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}", certificate: certificate);
        using var line = Connect(server);

        for (var time = 0; time < 5; time++)
        {
            Encoding.ASCII.GetString(Ask(line).Content.Span).ShouldBe(content);
            (line.IsReusable, line.IsQuiet).ShouldBe((true, true));
        }

        server.Connections.ShouldBe(1);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")]
    public async Task An_answer_that_is_cut_is_no_answer(string answer)
    {
        using var certificate = authority.Issue("localhost");
        await using RawHttpServer server = new(answer, hangsUp: true, certificate);
        using var line = Connect(server);

        Should.Throw<IOException>(() => Ask(line));

        line.IsReusable.ShouldBeFalse();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("localhost", -1, "NotTimeValid")]
    [InlineData("elsewhere.example", 30, "RemoteCertificateNameMismatch")]
    public async Task A_trusted_authority_excuses_neither_another_name_nor_an_old_certificate(string host, int days, string reason)
    {
        using var certificate = authority.Issue(host, days);
        await using RawHttpServer server = new(Hello, certificate: certificate);

        Should.Throw<AuthenticationException>(() => Connect(server).Dispose()).Message.ShouldContain(reason);
    }

    private string ValueOf(string setting, TestAuthority named) =>
        setting == "ca" ? named.Certificate.ExportCertificatePem() : folder.WriteFile("authorities.pem", named.Certificate.ExportCertificatePem());

    private S3Line Connect(RawHttpServer server)
    {
        S3Line line = new(AddressFamily.InterNetwork, TimeSpan.FromSeconds(60), TimeProvider.System);
        line.Connect(server.Place, S3Line.ProtectionFor("localhost", [authority.Certificate]));
        return line;
    }

    private static S3Answer Ask(S3Line line) => line.Ask("GET /bucket/file HTTP/1.1\r\nHost: localhost\r\n\r\n"u8, default, isHead: false, into: null);
}
