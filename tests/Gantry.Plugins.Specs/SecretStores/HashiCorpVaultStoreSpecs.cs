using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Secrets;
using Gantry.Plugins;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.SecretStores;

public sealed class HashiCorpVaultStoreSpecs : SecretStoreContract
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["VAULT_TOKEN"] = VaultServer.RootToken, ["VAULT_SECRET_ID"] = VaultServer.SecretId };
    private readonly TemporaryFolder folder = new();
    private readonly TurnedClock clock = new();
    private VaultServer server = null!;

    [Theory]
    [InlineData("approle")]
    [InlineData("kubernetes")]
    public async Task A_login_is_renewed_in_time_and_made_again_when_its_token_is_gone(string auth)
    {
        using var store = OpenBy(auth);
        await store.PutAsync([Write("NAME", "value")], Token);

        clock.Advance(TimeSpan.FromMinutes(50));
        await store.ListAsync(Token);
        server.RevokeAll();
        var found = await store.FindAsync(["NAME"], Token);
        clock.Advance(TimeSpan.FromHours(2));
        await store.FindAsync(["NAME"], Token);

        found["NAME"].Value.Reveal().ShouldBe("value");
        server.Requests.Count(request => request.EndsWith("renew-self", StringComparison.Ordinal)).ShouldBe(1);
        server.Requests.Count(request => request.EndsWith("/login", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_refused_login_says_by_what_and_shows_nothing()
    {
        variables["VAULT_SECRET_ID"] = "wr0ng-secret";
        using var store = OpenBy("approle");

        var refusal = await FailsAsync(store, SecretStoreError.Denied);

        refusal.Message.ShouldContain("refused the login by approle (invalid role or secret ID)");
        refusal.Message.ShouldNotContain("wr0ng");
    }

    [Fact]
    public async Task A_token_is_renewed_when_two_thirds_of_its_life_are_over()
    {
        variables["VAULT_TOKEN"] = server.AddToken(TimeSpan.FromHours(3), isRenewable: true);
        using var store = Open([]);
        await store.ListAsync(Token);

        foreach (var _ in Enumerable.Range(0, 4))
        {
            clock.Advance(TimeSpan.FromHours(2.5));
            await store.ListAsync(Token);
        }

        server.Requests.Count(request => request == "POST auth/token/renew-self").ShouldBe(4);
    }

    [Fact]
    public async Task An_expired_token_and_a_missing_right_are_told_apart()
    {
        variables["VAULT_TOKEN"] = server.AddToken(TimeSpan.FromHours(1), isReader: true);
        using var store = Open([]);
        await store.ListAsync(Token);

        var denied = await Should.ThrowAsync<SecretStoreException>(async () => await store.PutAsync([Write("NAME", "value")], Token));
        denied.Message.ShouldBe($"The vault at {server.Url} (secret) does not allow this: its policies give the token no right to POST secret/data/NAME (1 error occurred: * permission denied).");
        clock.Advance(TimeSpan.FromHours(1));
        var expired = await FailsAsync(store, SecretStoreError.Denied);

        expired.Message.ShouldContain("VAULT_TOKEN: it has expired");
        expired.Message.ShouldNotContain(variables["VAULT_TOKEN"]);
    }

    [Fact]
    public async Task A_token_file_is_read_anew_when_its_token_is_refused()
    {
        File.WriteAllText(folder["token"], server.AddToken() + "\n");
        using var store = Open(new() { ["token_file"] = "token" });
        await store.ListAsync(Token);
        server.RevokeAll();
        File.WriteAllText(folder["token"], server.AddToken());

        await store.ListAsync(Token);
    }

    [Fact]
    public async Task A_sealed_vault_a_slow_one_and_one_that_is_away_each_have_their_error()
    {
        using var store = Open([]);
        server.IsSealed = true;
        (await FailsAsync(store, SecretStoreError.Sealed)).IsTransient.ShouldBeTrue();
        server.IsSealed = false;

        TaskCompletionSource answering = new();
        server.Answering = answering.Task;
        using var impatient = OpenAt(server.Url, new() { ["timeout"] = "200ms" }, TimeProvider.System);
        (await FailsAsync(impatient, SecretStoreError.Unavailable)).Message.ShouldContain("did not answer within 200ms");
        answering.SetResult();

        using var nowhere = OpenAt($"http://127.0.0.1:{LocalPort.Free()}", []);
        (await FailsAsync(nowhere, SecretStoreError.Unavailable)).Message.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task A_mount_that_is_none_is_named()
    {
        using var store = Open(new() { ["mount"] = "kv" });

        (await Should.ThrowAsync<SecretStoreException>(async () => await store.PutAsync([Write("NAME", "value")], Token))).Message.ShouldContain("mount");
        (await Should.ThrowAsync<SecretStoreException>(async () => await store.ListAsync(Token))).Message.ShouldContain("There is no secrets engine");
    }

    [Fact]
    public async Task Mount_folder_namespace_and_field_are_kept_to()
    {
        server.Mount = "team/kv";
        server.Namespace = "org/unit";
        server.Put("app one/prod/DB", """{"password":"s3cret","user":"bob"}""");
        using var store = Open(new() { ["mount"] = "/team/kv/", ["path"] = "app one", ["namespace"] = "org/unit", ["field"] = "password" });

        (await store.ListAsync(Token)).Select(entry => entry.Name).ShouldBe(["prod/DB"]);
        (await store.FindAsync(["prod/DB", "prod", "prod//DB", "../DB"], Token))["prod/DB"].Value.Reveal().ShouldBe("s3cret");
        await store.PutAsync([Write("prod/DB", "new")], Token);

        server.Find("app one/prod/DB")!.ToJsonString().ShouldBe("""{"password":"new","user":"bob"}""");
    }

    [Fact]
    public async Task A_secret_with_one_field_is_that_and_one_with_several_asks_which()
    {
        server.Put("ONE", """{"key":"only"}""");
        server.Put("NUMBER", """{"value":12345678901234567890}""");
        server.Put("SEVERAL", """{"a":"x","b":"y"}""");

        (await Store.FindAsync(["ONE", "NUMBER"], Token)).Values.Select(found => found.Value.Reveal()).ShouldBe(["only", "12345678901234567890"], ignoreOrder: true);
        (await Should.ThrowAsync<SecretStoreException>(async () => await Store.FindAsync(["SEVERAL"], Token))).Message.ShouldContain("several others (a, b)");
    }

    [Fact]
    public async Task A_deleted_version_is_gone_and_its_name_is_free()
    {
        await Store.PutAsync([Write("NAME", "old")], Token);
        server.DeleteVersion("NAME");

        (await Store.ListAsync(Token)).ShouldBeEmpty();
        (await Store.FindAsync(["NAME"], Token)).ShouldBeEmpty();
        await Store.PutAsync([Write("NAME", "new") with { ExpectedVersion = SecretWrite.New }], Token);
        (await Store.FindAsync(["NAME"], Token))["NAME"].Value.Reveal().ShouldBe("new");
    }

    [Fact]
    public async Task A_write_that_meets_another_is_made_again_upon_it()
    {
        var isFirst = true;
        server.BeforeWrite = () =>
        {
            if (isFirst)
            {
                isFirst = false;
                server.Put("NAME", """{"value":"theirs","note":"kept"}""");
            }
        };

        await Store.PutAsync([Write("NAME", "ours")], Token);

        server.Find("NAME")!.ToJsonString().ShouldBe("""{"value":"ours","note":"kept"}""");
    }

    [Fact]
    public async Task The_redirect_of_a_standby_is_followed_with_the_token()
    {
        await using var standby = await VaultServer.StartAsync();
        standby.ActiveNode = server.Url;
        using var store = OpenAt(standby.Url, []);

        await store.PutAsync([Write("NAME", "value")], Token);

        (await store.FindAsync(["NAME"], Token))["NAME"].Value.Reveal().ShouldBe("value");
        standby.ActiveNode = standby.Url;
        (await FailsAsync(store, SecretStoreError.Unavailable)).Message.ShouldContain("redirects without end");
        standby.ActiveNode = server.Url + "/elsewhere";
        (await FailsAsync(store, SecretStoreError.Unavailable)).Message.ShouldContain("no other node");
    }

    [Fact]
    public async Task A_certificate_is_checked()
    {
        using var key = RSA.Create(2048);
        CertificateRequest request = new("CN=vault", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await using var secured = await VaultServer.StartAsync(certificate: certificate);
        File.WriteAllText(folder["ca.pem"], certificate.ExportCertificatePem());
        using var trusting = OpenAt(secured.Url, new() { ["ca_file"] = "ca.pem" });
        using var doubting = OpenAt(secured.Url, []);

        await trusting.PutAsync([Write("NAME", "value")], Token);
        (await FailsAsync(doubting, SecretStoreError.Unavailable)).Message.ShouldContain("TLS failed");
    }

    [Fact]
    public async Task A_private_address_is_refused_where_the_administrator_did_not_allow_it()
    {
        using var store = OpenAt(server.Url, [], context: context => context with { EgressAllowed = [] });

        (await FailsAsync(store, SecretStoreError.Unavailable)).Message.ShouldContain("not an address of the public internet");
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("url", "vault.example.com")]
    [InlineData("url", "ftp://vault")]
    [InlineData("url", "https://user:pass@vault")]
    [InlineData("url", "https://vault/v1")]
    [InlineData("mount", "a/../b")]
    [InlineData("path", "..")]
    [InlineData("auth", "ldap")]
    [InlineData("auth", "approle")]
    [InlineData("auth", "kubernetes")]
    [InlineData("timeout", "0s")]
    [InlineData("timeout", "10")]
    [InlineData("tokn_env", "X")]
    public void A_setting_that_cannot_be_is_refused(string name, string value) =>
        Should.Throw<SecretStoreException>(() => Open(new() { [name] = value })).Error.ShouldBe(SecretStoreError.BadSetting);

    [Theory]
    [InlineData("token_file")]
    [InlineData("ca_file")]
    [InlineData("secret_id_file")]
    public void A_file_out_of_the_allowed_folders_is_refused(string setting) => Should.Throw<SecretStoreException>(
        () => OpenAt(server.Url, new() { [setting] = "/etc/hostname" }, context: context => context with { LocalRoots = [folder.Path] })).Message.ShouldContain(setting);

    [Fact]
    public void The_pods_own_token_is_not_sent_where_somebody_likes() => Should.Throw<SecretStoreException>(
        () => OpenAt(server.Url, new() { ["auth"] = "kubernetes", ["role"] = "x" }, context: context => context with { LocalRoots = [folder.Path] })).Message.ShouldContain("jwt_file");

    protected override async Task<ISecretStore> OpenAsync()
    {
        server = await VaultServer.StartAsync(clock);
        return Open([]);
    }

    protected override Task<ISecretStore> OpenAgainAsync() => Task.FromResult(Open([]));

    protected override async ValueTask CleanUpAsync()
    {
        server.Violations.ShouldBeEmpty();
        await server.DisposeAsync();
        folder.Dispose();
    }

    private ISecretStore OpenBy(string auth)
    {
        File.WriteAllText(folder["jwt"], VaultServer.Jwt);
        Dictionary<string, string> settings = auth == "approle"
            ? new() { ["auth"] = auth, ["role_id"] = VaultServer.RoleId }
            : new() { ["auth"] = auth, ["role"] = VaultServer.KubernetesRole, ["jwt_file"] = "jwt" };
        return Open(settings);
    }

    private ISecretStore Open(Dictionary<string, string> settings) => OpenAt(server.Url, settings, clock);

    private ISecretStore OpenAt(string url, Dictionary<string, string> settings, TimeProvider? time = null, Func<SecretStoreContext, SecretStoreContext>? context = null)
    {
        settings.TryAdd("url", url);
        SecretStoreContext usual = new()
        {
            ReadVariable = name => variables.GetValueOrDefault(name),
            VariableNames = () => variables.Keys,
            Folder = folder.Path,
            EgressAllowed = ["*"],
            Clock = time ?? TimeProvider.System,
        };
        return new SecretStoreCatalog(AllPlugins.SecretStores).Open(new() { Kind = "vault", Values = settings }, context?.Invoke(usual) ?? usual);
    }

    private static async Task<SecretStoreException> FailsAsync(ISecretStore store, SecretStoreError error)
    {
        var failure = await Should.ThrowAsync<SecretStoreException>(async () => await store.FindAsync(["NAME"], Token));
        failure.Error.ShouldBe(error);
        return failure;
    }

    /// <summary>A clock whose timers never fire: only its hands are turned.</summary>
    private sealed class TurnedClock : TimeProvider
    {
        private TimeSpan passed;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + passed;

        public override long GetTimestamp() => passed.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => passed += time;
    }
}
