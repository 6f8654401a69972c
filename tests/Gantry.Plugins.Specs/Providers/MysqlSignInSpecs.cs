using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>How one signs in at MySQL itself, which MariaDB does not play: https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html.</summary>
public sealed class MysqlSignInSpecs : IDisposable
{
    private readonly ProviderStage stage = new();
    private readonly TemporaryFolder folder = new();

    public MysqlSignInSpecs() => stage.Secrets["DB"] = new PlayedMysqlLogin().Password;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("caching_sha2_password", "caching_sha2_password")]
    [InlineData("mysql_native_password", "caching_sha2_password")]
    [InlineData("sha256_password", "caching_sha2_password")]
    [InlineData("caching_sha2_password", "mysql_native_password")]
    [InlineData("dialog", "mysql_native_password")]
    [InlineData("mysql_clear_password", "mysql_native_password")]
    public async Task What_the_server_knows_is_proven_without_telling_the_password(string offered, string way)
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Offered = offered, Way = way, IsCached = true }, SelectOneAsync);

        var outcome = await QueryAsync(server, new { tls = "disable" });

        ShouldHaveRead(outcome, server);
        server.Heard.ShouldBe(["scramble"]);
    }

    [Theory]
    [InlineData("caching_sha2_password", "scramble, plain in tls")]
    [InlineData("sha256_password", "plain in tls")]
    [InlineData("mysql_clear_password", "plain in tls")]
    public async Task The_password_itself_goes_within_TLS_to_whom_it_is_meant_for(string way, string heard)
    {
        var certificate = TestCertificate.Make(folder);
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Way = way }, SelectOneAsync, certificate);

        var known = await QueryAsync(server, new { tls = "verify-full", ca = certificate.Pem });
        var pinned = await QueryAsync(server, new { tls = "require", certificate_sha256 = certificate.Fingerprint });

        ShouldHaveRead(known, server);
        ShouldHaveRead(pinned, server);
        string.Join(", ", server.Heard).ShouldBe($"{heard}, {heard}");
    }

    [Theory]
    [InlineData("caching_sha2_password")]
    [InlineData("sha256_password")]
    [InlineData("mysql_clear_password")]
    public async Task The_password_itself_goes_to_nobody_else(string way)
    {
        await using var plain = new PlayedMysqlServer(new PlayedMysqlLogin { Offered = way, Way = way });
        await using var anybody = new PlayedMysqlServer(new PlayedMysqlLogin { Offered = way, Way = way }, certificate: TestCertificate.Make(folder));

        var outcomes = new[] { await QueryAsync(plain, new { tls = "disable" }), await QueryAsync(anybody, new { tls = "require" }), await QueryAsync(anybody, new { tls = "disable" }) };

        outcomes.ShouldAllBe(outcome => outcome.Error!.Kind == ProviderErrorKind.Unauthorized && outcome.Error.Message.Contains("'tls' to verify-full", StringComparison.Ordinal));
        plain.Heard.Concat(anybody.Heard).ShouldAllBe(heard => heard == "scramble");
        plain.Faults.Concat(anybody.Faults).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("caching_sha2_password")]
    [InlineData("sha256_password")]
    public async Task Outside_of_TLS_the_password_goes_by_the_servers_key(string way)
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Way = way }, SelectOneAsync);

        var known = await QueryAsync(server, new { tls = "disable", rsa_key = server.Key });
        var asked = await QueryAsync(server, new { tls = "disable", rsa_key = "ask" });

        ShouldHaveRead(known, server);
        ShouldHaveRead(asked, server);
        server.Heard.Where(heard => heard != "scramble").ShouldBe(["rsa", "key asked", "rsa"]);
    }

    [Fact]
    public async Task A_password_for_another_key_is_of_no_use()
    {
        using var other = RSA.Create(2048);
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin());

        var outcome = await QueryAsync(server, new { tls = "disable", rsa_key = other.ExportSubjectPublicKeyInfoPem() });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
    }

    [Theory]
    [InlineData("", "begins with -----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "begins with -----BEGIN PUBLIC KEY-----")]
    [InlineData("512", "has 512 bits")]
    public async Task A_key_that_keeps_nothing_gets_nothing(string told, string message)
    {
        using var weak = RSA.Create(512);
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { KeyTold = told == "512" ? weak.ExportSubjectPublicKeyInfoPem() : told });

        var outcome = await QueryAsync(server, new { tls = "disable", rsa_key = "ask" });

        (outcome.Error!.Kind, outcome.Error.Message.Contains(message, StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.Unauthorized, true), outcome.Error.Message);
        server.Heard.ShouldNotContain("rsa");
    }

    [Fact]
    public async Task A_password_longer_than_the_key_is_told()
    {
        var password = new string('p', 300);
        stage.Secrets["DB"] = password;
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Password = password });

        var outcome = await QueryAsync(server, new { tls = "disable", rsa_key = "ask" });

        outcome.Error!.Message.ShouldContain("longer than the RSA key");
        outcome.Error.Message.ShouldNotContain(password);
    }

    [Theory]
    [InlineData("caching_sha2_password", true)]
    [InlineData("caching_sha2_password", false)]
    [InlineData("sha256_password", false)]
    [InlineData("mysql_clear_password", false)]
    [InlineData("mysql_native_password", false)]
    public async Task A_wrong_password_is_refused_and_not_told(string way, bool isCached)
    {
        stage.Secrets["DB"] = "wrong-secret-word";
        var certificate = TestCertificate.Make(folder);
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Way = way, IsCached = isCached }, SelectOneAsync, certificate);

        var outcome = await QueryAsync(server, new { tls = "verify-full", ca = certificate.Pem });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
        outcome.Error.Message.ShouldContain("Access denied");
        outcome.Error.Message.ShouldNotContain("wrong-secret-word");
        server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_without_a_password_signs_in_with_none()
    {
        stage.Secrets["DB"] = "";
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Password = "" }, SelectOneAsync);

        ShouldHaveRead(await QueryAsync(server, new { tls = "disable" }), server);
    }

    [Fact]
    public async Task A_server_without_TLS_is_not_spoken_to_where_it_is_asked_for()
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true });

        var outcome = await QueryAsync(server, new { tls = "require" });

        outcome.Error!.Message.ShouldContain("offers no TLS");
        server.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_way_that_is_not_known_is_named()
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { Way = "authentication_ldap_sasl_client" });

        (await QueryAsync(server, new { tls = "disable" })).Error!.Message.ShouldContain("'authentication_ldap_sasl_client'");
    }

    private static async Task SelectOneAsync(PlayedMysqlPeer peer, byte[] command)
    {
        var column = new PlayedMysqlColumn("one", Type: 8);
        if (command[0] == 0x16)
        {
            await peer.PreparedAsync(column);
            return;
        }

        await peer.ColumnsAsync(column);
        await peer.RowAsync([1, 0, 0, 0, 0, 0, 0, 0]);
        await peer.EndAsync();
    }

    private static void ShouldHaveRead(PlanOutcome outcome, PlayedMysqlServer server)
    {
        server.Faults.ShouldBeEmpty();
        outcome.Error.ShouldBeNull(outcome.Error?.Message);
        outcome.Output!.Value.GetProperty("rows").GetRawText().ShouldBe("""[{"one":1}]""");
    }

    private Task<PlanOutcome> QueryAsync(PlayedMysqlServer server, object how)
    {
        var common = new { host = "localhost", port = server.Port, user = PlayedMysqlLogin.User, password = "${cred:DB}", database = "shop", sql = "select 1 as one" };
        return stage.RunAsync("mysql.query", ProviderStage.Parameters(common, how));
    }
}
