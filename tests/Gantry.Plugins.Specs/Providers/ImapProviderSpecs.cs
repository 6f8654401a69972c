using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class ImapServerFixture() : SharedServer<ImapMailServer>(ImapMailServer.StartAsync);

public sealed class ImapProviderSpecs(ImapServerFixture fixture) : IClassFixture<ImapServerFixture>, IAsyncLifetime
{
    private readonly MemoryEndpoint files = new();
    private readonly ProviderStage stage = new();
    private ImapMailServer server = null!;
    private string user = "";

    public async ValueTask InitializeAsync()
    {
        server = await fixture.GetAsync();
        stage.Secrets["MAIL"] = ImapMailServer.Password;
        stage.Endpoints = new OneEndpoint(files);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Messages_are_found_the_newest_first()
    {
        Given(Simple("ann@example.org", "=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_aus?= Wien", "eins"), Simple("bob@example.org", "two", "zwei"), Simple("ann@example.org", "three", "drei"));

        var output = await OutputAsync("search", new { });

        output.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("uid").GetInt32()).ShouldBe([3, 2, 1]);
        (output.GetProperty("total").GetInt32(), output.GetProperty("count").GetInt32(), output.GetProperty("truncated").GetBoolean()).ShouldBe((3, 3, false));
        var first = output.GetProperty("messages")[2];
        (first.GetProperty("subject").GetString(), first.GetProperty("received_at").GetString(), first.GetProperty("date").GetString())
            .ShouldBe(("Grüße aus Wien", "2026-01-01T12:00:00Z", "2026-01-02T02:04:05Z"));
        first.GetProperty("from").GetRawText().ShouldBe("""[{"name":"J\u00F6rg, \u0022J\u0022","address":"ann@example.org"}]""");
        first.GetProperty("message_id").GetString().ShouldBe("<1@example.org>");
    }

    [Theory]
    [InlineData("""{"from":"ann@"}""", "3,1")]
    [InlineData("""{"from":"ann@","limit":1}""", "3")]
    [InlineData("""{"subject":"grüße"}""", "1")]
    [InlineData("""{"body":"zw\"ei"}""", "")]
    [InlineData("""{"body":"zwei","seen":false}""", "2")]
    [InlineData("""{"seen":true}""", "")]
    [InlineData("""{"since":"2026-01-02","before":"2026-01-03"}""", "2")]
    [InlineData("""{"after_uid":2}""", "3")]
    [InlineData("""{"after_uid":3}""", "")]
    [InlineData("""{"message_id":"<1@example.org>"}""", "3,2,1")]
    [InlineData("""{"larger":10000}""", "")]
    [InlineData("""{"subject":"x\r\nA1 LOGOUT"}""", "")]
    [InlineData("""{"subject":"x) (\\"}""", "")]
    public async Task Only_what_is_looked_for_is_found(string criteria, string uids)
    {
        Given(Simple("ann@example.org", "=?utf-8?B?R3LDvMOfZQ==?=", "eins"), Simple("bob@example.org", "two", "zwei"), Simple("ann@example.org", "three", "drei"));

        var output = await OutputAsync("search", JsonElement.Parse(criteria));

        string.Join(',', output.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("uid").GetRawText())).ShouldBe(uids);
    }

    [Fact]
    public async Task A_message_comes_with_its_texts_and_its_attachments_as_files()
    {
        var bytes = Enumerable.Range(0, 2_000_000).Select(index => (byte)(index * 7)).ToArray();
        Given(Message($"""
            From: =?iso-8859-1?Q?J=F6rg?= <j@example.org>
            To: A <a@example.org>, "B, C" <b@example.org>
            Subject: =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=
            X-Folded: one
             two
            Received: a
            Received: b
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=windows-1252
            Content-Transfer-Encoding: quoted-printable

            =80 5 =3D f=FCnf=
             Euro
            --a
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            PGI+w7w8L2I+
            --a--
            --m
            Content-Type: application/pdf; name="=?utf-8?B?w7wucGRm?="
            Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fr%C3%A4chnung.pdf
            Content-Transfer-Encoding: base64

            {Lines(Convert.ToBase64String(bytes))}
            --m
            Content-Type: text/csv; name=evil.csv
            Content-Disposition: attachment; filename*0*=utf-8''a%20; filename*1="b.csv"

            a,b
            --m
            Content-Type: message/rfc822

            Subject: inner

            inside
            --m--
            """));

        var output = await OutputAsync("fetch", new { uids = new object[] { 1, "7" }, attachments_to = "out:x/", messages_to = "out:x/" });

        var message = output.GetProperty("messages")[0];
        output.GetProperty("missing").GetRawText().ShouldBe("[7]");
        message.GetProperty("subject").GetString().ShouldBe("café");
        message.GetProperty("from")[0].GetProperty("name").GetString().ShouldBe("Jörg");
        message.GetProperty("to").GetArrayLength().ShouldBe(2);
        message.GetProperty("text").GetString()!.TrimEnd().ShouldBe("€ 5 = fünf Euro");
        message.GetProperty("html").GetString().ShouldBe("<b>ü</b>");
        message.GetProperty("headers").GetProperty("x-folded").GetString().ShouldBe("one two");
        message.GetProperty("headers").GetProperty("received").GetRawText().ShouldBe("""["a","b"]""");
        message.GetProperty("attachments").EnumerateArray().Select(file => file.GetProperty("name").GetString()).ShouldBe(["rächnung.pdf", "2-a b.csv", "3-part-3.eml"]);
        message.GetProperty("attachments")[0].GetProperty("size").GetInt64().ShouldBe(bytes.Length);
        (await ReadAsync("1-rächnung.pdf")).ShouldBe(bytes);
        Encoding.UTF8.GetString(await ReadAsync("1-2-a b.csv")).TrimEnd().ShouldBe("a,b");
        Encoding.UTF8.GetString(await ReadAsync("1-3-part-3.eml")).ShouldContain("inside");
        (await ReadAsync("1.eml")).Length.ShouldBe(message.GetProperty("size").GetInt32());
        message.GetProperty("flags").GetArrayLength().ShouldBe(0);
        (await OutputAsync("search", new { seen = true })).GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("Content-Type: text/plain\n\nplain", "plain")]
    [InlineData("Subject: none\n\n\u00FC", "\u00FC")]
    [InlineData("Content-Type: text/plain; charset=no-such-charset\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC =ZZ =", "\u00FC =ZZ ")]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw7w=\nw7w=", "\u00FC\u00FC")]
    [InlineData("Content-Type: text/plain; charset=iso-2022-jp\n\n\u001B$B4A;z\u001B(B", "漢字")]
    [InlineData("Content-Type: text/plain\n\n", "")]
    public async Task A_text_is_read_however_it_is_written(string message, string text)
    {
        Given(Message(message));

        var output = await OutputAsync("fetch", new { uids = new[] { 1 } });

        output.GetProperty("messages")[0].GetProperty("text").GetString()!.TrimEnd('\r', '\n').ShouldBe(text);
    }

    [Fact]
    public async Task What_is_too_large_is_not_saved()
    {
        Given(Simple("a@example.org", "large", new string('x', 5000)));

        var outcome = await RunAsync("fetch", new { uids = new[] { 1 }, messages_to = "out:x/", max_bytes = 4000 });

        outcome.Error!.Message.ShouldContain("'max_bytes' allows 4,000");
    }

    [Fact]
    public async Task Messages_are_marked_moved_and_deleted()
    {
        Given(Simple("a@example.org", "one", "1"), Simple("a@example.org", "two", "2"), Simple("a@example.org", "three", "3"));

        var marked = await OutputAsync("mark", new { uids = new[] { 1, 2, 9 }, add = new[] { "seen", "urgent" } });
        await OutputAsync("mark", new { uids = new[] { 2 }, remove = new[] { "seen" } });
        var read = await OutputAsync("fetch", new { uids = new[] { 3 }, mark_seen = true });
        var refused = await RunAsync("move", new { uids = new[] { 1 }, to = "Ärchiv & 漢字" });
        var moved = await OutputAsync("move", new { uids = new[] { 1, 9 }, to = "Ärchiv & 漢字", create = true });
        var deleted = await OutputAsync("delete", new { uids = new[] { 2 } });

        (marked.GetProperty("marked").GetRawText(), marked.GetProperty("missing").GetRawText()).ShouldBe(("[1,2]", "[9]"));
        read.GetProperty("messages").GetArrayLength().ShouldBe(1);
        refused.Error!.Kind.ShouldBe(ProviderErrorKind.NotFound, refused.Error.Message);
        (moved.GetProperty("moved").GetRawText(), deleted.GetProperty("deleted").GetRawText()).ShouldBe(("[1]", "[2]"));
        var rest = (await OutputAsync("search", new { })).GetProperty("messages");
        rest.GetArrayLength().ShouldBe(1);
        (rest[0].GetProperty("uid").GetInt32(), rest[0].GetProperty("flags").GetRawText()).ShouldBe((3, """["seen"]"""));
        var there = (await OutputAsync("search", new { mailbox = "Ärchiv & 漢字", keyword = "urgent" })).GetProperty("messages");
        there[0].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).Order(StringComparer.Ordinal).ShouldBe(["seen", "urgent"]);
        (await OutputAsync("list_mailboxes", new { })).GetProperty("mailboxes").EnumerateArray().Select(box => box.GetProperty("name").GetString()).Order(StringComparer.Ordinal).ShouldBe(["INBOX", "Ärchiv & 漢字"]);
    }

    [Fact]
    public async Task Uids_of_a_mailbox_that_was_made_anew_are_refused()
    {
        Given(Simple("a@example.org", "one", "1"));
        var validity = (await OutputAsync("search", new { })).GetProperty("uid_validity").GetInt64();

        var outcome = await RunAsync("delete", new { uids = new[] { 1 }, uid_validity = validity + 1 });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Conflict);
        (await OutputAsync("fetch", new { uids = new[] { 1 }, uid_validity = validity })).GetProperty("messages").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"add":["two words"]}""", "'two words' is no flag")]
    [InlineData("""{"add":["\\Seen) (x"]}""", "is no flag")]
    [InlineData("{}", "Give 'add' or 'remove'")]
    public async Task What_is_no_flag_is_refused(string parameters, string message)
    {
        Given(Simple("a@example.org", "one", "1"));

        var outcome = await RunAsync("mark", new { uids = new[] { 1 } }, JsonElement.Parse(parameters));

        outcome.Error!.Message.ShouldContain(message);
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_not_found()
    {
        Given(Simple("a@example.org", "one", "1"));

        var outcome = await RunAsync("search", new { mailbox = "nö\"\\such" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.NotFound, outcome.Error.Message);
        outcome.Error.Message.ShouldContain("imap.list_mailboxes");
    }

    [Fact]
    public async Task A_certificate_is_checked_whichever_way_tls_begins()
    {
        Given(Simple("a@example.org", "one", "1"));
        async Task<ProviderError?> TryAsync(object how) => (await RunAsync("search", how)).Error;

        (await TryAsync(new { tls = "implicit", port = server.TlsPort, host = "localhost" }))!.Message.ShouldContain("TLS");
        (await TryAsync(new { tls = "starttls", host = "localhost" }))!.Message.ShouldContain("TLS");
        (await TryAsync(new { tls = "implicit", port = server.TlsPort, host = "localhost", ca = server.Certificate.Pem })).ShouldBeNull();
        (await TryAsync(new { tls = "starttls", host = "localhost", certificate_sha256 = server.Certificate.Fingerprint })).ShouldBeNull();
        (await TryAsync(new { tls = "starttls", host = "localhost", certificate_sha256 = new string('0', 64) }))!.Message.ShouldContain("TLS");
        (await TryAsync(new { tls = "implicit", host = "localhost" })).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_wrong_login_is_refused_without_its_password()
    {
        Given(Simple("a@example.org", "one", "1"));
        stage.Secrets["MAIL"] = "wrong-secret-word";

        var outcome = await RunAsync("search", new { });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
        outcome.Error.Message.ShouldNotContain("wrong-secret-word");
    }

    [Fact]
    public async Task Only_what_may_be_reached_is()
    {
        Given(Simple("a@example.org", "one", "1"));
        stage.EgressAllowed.Clear();

        (await RunAsync("search", new { })).Error!.Message.ShouldContain("egress_allow");
    }

    private static byte[] Simple(string from, string subject, string text) => Message($"""
        From: "J=?utf-8?Q?=C3=B6?=rg, \"J\"" <{from}>
        To: me@example.org
        Date: Fri, 2 Jan 2026 03:04:05 +0100 (CET)
        Message-ID: <1@example.org>
        Subject: {subject}

        {text}
        """.Replace("J=?utf-8?Q?=C3=B6?=rg", "J\u00F6rg", StringComparison.Ordinal));

    private static byte[] Message(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n");

    private static string Lines(string text) => string.Join('\n', text.Chunk(76).Select(line => new string(line)));

    private void Given(params byte[][] messages) => user = server.AddUser(messages);

    private async Task<byte[]> ReadAsync(string path)
    {
        await using var content = await files.OpenReadAsync(path, 0, null, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    private async Task<JsonElement> OutputAsync(string action, object parameters)
    {
        var outcome = await RunAsync(action, parameters);
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }

    private Task<PlanOutcome> RunAsync(string action, params object[] parameters)
    {
        var common = new { host = "127.0.0.1", port = server.Port, tls = "none", user, password = "${cred:MAIL}" };
        return stage.RunAsync($"imap.{action}", ProviderStage.Parameters([common, .. parameters]), cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class OneEndpoint(MemoryEndpoint endpoint) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
        {
            address.ShouldBe("out:x/");
            return ValueTask.FromResult<IEndpoint>(endpoint);
        }
    }
}
