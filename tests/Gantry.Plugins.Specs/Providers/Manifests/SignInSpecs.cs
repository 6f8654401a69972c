using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Gantry.Engine.Providers.Web;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>The ways to sign in that are more than a header.</summary>
public sealed class SignInSpecs
{
    private const string Client = """
        auth: [{kind: oauth2, id: app, grant: client_credentials, token_url: "https://login.acme.example/token/", client_auth: basic, scopes: [a, b]}]
        actions: {get: {help: "Gets.", call: GET /}}
        """;

    private const string Consent = """
        auth: [{kind: oauth2, id: app, grant: authorization_code, authorize_url: "https://login.acme.example/authorize", token_url: "https://login.acme.example/token"}]
        actions: {get: {help: "Gets.", call: GET /}}
        """;

    [Fact]
    public async Task Many_calls_at_once_fetch_one_token()
    {
        await using var stage = await ManifestStage.StartAsync(Client, (request, context) =>
            ManifestStage.JsonAsync(context, request.Host == "login.acme.example" ? """{"access_token": "t-12345678", "expires_in": 3600}""" : "{}"));
        stage.Secret("client_id", "an id");
        stage.Secret("client_secret", "a:secret");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => stage.RunAsync("get")));

        var token = stage.Requests.Where(request => request.Host == "login.acme.example").ShouldHaveSingleItem();
        (token.Path, token.Text, token.Header("Authorization")).ShouldBe(
            ("/token/", "grant_type=client_credentials&scope=a%20b", $"Basic {Convert.ToBase64String("an%20id:a%3Asecret"u8)}"));
        stage.Requests.Count(request => request.Header("Authorization") == "Bearer t-12345678").ShouldBe(20);
    }

    [Fact]
    public async Task A_rotated_refresh_token_is_stored_before_the_new_token_is_used()
    {
        var order = new List<string>();
        await using var stage = await ManifestStage.StartAsync(Consent, (request, context) =>
        {
            lock (order)
            {
                order.Add(request.Host == "login.acme.example" ? $"refresh {request.Text.Split('&').First(pair => pair.StartsWith("refresh_token", StringComparison.Ordinal))}" : $"ask {request.Header("Authorization")}");
            }

            return request.Host == "login.acme.example" ? ManifestStage.JsonAsync(context, """{"access_token": "t-22222222", "refresh_token": "r-22222222", "expires_in": 3600}""")
                : ManifestStage.JsonAsync(context, "{}", request.Header("Authorization") == "Bearer t-22222222" ? 200 : 401);
        });
        stage.Secret("client_id", "an id");
        stage.Secret("client_secret", "a secret");
        var store = new Told(order);
        await store.AgreeAsync(stage.Provider.Id, """{"access_token": "t-11111111", "refresh_token": "r-11111111"}""");
        stage.Tokens = store;

        await stage.RunAsync("get");

        order.ShouldBe(["ask Bearer t-11111111", "refresh refresh_token=r-11111111", "stored r-22222222", "ask Bearer t-22222222"]);
    }

    [Fact]
    public async Task Two_people_with_the_same_client_renew_at_once_and_each_gets_their_own_token()
    {
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        await using var stage = await ManifestStage.StartAsync(Consent, async (request, context) =>
        {
            if (request.Host != "login.acme.example")
            {
                await ManifestStage.JsonAsync(context, JsonSerializer.Serialize(request.Header("Authorization")));
                return;
            }

            var who = request.Text.Contains("r-11111111", StringComparison.Ordinal) ? "11111111" : "22222222";
            if (who == "11111111")
            {
                first.SetResult();
                await second.Task;
            }

            await ManifestStage.JsonAsync(context, $$"""{"access_token": "new-{{who}}", "expires_in": 3600}""");
        });
        stage.Secret("client_id", "an id");
        stage.Secret("client_secret", "a secret");
        async Task<string> RunAsync(string who)
        {
            var store = new Told([]);
            await store.AgreeAsync(stage.Provider.Id, $$"""{"access_token": "old-{{who}}", "refresh_token": "r-{{who}}"}""", DateTimeOffset.UnixEpoch);
            var result = await stage.Provider.RunAsync(stage.Call("get") with { Tokens = store }, CancellationToken.None);
            return result.Output!.Value.GetString()!;
        }

        var one = RunAsync("11111111");
        await first.Task;
        var other = RunAsync("22222222");
        await Task.WhenAny(other, one.WaitAsync(TimeSpan.FromSeconds(60)));
        second.SetResult();

        (await one, await other).ShouldBe(("Bearer new-11111111", "Bearer new-22222222"));
    }

    [Fact]
    public async Task A_grant_that_is_gone_for_good_needs_consent_and_is_not_asked_for_again()
    {
        await using var stage = await ManifestStage.StartAsync(Consent, (request, context) => request.Host == "login.acme.example"
            ? ManifestStage.JsonAsync(context, """{"error": "invalid_grant", "error_description": "Revoked by the user."}""", 400)
            : ManifestStage.JsonAsync(context, "{}", 401));
        stage.Secret("client_id", "an id");
        stage.Secret("client_secret", "a secret");
        var store = new Told([]);
        await store.AgreeAsync(stage.Provider.Id, """{"access_token": "t-11111111", "refresh_token": "r-11111111"}""");
        stage.Tokens = store;

        var error = await stage.FailAsync("get");
        var again = await stage.FailAsync("get");

        error.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        error.Message.ShouldContain("needs consent");
        error.Message.ShouldContain("Revoked by the user");
        again.Message.ShouldContain("needs consent");
        stage.Requests.Count(request => request.Host == "login.acme.example").ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_not_agreed_yet_is_told_how()
    {
        await using var stage = await ManifestStage.StartAsync(Consent, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("client_id", "an id");
        stage.Secret("client_secret", "a secret");

        var error = await stage.FailAsync("get");

        error.Message.ShouldContain($"gantry provider connect {stage.Provider.Id}");
        stage.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SHA-256")]
    [InlineData("MD5")]
    [InlineData("SHA-256-sess")]
    public async Task A_digest_is_reckoned_anew_with_each_request_and_its_nonce_is_counted(string algorithm)
    {
        const string Manifest = """
            auth: [{kind: digest, username: "${connection.user}", password: "${connection.password}", fields: {user: {help: "It.", required: true}, password: {help: "It.", secret: true, required: true}}}]
            actions: {get: {help: "Gets.", call: GET /a, params: {q: {help: "It."}}}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (request, context) =>
        {
            if (request.Header("Authorization") is { } answer && Fits(answer, request, algorithm))
            {
                return ManifestStage.JsonAsync(context, "{}");
            }

            context.Response.Headers.WWWAuthenticate = $"Basic realm=\"x\", Digest realm=\"a, \\\"b\\\"\", qop=\"auth,auth-int\", algorithm={algorithm}, nonce=\"n1\", opaque=\"o\"";
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        stage.Secret("user", "Mufasa");
        stage.Secret("password", "Circle of Life");

        await stage.RunAsync("get", """{"q": "1 2"}""");
        await stage.RunAsync("get");

        stage.Requests.Count.ShouldBe(3);
        stage.Requests[1].Header("Authorization")!.ShouldContain("nc=00000001");
        stage.Requests[2].Header("Authorization")!.ShouldContain("nc=00000002");
    }

    [Fact]
    public async Task A_signature_is_over_what_is_sent()
    {
        const string Manifest = """
            auth:
              - kind: hmac
                algorithm: sha256
                key: ${connection.secret}
                text: "${request.timestamp}.${request.method}.${request.path}.${request.body}"
                encoding: base64
                send: [{in: header, name: X-Time, value: "${request.timestamp}"}, {in: header, name: X-Sign, value: "v1=${request.signature}"}]
                fields: {secret: {help: "It.", secret: true, required: true}}
            actions: {make: {help: "Makes.", call: POST /a, params: {b: {help: "It."}}}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("secret", "k");

        await stage.RunAsync("make", """{"b": "ü"}""");

        var request = stage.Requests.ShouldHaveSingleItem();
        var expected = HMACSHA256.HashData("k"u8, Encoding.UTF8.GetBytes($"{request.Header("X-Time")}.POST.{request.Path}.{request.Text}"));
        request.Header("X-Sign").ShouldBe($"v1={Convert.ToBase64String(expected)}");
    }

    [Fact]
    public async Task Hashes_are_signed_as_their_vendors_say()
    {
        // The example of https://docs.kraken.com/api/docs/guides/spot-rest-auth.
        const string Manifest = """
            auth:
              - kind: hmac
                algorithm: sha512
                key: ${connection.secret}
                key_encoding: base64
                text: ["${request.path}", {of: "${connection.nonce}${request.body}", hash: sha256, encoding: raw}]
                encoding: base64
                send: [{in: header, name: API-Sign, value: "${request.signature}"}]
                fields: {secret: {help: "It.", secret: true, required: true}, nonce: {help: "It.", secret: true, required: true}}
            base_url: https://api.acme.example/0
            actions: {add: {help: "Adds.", call: POST /private/AddOrder, encoding: text, params: {order: {help: "It."}}}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("secret", "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==");
        stage.Secret("nonce", "1616492376594");

        await stage.RunAsync("add", """{"order": "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"}""");

        stage.Requests.ShouldHaveSingleItem().Header("API-Sign").ShouldBe("4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==");
    }

    [Theory]
    [InlineData("read", "")]
    [InlineData("make", """{"b":"\u00FC"}""")]
    public async Task The_hash_of_nothing_is_left_out_and_a_signature_says_until_when_it_is_good(string action, string body)
    {
        const string Manifest = """
            auth:
              - kind: hmac
                algorithm: sha256
                key: ${connection.secret}
                text: ["${lower(request.method)} ${urlencode(request.target)}", {of: "${request.body}", hash: md5, encoding: base64}, {of: "${request.body}", hash: sha1}, "${request.expires}"]
                send: [{in: header, name: X-Sign, value: "${request.timestamp} ${request.expires} ${request.signature}"}]
                fields: {secret: {help: "It.", secret: true, required: true}}
            actions:
              read: {help: "Reads.", call: GET /a, params: {b: {help: "It."}}}
              make: {help: "Makes.", call: POST /a, params: {b: {help: "It."}}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        stage.Secret("secret", "k");

        await stage.RunAsync(action, """{"b": "ü"}""");

        var request = stage.Requests.ShouldHaveSingleItem();
        var said = request.Header("X-Sign")!.Split(' ');
        (long.Parse(said[1], CultureInfo.InvariantCulture) - long.Parse(said[0], CultureInfo.InvariantCulture)).ShouldBe(600);
        var target = action == "read" ? "get %2Fv2%2Fa%3Fb%3D%25C3%25BC" : "post %2Fv2%2Fa";
        var hashes = body.Length == 0 ? "" : Convert.ToBase64String(MD5.HashData(request.Body)) + Convert.ToHexStringLower(SHA1.HashData(request.Body));
        said[2].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData("k"u8, Encoding.UTF8.GetBytes($"{target}{hashes}{said[1]}"))));
    }

    [Fact]
    public async Task A_jwt_is_signed_by_the_key_and_exchanged()
    {
        using var key = RSA.Create(2048);
        const string Manifest = """
            auth:
              - kind: jwt
                algorithm: RS256
                key: ${connection.private_key}
                claims: {iss: "${connection.email}", aud: "https://login.acme.example/token"}
                exchange: {token_url: "https://login.acme.example/token"}
                fields: {email: {help: "It.", required: true}, private_key: {help: "It.", secret: true, required: true}}
            actions: {get: {help: "Gets.", call: GET /}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (request, context) =>
            ManifestStage.JsonAsync(context, request.Host == "login.acme.example" ? """{"access_token": "t-12345678", "expires_in": 3600}""" : "{}"));
        stage.Secret("email", "robot@acme.example");
        stage.Secret("private_key", key.ExportPkcs8PrivateKeyPem().Replace("\n", "\\n", StringComparison.Ordinal));

        await stage.RunAsync("get");

        var assertion = RecordedRequest.Pairs(stage.Requests[0].Text).Single(pair => pair.Key == "assertion").Value.Split('.');
        key.VerifyData(Encoding.ASCII.GetBytes($"{assertion[0]}.{assertion[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(assertion[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(assertion[1]));
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64(), claims.GetProperty("iss").GetString()).ShouldBe((300, "robot@acme.example"));
        stage.Requests[1].Header("Authorization").ShouldBe("Bearer t-12345678");
    }

    [Fact]
    public async Task OAuth_1_signs_the_query_and_the_form()
    {
        const string Manifest = """
            auth:
              - kind: oauth1
                consumer_key: ${connection.key}
                consumer_secret: ${connection.secret}
                token: ${connection.token}
                token_secret: ${connection.token_secret}
                fields: {key: {help: "It.", required: true}, secret: {help: "It.", secret: true, required: true}, token: {help: "It.", required: true}, token_secret: {help: "It.", secret: true, required: true}}
            actions: {make: {help: "Makes.", call: POST /a, encoding: form, params: {b: {help: "It."}, c: {help: "It.", in: query}}}}
            """;
        await using var stage = await ManifestStage.StartAsync(Manifest, (_, context) => ManifestStage.JsonAsync(context, "{}"));
        foreach (var (name, value) in new[] { ("key", "k"), ("secret", "s"), ("token", "t"), ("token_secret", "u") })
        {
            stage.Secret(name, value);
        }

        await stage.RunAsync("make", """{"b": "1 & 2", "c": "ü"}""");

        var request = stage.Requests.ShouldHaveSingleItem();
        var given = request.Header("Authorization")!["OAuth ".Length..].Split(", ").Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Trim('"')), StringComparer.Ordinal);
        var signed = given.Where(pair => pair.Key != "oauth_signature").Concat(request.Query).Concat(RecordedRequest.Pairs(request.Text))
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}").Order(StringComparer.Ordinal);
        var text = $"POST&{Uri.EscapeDataString("https://api.acme.example/v2/a")}&{Uri.EscapeDataString(string.Join('&', signed))}";
        given["oauth_signature"].ShouldBe(Convert.ToBase64String(HMACSHA1.HashData("s&u"u8, Encoding.ASCII.GetBytes(text))));
    }

    /// <summary>The example of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.</summary>
    [Fact]
    public void The_signature_for_AWS_is_that_of_its_example() =>
        new AwsSignature("us-east-1", "iam").Sign(
            "GET",
            "/",
            "Action=ListUsers&Version=2010-05-08",
            [new("host", "iam.amazonaws.com"), new("content-type", "application/x-www-form-urlencoded; charset=utf-8"), new("x-amz-date", "20150830T123600Z")],
            AwsSignature.Nothing,
            "20150830T123600Z",
            new AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null)).ShouldEndWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");

    private static bool Fits(string answer, RecordedRequest request, string algorithm)
    {
        var parts = System.Text.RegularExpressions.Regex.Matches(answer, @"(\w+)=(?:""((?:[^""\\]|\\.)*)""|([^,]*))")
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Success ? match.Groups[2].Value.Replace("\\", "", StringComparison.Ordinal) : match.Groups[3].Value, StringComparer.Ordinal);
        string Hash(string text) => Convert.ToHexStringLower(algorithm.StartsWith("SHA", StringComparison.Ordinal) ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : MD5.HashData(Encoding.UTF8.GetBytes(text)));
        var first = Hash("Mufasa:a, \"b\":Circle of Life");
        first = algorithm.EndsWith("-sess", StringComparison.Ordinal) ? Hash($"{first}:n1:{parts["cnonce"]}") : first;
        var uri = request.Query.Count == 0 ? request.Path : $"{request.Path}?q=1%202";
        return parts["uri"] == uri && parts["response"] == Hash($"{first}:n1:{parts["nc"]}:{parts["cnonce"]}:auth:{Hash($"GET:{uri}")}");
    }

    /// <summary>Keeps tokens, and tells when one was stored.</summary>
    private sealed class Told(List<string> order) : IConnectionTokens
    {
        private readonly MemoryConnectionTokens inner = new();

        public async Task AgreeAsync(string id, string values, DateTimeOffset? expiresAt = null) =>
            await inner.PutAsync(new ConnectionKey(id, id, "app"), new ConnectionToken { Values = JsonElement.Parse(values), ExpiresAt = expiresAt }, null, CancellationToken.None);

        public ValueTask<ConnectionToken?> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

        public ValueTask<ConnectionToken?> PutAsync(ConnectionKey key, ConnectionToken token, string? expectedVersion, CancellationToken cancellationToken)
        {
            lock (order)
            {
                order.Add($"stored {token.Values.GetProperty("refresh_token").GetString()}");
            }

            return inner.PutAsync(key, token, expectedVersion, cancellationToken);
        }

        public ValueTask NeedConsentAsync(ConnectionKey key, string reason, CancellationToken cancellationToken) => inner.NeedConsentAsync(key, reason, cancellationToken);
    }
}
