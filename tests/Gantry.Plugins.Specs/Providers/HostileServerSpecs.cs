using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Servers that break off, lie about lengths, never answer, or say more than anybody wants to hear.</summary>
public sealed class HostileServerSpecs
{
    private readonly ProviderStage stage = new();

    [Theory]
    [InlineData("get", "", ProviderErrorKind.Unavailable)]
    [InlineData("get", "$5\r\nab", ProviderErrorKind.Unavailable)]
    [InlineData("get", "$2\r\nabcd\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "$99999999999\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "$1073741824\r\n", ProviderErrorKind.BadRequest)]
    [InlineData("get", "$-2\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", ":5\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "+OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "*1\r\n$1\r\na\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "\r\n", ProviderErrorKind.Upstream)]
    [InlineData("set", ":1\r\n", ProviderErrorKind.Upstream)]
    [InlineData("set", "$2\r\nOK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("delete", "+OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("increment", "$-1\r\n", ProviderErrorKind.Upstream)]
    [InlineData("increment", ":x\r\n", ProviderErrorKind.Upstream)]
    [InlineData("increment", ":4", ProviderErrorKind.Upstream)]
    [InlineData("publish", "+OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("get", "-ERR", ProviderErrorKind.Unavailable)]
    [InlineData("get", "-\r\n", ProviderErrorKind.BadRequest)]
    public async Task A_redis_that_does_not_answer_as_one_is_told(string action, string answer, ProviderErrorKind kind)
    {
        await using var server = new PlayedServer(async talk =>
        {
            await talk.LineAsync();
            await talk.SayAsync(answer);
        });

        var outcome = await RunAsync(server, $"redis.{action}", new { key = "k", channel = "k", message = "m", value = "v", tls = "none" });

        ShouldBe(outcome, kind);
    }

    [Fact]
    public async Task A_redis_with_a_line_without_an_end_is_told()
    {
        await using var server = new PlayedServer(async talk => await talk.RepeatAsync(Encoding.ASCII.GetBytes(new string('+', 10_000))));

        ShouldBe(await RunAsync(server, "redis.get", new { key = "k", tls = "none" }), ProviderErrorKind.Upstream);
    }

    [Fact]
    public async Task What_is_written_to_a_redis_cannot_become_a_command()
    {
        const string Hostile = "x\r\n*1\r\n$8\r\nFLUSHALL\r\n";
        var heard = "";
        await using var server = new PlayedServer(async talk =>
        {
            for (var line = 0; line < 3; line++)
            {
                heard += await talk.LineAsync() + "|";
            }

            heard += await talk.LineAsync() + "|" + Encoding.UTF8.GetString(await talk.ReadAsync(Hostile.Length));
            await talk.SayAsync("$-1\r\n");
            await talk.HearOutAsync();
        });

        (await RunAsync(server, "redis.get", new { key = Hostile, tls = "none" })).Error.ShouldBeNull();

        heard.ShouldBe($"*2|$3|GET|${Hostile.Length}|{Hostile}");
    }

    [Theory]
    [InlineData("20", ProviderErrorKind.Unavailable)]
    [InlineData("2002", ProviderErrorKind.Unavailable)]
    [InlineData("20FFFFFFFFFF", ProviderErrorKind.Upstream)]
    [InlineData("20FFFFFF7F", ProviderErrorKind.BadRequest)]
    [InlineData("2000", ProviderErrorKind.Upstream)]
    [InlineData("30020001", ProviderErrorKind.Upstream)]
    [InlineData("20020005", ProviderErrorKind.Unauthorized)]
    [InlineData("20020063", ProviderErrorKind.Upstream)]
    [InlineData("20020000 40020002", ProviderErrorKind.Upstream)]
    [InlineData("20020000 400100", ProviderErrorKind.Upstream)]
    [InlineData("20020000 D000", ProviderErrorKind.Upstream)]
    [InlineData("20020000 30050009616263", ProviderErrorKind.Upstream)]
    [InlineData("20020000 3607000161000161FF", ProviderErrorKind.Upstream)]
    [InlineData("20020000 40", ProviderErrorKind.Upstream)]
    public async Task A_broker_that_does_not_answer_as_one_is_told(string answer, ProviderErrorKind kind)
    {
        await using var server = new PlayedServer(async talk =>
        {
            await talk.ReadAsync(2);
            await talk.SayAsync(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));
        });

        var outcome = await RunAsync(server, "mqtt.publish", new { topic = "a/b", payload = "x", tls = "none" });

        ShouldBe(outcome, kind);
    }

    [Fact]
    public async Task What_the_broker_has_is_published_although_it_leaves_at_once()
    {
        await using var server = new PlayedServer(async talk =>
        {
            await talk.ReadAsync(2);
            await talk.SayAsync([0x20, 2, 0, 0, 0x40, 2, 0, 1]);
        });

        (await RunAsync(server, "mqtt.publish", new { topic = "a/b", payload = "x", tls = "none" })).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_broker_that_floods_is_left()
    {
        byte[] message = [0x30, 0x83, 0x80, 0x04, 0, 1, (byte)'a', .. new byte[64 * 1024]];
        await using var server = new PlayedServer(async talk =>
        {
            await talk.SayAsync([0x20, 2, 0, 0]);
            await talk.RepeatAsync(message);
        });

        var outcome = await RunAsync(server, "mqtt.subscribe", new { topics = "a", tls = "none" });

        ShouldBe(outcome, ProviderErrorKind.BadRequest);
        outcome.Error!.Message.ShouldContain("more messages at once");
    }

    [Theory]
    [InlineData("* OK hello", "* SEARCH 1 {5}\r\nab", ProviderErrorKind.Unavailable)]
    [InlineData("* OK hello", "* SEARCH {99999999}\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "* SEARCH {9223372036854775807}\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "* SEARCH ((((\r\nTAG OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "* SEARCH )\r\nTAG OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "* SEARCH \"1\r\nTAG OK\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "x9 OK not asked\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "\r\n", ProviderErrorKind.Upstream)]
    [InlineData("* OK hello", "* BYE full\r\n", ProviderErrorKind.Unavailable)]
    [InlineData("* OK hello", "TAG NO [NONEXISTENT] gone\r\n", ProviderErrorKind.NotFound)]
    [InlineData("* OK hello", "TAG NO [\r\n", ProviderErrorKind.BadRequest)]
    [InlineData("* OK hello", "* SEARCH 1\r\nTAG OK\r\n* 1 FETCH (UID 1 ENVELOPE (NIL\r\n", ProviderErrorKind.Unavailable)]
    [InlineData("* PREAUTH hello", "TAG OK\r\n", null)]
    [InlineData("220 smtp", "", ProviderErrorKind.Upstream)]
    [InlineData("* BYE full", "", ProviderErrorKind.Unavailable)]
    public async Task A_mail_server_that_does_not_answer_as_one_is_told(string greeting, string answer, ProviderErrorKind? kind)
    {
        stage.Secrets["MAIL"] = "p4ss";
        await using var server = MailServer(greeting, answer);

        var outcome = await RunAsync(server, "imap.search", new { tls = "none", user = "u", password = "${cred:MAIL}" });

        if (kind is null)
        {
            outcome.Error.ShouldBeNull(outcome.Error?.Message);
        }
        else
        {
            ShouldBe(outcome, kind.Value);
        }
    }

    [Fact]
    public async Task What_is_looked_for_in_a_mailbox_cannot_become_a_command()
    {
        stage.Secrets["MAIL"] = "p4ss\r\ng9 LOGOUT";
        List<string> heard = [];
        await using var server = new PlayedServer(talk => AnswerMailAsync(talk, "* OK hello", "TAG OK\r\n", heard.Add));

        var outcome = await RunAsync(server, "imap.search", new { tls = "none", user = "u", password = "${cred:MAIL}", subject = "a\r\ng9 DELETE INBOX\r\n", mailbox = "x\r\ng9 DELETE y" });

        outcome.Error.ShouldBeNull(outcome.Error?.Message);
        heard.ShouldNotContain(line => line.StartsWith("g9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_larger_than_it_was_said_to_be_is_not_saved()
    {
        stage.Secrets["MAIL"] = "p4ss";
        stage.Endpoints = new OneEndpoint(new MemoryEndpoint());
        var piece = new string('x', 512 * 1024);
        await using var server = new PlayedServer(talk => AnswerMailAsync(
            talk,
            "* OK hello",
            "",
            _ => { },
            command => command.Contains("BODY.PEEK[]<", StringComparison.Ordinal)
                ? $"* 1 FETCH (UID 7 BODY[]<{command.Split('<')[1].Split('.')[0]}> {{{piece.Length}}}\r\n{piece})\r\nTAG OK\r\n"
                : "* 1 FETCH (UID 7 RFC822.SIZE 10 BODY[HEADER] {8}\r\na: b\r\n\r\n BODYSTRUCTURE (\"APPLICATION\" \"X\" NIL NIL NIL \"7BIT\" 10))\r\nTAG OK\r\n"));

        var outcome = await RunAsync(server, "imap.fetch", new { tls = "none", user = "u", password = "${cred:MAIL}", uids = new[] { 7 }, messages_to = "mail", max_bytes = 5_000_000 });

        ShouldBe(outcome, ProviderErrorKind.BadRequest);
        outcome.Error!.Message.ShouldContain("larger than 5,000,000 bytes");
    }

    [Theory]
    [InlineData("", ProviderErrorKind.Unavailable)]
    [InlineData("52 00000008 00000000 5A 00000005", ProviderErrorKind.Unavailable)]
    [InlineData("52 FFFFFFFF 00000000", ProviderErrorKind.Unavailable)]
    [InlineData("52 00000008 000000FF", ProviderErrorKind.BadRequest)]
    [InlineData("52 00000008 00000003", ProviderErrorKind.Unavailable)]
    [InlineData("45 00000005 00", ProviderErrorKind.Unavailable)]
    [InlineData("21 00000004", ProviderErrorKind.Upstream)]
    [InlineData("48545450", ProviderErrorKind.Unavailable)]
    public async Task A_postgres_that_does_not_answer_as_one_is_told(string answer, ProviderErrorKind kind)
    {
        stage.Secrets["PG"] = "p4ss";
        await using var server = new PlayedServer(async talk =>
        {
            await talk.ReadAsync(8);
            await talk.SayAsync(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));
        });

        var outcome = await RunAsync(server, "postgresql.query", new { sql = "select 1", database = "d", user = "u", password = "${cred:PG}", tls = "disable" });

        ShouldBe(outcome, kind);
    }

    [Theory]
    [InlineData("redis.get", """{"key":"k","tls":"none"}""")]
    [InlineData("mqtt.publish", """{"topic":"a","tls":"none"}""")]
    [InlineData("imap.search", """{"user":"u","password":"${cred:X}","tls":"none"}""")]
    [InlineData("imap.search", """{"user":"u","password":"${cred:X}"}""")]
    [InlineData("postgresql.query", """{"sql":"select 1","database":"d","user":"u","password":"${cred:X}","tls":"disable"}""")]
    [InlineData("postgresql.query", """{"sql":"select 1","database":"d","user":"u","password":"${cred:X}"}""")]
    [InlineData("mysql.query", """{"sql":"select 1","user":"u","password":"${cred:X}"}""")]
    public async Task A_server_that_never_answers_is_given_up_in_time(string use, string parameters)
    {
        stage.Secrets["X"] = "p4ss";
        await using var server = new PlayedServer(talk => talk.HearOutAsync());

        var outcome = await RunAsync(server, use, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(parameters.Insert(1, "\"timeout\":\"200ms\","))!);

        ShouldBe(outcome, ProviderErrorKind.TimedOut);
    }

    private static PlayedServer MailServer(string greeting, string answer) => new(talk => AnswerMailAsync(talk, greeting, answer, _ => { }));

    /// <summary>Lets anybody in; to a search it says this, with TAG in place of the command's, and then leaves.</summary>
    private static async Task AnswerMailAsync(PlayedTalk talk, string greeting, string answer, Action<string> hear, Func<string, string>? answerFetch = null)
    {
        await talk.SayAsync(greeting + "\r\n");
        while (true)
        {
            var line = await talk.LineAsync();
            hear(line);
            while (line.EndsWith('}'))
            {
                await talk.SayAsync("+ go on\r\n");
                await talk.ReadAsync(int.Parse(line[(line.LastIndexOf('{') + 1)..^1], System.Globalization.CultureInfo.InvariantCulture));
                line = await talk.LineAsync() is { Length: > 0 } more ? line[..line.LastIndexOf('{')] + more : line[..line.LastIndexOf('{')];
            }

            var tag = line.Split(' ')[0];
            if (answerFetch is not null && line.Contains(" UID FETCH ", StringComparison.Ordinal))
            {
                await talk.SayAsync(answerFetch(line).Replace("TAG", tag, StringComparison.Ordinal));
            }
            else if (line.Contains(" UID SEARCH ", StringComparison.Ordinal))
            {
                await talk.SayAsync(answer.Replace("TAG", tag, StringComparison.Ordinal));
                return;
            }
            else
            {
                await talk.SayAsync($"{tag} OK\r\n");
            }
        }
    }

    private static void ShouldBe(PlanOutcome outcome, ProviderErrorKind kind)
    {
        outcome.Error.ShouldNotBeNull();
        outcome.Error.Kind.ShouldBe(kind, outcome.Error.Message);
        outcome.Error.Message.ShouldNotContain("Exception");
    }

    private Task<PlanOutcome> RunAsync(PlayedServer server, string use, object parameters)
    {
        var action = AllPlugins.Providers.Find(use.Split('.')[0])!.Actions.Single(one => one.Id == use.Split('.')[1]);
        var all = ProviderStage.Parameters(new { host = "127.0.0.1", port = server.Port }, parameters);
        return stage.RunAsync(use, all.Where(parameter => action.Parameters.Any(known => known.Name == parameter.Key)).ToDictionary());
    }

    private sealed class OneEndpoint(MemoryEndpoint endpoint) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<IEndpoint>(endpoint);
    }
}
