using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class MailServerFixture : IAsyncLifetime
{
    public MailServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await MailServer.StartAsync();

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class SmtpProviderSpecs(MailServerFixture fixture) : IClassFixture<MailServerFixture>, IAsyncDisposable
{
    private readonly MemoryEndpoint files = new();

    private MailServer Server => fixture.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => files.DisposeAsync();

    [Theory]
    [InlineData("starttls", "starttls", true)]
    [InlineData("implicit", "implicit", true)]
    [InlineData("implicit", "implicit", false)]
    [InlineData("plain", "none", false)]
    [InlineData("plain", "none", true)]
    [InlineData("login", "none", true)]
    public async Task A_message_arrives_by_every_kind_of_connection_and_login(string port, string tls, bool signsIn)
    {
        var outcome = await SendAsync(port, new { tls, subject = "Hello", text = "One.\n.\n..two\nthree" }, signsIn);

        outcome.Error.ShouldBeNull();
        var mail = await Server.TakeAsync(Token);
        (mail.GetProperty("tls").GetBoolean(), mail.GetProperty("login").GetBoolean()).ShouldBe((tls != "none", signsIn));
        Text(mail, 0).ShouldBe("One.\n.\n..two\nthree");
        mail.GetProperty("headers").GetProperty("Message-ID").GetString()!.ShouldMatch("^<[0-9a-f]{32}@example.org>$");
        outcome.Output!.Value.GetProperty("answer").GetString().ShouldBe("OK queued as 17");
    }

    [Fact]
    public async Task Every_attempt_at_a_step_sends_the_same_message_id()
    {
        await SendAsync("plain", new { tls = "none", subject = "a", text = "a" });
        await SendAsync("plain", new { tls = "none", subject = "a", text = "a" });

        var first = await Server.TakeAsync(Token);
        (await Server.TakeAsync(Token)).GetProperty("headers").GetProperty("Message-ID").GetString()
            .ShouldBe(first.GetProperty("headers").GetProperty("Message-ID").GetString());
    }

    [Theory]
    [InlineData("Grüße aus Köln – und eine sehr lange Zeile mit vielen Wörtern, die über mehrere Zeilen des Kopfes geht 🎉🎉🎉")]
    [InlineData("=?utf-8?B?SGFja2Vk?=")]
    [InlineData("plain words, long enough to be folded over more than one line of the header because nobody reads that much in a subject")]
    [InlineData("a  b   c")]
    [InlineData("")]
    public async Task A_subject_arrives_as_it_was(string subject)
    {
        (await SendAsync("plain", new { tls = "none", subject, text = "x" })).Error.ShouldBeNull();

        var mail = await Server.TakeAsync(Token);
        mail.GetProperty("headers").GetProperty("Subject").GetString().ShouldBe(subject);
        Raw(mail).Split("\r\n").TakeWhile(line => line.Length > 0).ShouldAllBe(line => line.Length <= 78 && line.All(char.IsAscii));
    }

    [Theory]
    [InlineData("Zeile mit ü\nund noch eine")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("ends with a line\n")]
    public async Task A_text_arrives_as_it_was_also_with_html_beside_it(string text)
    {
        (await SendAsync("plain", new { tls = "none", subject = "s", text, html = "<p>ü</p>" })).Error.ShouldBeNull();

        var mail = await Server.TakeAsync(Token);
        mail.GetProperty("structure").Deserialize<string[]>().ShouldBe(["multipart/alternative", "text/plain", "text/html"]);
        (Text(mail, 0).TrimEnd('\n'), Text(mail, 1).TrimEnd('\n')).ShouldBe((text.TrimEnd('\n'), "<p>ü</p>"));
    }

    [Fact]
    public async Task A_line_longer_than_mail_allows_arrives_whole()
    {
        var text = new string('x', 5000) + "\nü";

        (await SendAsync("plain", new { tls = "none", subject = "s", text })).Error.ShouldBeNull();

        var mail = await Server.TakeAsync(Token);
        Text(mail, 0).ShouldBe(text);
        Raw(mail).Split("\r\n").ShouldAllBe(line => line.Length <= 998);
    }

    [Fact]
    public async Task Files_of_endpoints_are_attached()
    {
        var content = new byte[200_001];
        new Random(1).NextBytes(content);
        await files.WriteAsync("report ü;\"1\".csv", new MemoryStream(content), new WriteOptions { PartialName = ".part" }, Token);
        await files.WriteAsync("empty", new MemoryStream(), new WriteOptions { PartialName = ".part" }, Token);

        var outcome = await SendAsync("starttls", new { subject = "s", text = "see there", attachments = new[] { "out:x/report ü;\"1\".csv", "out:x/empty" } }, signsIn: true);

        outcome.Error.ShouldBeNull();
        var mail = await Server.TakeAsync(Token);
        var parts = mail.GetProperty("parts").EnumerateArray().ToList();
        parts.Select(part => part.GetProperty("file").GetString()).ShouldBe([null, "report ü;\"1\".csv", "empty"]);
        parts[1].GetProperty("bytes").GetBytesFromBase64().ShouldBe(content);
        parts[2].GetProperty("bytes").GetBytesFromBase64().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_with_a_file_that_is_not_there_is_not_sent()
    {
        var failed = await SendAsync("plain", new { tls = "none", subject = "without", text = "x", attachments = new[] { "out:x/none.csv" } });
        await SendAsync("plain", new { tls = "none", subject = "next", text = "x" });

        failed.Error!.Kind.ShouldBe(ProviderErrorKind.NotFound);
        (await Server.TakeAsync(Token)).GetProperty("headers").GetProperty("Subject").GetString().ShouldBe("next");
    }

    [Fact]
    public async Task All_recipients_get_it_and_the_blind_ones_stand_nowhere()
    {
        (await SendAsync("plain", new
        {
            tls = "none",
            subject = "s",
            text = "x",
            to = new[] { "Ops, \"the\" Team <ops@example.org>", "b@example.org" },
            cc = "Jürgen <c@bücher.example>",
            bcc = "d@example.org",
            reply_to = "r@example.org",
        })).Error.ShouldBeNull();

        var mail = await Server.TakeAsync(Token);
        mail.GetProperty("to").Deserialize<string[]>().ShouldBe(["ops@example.org", "b@example.org", "c@xn--bcher-kva.example", "d@example.org"]);
        Raw(mail).ShouldNotContain("d@example.org");
        mail.GetProperty("headers").GetProperty("Reply-To").GetString().ShouldBe("r@example.org");
        mail.GetProperty("headers").GetProperty("Cc").GetString()!.ShouldContain("Jürgen");
    }

    [Theory]
    [InlineData("nobody@example.org", ProviderErrorKind.NotFound, false, 550)]
    [InlineData("later@example.org", ProviderErrorKind.Unavailable, true, 451)]
    public async Task A_refused_recipient_keeps_the_others_from_getting_it(string refused, ProviderErrorKind kind, bool isTransient, int status)
    {
        var failed = await SendAsync("plain", new { tls = "none", subject = "refused", text = "x", to = new[] { "a@example.org", refused } });
        await SendAsync("plain", new { tls = "none", subject = "next", text = "x" });

        (failed.Error!.Kind, failed.Error.IsTransient, failed.Error.Status).ShouldBe((kind, isTransient, status));
        failed.Error.Message.ShouldContain(refused);
        (await Server.TakeAsync(Token)).GetProperty("headers").GetProperty("Subject").GetString().ShouldBe("next");
    }

    [Theory]
    [InlineData("subject", "a\r\nBcc: x@example.org")]
    [InlineData("to", "a@example.org\r\nRCPT TO:<x@example.org>")]
    [InlineData("from", "Me\n <me@example.org>")]
    [InlineData("to", "a@example.org>,<b@example.org")]
    [InlineData("to", "a b@example.org")]
    [InlineData("to", "@example.org")]
    [InlineData("to", "a@")]
    [InlineData("cc", "a@exa mple.org")]
    [InlineData("reply_to", "")]
    public async Task What_would_be_another_command_or_header_is_refused(string name, string value)
    {
        var parameters = new Dictionary<string, object> { ["tls"] = "none", ["subject"] = "s", ["text"] = "x", [name] = value };

        var outcome = await SendAsync("plain", parameters);

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        outcome.Error.Message.ShouldContain($"'{name}'");
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it()
    {
        var outcome = await SendAsync("starttls", new { subject = "s", text = "x" }, signsIn: true, password: "wr0ng-one");

        (outcome.Error!.Kind, outcome.Error.Status).ShouldBe((ProviderErrorKind.Unauthorized, 535));
        outcome.Error.Message.ShouldNotContain("wr0ng-one");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        var outcome = await SendAsync("implicit", new { tls = "implicit", subject = "s", text = "x", certificate_sha256 = new string('0', 64) });

        outcome.Error!.Message.ShouldContain("certificate_sha256");
    }

    [Fact]
    public async Task A_certificate_is_trusted_by_its_authority_and_its_name()
    {
        var outcome = await SendAsync("implicit", new { tls = "implicit", subject = "s", text = "x", ca = Server.Authority, certificate_sha256 = (string?)null });

        outcome.Error.ShouldBeNull();
        await Server.TakeAsync(Token);
    }

    [Fact]
    public async Task A_server_without_starttls_gets_nothing()
    {
        var outcome = await SendAsync("plain", new { subject = "s", text = "x" });

        outcome.Error!.Message.ShouldContain("STARTTLS");
    }

    [Fact]
    public async Task Letters_before_the_at_need_a_server_that_takes_them()
    {
        (await SendAsync("ascii", new { tls = "none", subject = "s", text = "x", to = "jürgen@example.org" })).Error!.Message.ShouldContain("SMTPUTF8");
        (await SendAsync("plain", new { tls = "none", subject = "s", text = "x", to = "jürgen@example.org" })).Error.ShouldBeNull();

        (await Server.TakeAsync(Token)).GetProperty("to").Deserialize<string[]>().ShouldBe(["jürgen@example.org"]);
    }

    [Fact]
    public async Task An_address_that_plans_may_not_reach_is_not_dialled()
    {
        var stage = Stage();
        stage.EgressAllowed.Clear();

        var outcome = await stage.RunAsync("smtp.send", Parameters("plain", new { tls = "none", subject = "s", text = "x" }, signsIn: false), cancellationToken: Token);

        (outcome.Error!.Kind, outcome.Error.Message.Contains("PUT /api/egress-rules", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, true));
    }

    private async Task<PlanOutcome> SendAsync(string port, object parameters, bool signsIn = false, string password = MailServer.Password)
    {
        var stage = Stage();
        stage.Secrets["MAIL"] = password;
        return await stage.RunAsync("smtp.send_mail", Parameters(port, parameters, signsIn), cancellationToken: Token);
    }

    private ProviderStage Stage() => new() { Endpoints = new OneEndpoint(files) };

    private Dictionary<string, object?> Parameters(string port, object given, bool signsIn)
    {
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["host"] = "localhost",
            ["port"] = Server.Ports[port],
            ["from"] = "Gantry <gantry@example.org>",
            ["to"] = "ops@example.org",
        };
        if (port is "starttls" or "implicit")
        {
            parameters["certificate_sha256"] = Server.Fingerprint;
        }

        if (signsIn)
        {
            (parameters["user"], parameters["password"]) = (MailServer.User, "${cred:MAIL}");
        }

        foreach (var property in JsonSerializer.SerializeToElement(given).EnumerateObject())
        {
            parameters[property.Name] = property.Value;
        }

        return parameters.Where(pair => pair.Value is not JsonElement { ValueKind: JsonValueKind.Null }).ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private static string Raw(JsonElement mail) => Encoding.UTF8.GetString(mail.GetProperty("raw").GetBytesFromBase64());

    /// <summary>Without the line break at its end, which belongs to the message.</summary>
    private static string Text(JsonElement mail, int part) =>
        Encoding.UTF8.GetString(mail.GetProperty("parts")[part].GetProperty("bytes").GetBytesFromBase64()).ReplaceLineEndings("\n").TrimEnd('\n');

    private sealed class OneEndpoint(MemoryEndpoint endpoint) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
        {
            address.ShouldBe("out:x/");
            return ValueTask.FromResult<IEndpoint>(endpoint);
        }
    }
}
