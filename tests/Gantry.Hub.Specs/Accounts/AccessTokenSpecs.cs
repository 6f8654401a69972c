using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Keys;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

/// <summary>What a signed token may look like, with a clock that is turned by hand.</summary>
public sealed class AccessTokenSpecs(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly Guid User = Guid.CreateVersion7();
    private static readonly Guid Session = Guid.CreateVersion7();

    private readonly string folder = Directory.CreateTempSubdirectory("gantry-keys-").FullName;
    private readonly ManualClock clock = new();
    private HubKeys keys = null!;
    private AccessTokens tokens = null!;

    public async ValueTask InitializeAsync()
    {
        keys = await OpenKeysAsync();
        tokens = new AccessTokens(keys, new AccountOptions(TimeSpan.FromDays(7), TimeSpan.FromMinutes(15)), clock);
    }

    public ValueTask DisposeAsync()
    {
        keys.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_token_says_who_for_whom_by_which_key_and_for_how_long()
    {
        var (token, expiresAt) = await tokens.IssueAsync(User, Session, CancellationToken.None);

        var header = Part(token, 0);
        var claims = Part(token, 1);
        header["alg"]!.GetValue<string>().ShouldBe("ES256");
        header["kid"]!.GetValue<string>().Length.ShouldBe(22);
        (claims["iss"]!.GetValue<string>(), claims["aud"]!.GetValue<string>()).ShouldBe(("gantry", "gantry-api"));
        claims["sub"]!.GetValue<Guid>().ShouldBe(User);
        claims["exp"]!.GetValue<long>().ShouldBe(clock.GetUtcNow().AddMinutes(15).ToUnixTimeSeconds());
        expiresAt.ShouldBe(clock.GetUtcNow().AddMinutes(15));
        (await tokens.ReadAsync(token, CancellationToken.None)).ShouldBe(new AccessToken(User, Session, expiresAt));
    }

    [Fact]
    public async Task A_token_holds_from_its_beginning_to_its_end_and_half_a_minute_for_clocks_that_differ()
    {
        var (token, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(-31));
        (await tokens.ReadAsync(token, CancellationToken.None)).ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await tokens.ReadAsync(token, CancellationToken.None)).ShouldNotBeNull();
        clock.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(58));
        (await tokens.ReadAsync(token, CancellationToken.None)).ShouldNotBeNull();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await tokens.ReadAsync(token, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_of_any_other_form_is_none()
    {
        var (token, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);
        var (head, body, signature) = (token.Split('.')[0], token.Split('.')[1], token.Split('.')[2]);
        var keyId = Part(token, 0)["kid"]!.GetValue<string>();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string Signed(string header, string claims)
        {
            var text = $"{Encode(header)}.{claims}";
            return $"{text}.{Base64Url.EncodeToString(stranger.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }

        string[] forged =
        [
            $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{body}.",
            $"{Encode($$"""{"alg":"none","typ":"at+jwt","kid":"{{keyId}}"}""")}.{body}.{signature}",
            $"{Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{keyId}}"}""")}.{body}.{signature}",
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{keyId}}"}""", body),
            Signed("""{"alg":"ES256","typ":"at+jwt","kid":"../../../../dev/null"}""", body),
            Signed("""{"alg":"ES256","typ":"at+jwt","kid":"' or 1=1 --"}""", body),
            Signed($$$"""{"alg":"ES256","typ":"at+jwt","kid":"{{{keyId}}}","jwk":{}}""", body),
            Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{keyId}}","crit":[]}""", body),
            $"{head}.{Encode(Text(token, 1).Replace(User.ToString(), Guid.CreateVersion7().ToString()))}.{signature}",
            $"{head}.{body}.{signature}=",
            $"{head}.{body}.{signature[..^2]}",
            $"{head}.{body}",
            $"{head}.{body}.{signature}.{signature}",
            $"{head}.{body}. {signature}",
            $"{head}..{signature}",
            "eyJ" + new string('a', 5000),
        ];

        foreach (var text in forged) (await tokens.ReadAsync(text, CancellationToken.None)).ShouldBeNull(text);
    }

    [Fact]
    public async Task A_key_is_replaced_after_its_time_and_what_it_signed_holds_to_its_end()
    {
        var (before, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);

        // The database, by whose clock the key was made, is not turned with this one.
        clock.Advance(TimeProvider.System.GetUtcNow() - clock.GetUtcNow() + TimeSpan.FromDays(31));
        var (after, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);
        var (again, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);

        Part(after, 0)["kid"]!.GetValue<string>().ShouldNotBe(Part(before, 0)["kid"]!.GetValue<string>());
        Part(again, 0)["kid"]!.GetValue<string>().ShouldBe(Part(after, 0)["kid"]!.GetValue<string>());
        (await tokens.ReadAsync(after, CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Another_hub_of_the_database_knows_the_key_and_one_of_another_database_does_not()
    {
        var (token, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);
        var other = Directory.CreateTempSubdirectory("gantry-keys-").FullName;
        try
        {
            using var second = new HubKeys(new KeyOptions(other, TimeSpan.FromDays(30)), database.Database, clock);
            await second.StartAsync(CancellationToken.None);
            var there = new AccessTokens(second, new AccountOptions(TimeSpan.FromDays(7), TimeSpan.FromMinutes(15)), clock);

            (await there.ReadAsync(token, CancellationToken.None)).ShouldNotBeNull();
            second.Audit.Id.ShouldNotBe(keys.Audit.Id);
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    public async Task A_key_stays_the_same_over_a_restart_and_only_its_owner_may_read_it()
    {
        var file = Path.Combine(folder, "keys", "token.pem");
        var (token, _) = await tokens.IssueAsync(User, Session, CancellationToken.None);

        using var restarted = await OpenKeysAsync();

        (await restarted.TokenKeyAsync(CancellationToken.None)).Id.ShouldBe(Part(token, 0)["kid"]!.GetValue<string>());
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "P-256")]
    [InlineData("", "P-256")]
    [InlineData("rsa", "P-256")]
    [InlineData("p384", "P-256")]
    [InlineData("readable", "chmod 600")]
    public async Task A_weak_key_stops_the_start(string content, string said)
    {
        var file = Path.Combine(folder, "keys", "audit.pem");
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        if (content == "readable") File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        else await File.WriteAllTextAsync(file, content == "rsa" ? rsa.ExportPkcs8PrivateKeyPem() : content == "p384" ? p384.ExportPkcs8PrivateKeyPem() : content);

        (await Should.ThrowAsync<HubStartException>(OpenKeysAsync)).Message.ShouldContain(said);
    }

    private async Task<HubKeys> OpenKeysAsync()
    {
        var opened = new HubKeys(new KeyOptions(folder, TimeSpan.FromDays(30)), database.Database, clock);
        await opened.StartAsync(CancellationToken.None);
        return opened;
    }

    private static JsonObject Part(string token, int index) => JsonNode.Parse(Text(token, index))!.AsObject();

    private static string Text(string token, int index) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[index]));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
