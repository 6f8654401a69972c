using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>Answers that MariaDB does not give: types of MySQL, values at their edges, and servers that lie.</summary>
public sealed class MysqlAnswerSpecs
{
    private readonly ProviderStage stage = new();

    public MysqlAnswerSpecs() => stage.Secrets["DB"] = new PlayedMysqlLogin().Password;

    public static TheoryData<byte, int, int, string, string> Values => new()
    {
        { 246, 63, 0, Hex(PlayedMysqlPeer.Text("-0.00000000000000000000000000001")), "-0.00000000000000000000000000001" },
        { 246, 63, 0x40, Hex(PlayedMysqlPeer.Text("00012.50")), "12.50" },
        { 16, 63, 0x20, "08FFFFFFFFFFFFFFFF", "18446744073709551615" },
        { 16, 63, 0x20, "0100", "0" },
        { 8, 63, 0x20, "FFFFFFFFFFFFFFFF", "18446744073709551615" },
        { 8, 63, 0, "FFFFFFFFFFFFFFFF", "-1" },
        { 1, 63, 0x20, "FF", "255" },
        { 245, 45, 0, Hex(PlayedMysqlPeer.Text("""{"a": [1, 18446744073709551615, 1.10, null]}""")), """{"a": [1, 18446744073709551615, 1.10, null]}""" },
        { 245, 45, 0, Hex(PlayedMysqlPeer.Text("{\"a\": ")), "\"{\\u0022a\\u0022: \"" },
        { 10, 63, 0, "00", "\"0000-00-00\"" },
        { 10, 63, 0, "04EA070200", "\"2026-02-00\"" },
        { 12, 63, 0, "00", "\"0000-00-00 00:00:00\"" },
        { 12, 63, 0, "04EA070200", "\"2026-02-00 00:00:00\"" },
        { 12, 63, 0, "07EA07021C173B3B", "\"2026-02-28T23:59:59\"" },
        { 7, 63, 0, "0BEA07021C173B3B3F420F00", "\"2026-02-28T23:59:59.999999Z\"" },
        { 11, 63, 0, "00", "\"00:00:00\"" },
        { 11, 63, 0, "0801220000001A3B3B", "\"-842:59:59\"" },
        { 242, 63, 0, "080000803F00000040", "\"AACAPwAAAEA=\"" },
        { 252, 63, 0, "0200FF", "\"AP8=\"" },
        { 252, 45, 0, "00", "\"\"" },
        { 4, 63, 0, "0000C07F", "null" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_keeps_all_it_says(byte type, int charset, int flags, string wire, string json)
    {
        var outcome = await QueryAsync([new("v", type, (ushort)charset, (ushort)flags)], peer => peer.RowAsync(Convert.FromHexString(wire)));

        outcome.Error.ShouldBeNull(outcome.Error?.Message);
        JsonElement.DeepEquals(Value(outcome, "v"), JsonElement.Parse(json)).ShouldBeTrue(Value(outcome, "v").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(1017)]
    public async Task Nothing_is_nothing_in_whichever_column(int count)
    {
        PlayedMysqlColumn[] columns = [.. Enumerable.Range(0, count).Select(index => new PlayedMysqlColumn($"c{index}", Type: 1))];

        var outcome = await QueryAsync(columns, async peer =>
        {
            await peer.RowAsync([.. columns.Select((_, index) => index % 3 == 0 ? null : new[] { (byte)(index % 100) })]);
            await peer.RowAsync([.. columns.Select((_, index) => index % 3 == 0 ? new[] { (byte)(index % 100) } : null)]);
        });

        outcome.Error.ShouldBeNull(outcome.Error?.Message);
        for (var index = 0; index < count; index++)
        {
            var (first, second) = (Value(outcome, $"c{index}"), Value(outcome, $"c{index}", row: 1));
            (index % 3 == 0 ? first : second).ValueKind.ShouldBe(JsonValueKind.Null);
            (index % 3 == 0 ? second : first).GetInt32().ShouldBe(index % 100);
        }
    }

    [Fact]
    public async Task A_row_of_several_packets_is_refused_by_its_length_before_it_is_read()
    {
        var outcome = await QueryAsync([new("v", 252)], async peer =>
        {
            // The rest never comes: whoever waited for it would wait until the time limit.
            await peer.SendHeadAsync(0xFFFFFF);
        });

        (outcome.Error!.Kind, outcome.Error.Message.Contains("10,485,760 bytes", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, true), outcome.Error.Message);
    }

    [Fact]
    public async Task A_value_of_more_than_one_packet_arrives_whole()
    {
        const int Length = 0xFFFFFF + 70_000;
        var heard = 0;
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true }, async (peer, command) =>
        {
            heard = command.Length;
            await peer.RefuseAsync(1064, "42000", "You have an error in your SQL syntax");
        });

        var inputs = JsonSerializer.Serialize(new { x = new string(' ', Length) + "x" });

        var outcome = await RunAsync(server, new { sql = "${input.x}" }, inputs: inputs);

        outcome.Error!.Message.ShouldContain("1064");
        heard.ShouldBe(Length + 2);
        server.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("half a head", ProviderErrorKind.Unavailable)]
    [InlineData("half a row", ProviderErrorKind.Unavailable)]
    [InlineData("no end", ProviderErrorKind.Unavailable)]
    [InlineData("row of no bytes", ProviderErrorKind.Upstream)]
    [InlineData("row of text", ProviderErrorKind.Upstream)]
    [InlineData("row too short", ProviderErrorKind.Upstream)]
    [InlineData("length beyond the row", ProviderErrorKind.Upstream)]
    [InlineData("length beyond all", ProviderErrorKind.Upstream)]
    [InlineData("out of order", ProviderErrorKind.Upstream)]
    [InlineData("refusal without a number", ProviderErrorKind.Upstream)]
    [InlineData("date of three bytes", ProviderErrorKind.Upstream)]
    public async Task A_server_that_breaks_off_or_lies_is_told(string how, ProviderErrorKind kind)
    {
        var outcome = await QueryAsync([new("v", (byte)(how.StartsWith("date", StringComparison.Ordinal) ? 10 : 252))], async peer =>
        {
            await (how switch
            {
                "half a head" => peer.SendRawAsync([5, 0]),
                "half a row" => peer.SendRawAsync([200, 0, 0, 4, 0, 0, 3]),
                "row of no bytes" => peer.SendAsync([]),
                "row of text" => peer.SendAsync([3, (byte)'a', (byte)'b', (byte)'c']),
                "row too short" => peer.SendAsync([0]),
                "length beyond the row" => peer.SendAsync([0, 0, 200, 1]),
                "length beyond all" => peer.SendAsync([0, 0, 0xFE, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
                "out of order" => peer.SendRawAsync([3, 0, 0, 77, 0, 0, 0]),
                "refusal without a number" => peer.SendAsync([0xFF]),
                "date of three bytes" => peer.RowAsync([3, 1, 1, 1]),
                _ => peer.RowAsync(PlayedMysqlPeer.Text("abc")),
            });
            throw new IOException("The server goes away.");
        });

        outcome.Error!.Kind.ShouldBe(kind, outcome.Error.Message);
        outcome.Error.Message.ShouldNotContain("Exception");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task Columns_that_cannot_be_are_refused(int count)
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true }, async (peer, command) =>
        {
            if (command[0] == 0x16)
            {
                await peer.PreparedAsync(new PlayedMysqlColumn("v", 3));
                return;
            }

            await peer.SendAsync(count == 0 ? [0xFB, .. "/etc/passwd"u8] : [0xFC, (byte)count, (byte)(count >> 8)]);
        });

        var outcome = await RunAsync(server, new { sql = "select 1" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Upstream, outcome.Error.Message);
        outcome.Error.Message.ShouldContain(count == 0 ? "a file of this machine" : "announces 5000 columns");
        server.Heard.ShouldContain("kill");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        var never = new TaskCompletionSource();
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true }, (_, _) => never.Task);

        var outcome = await RunAsync(server, new { sql = "select 1", timeout = "300ms" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut, outcome.Error.Message);
        never.SetResult();
    }

    [Fact]
    public async Task What_was_being_committed_when_the_server_went_away_is_not_told_as_undone()
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true }, (peer, command) =>
            command[0] == 0x16 ? peer.PreparedAsync() : throw new IOException("The server goes away."));

        var outcome = await RunAsync(server, new { sql = "update t set a = 1" }, "execute");

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Upstream, false), outcome.Error.Message);
        outcome.Error.Message.ShouldContain("may or may not have been done");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static JsonElement Value(PlanOutcome outcome, string name, int row = 0) => outcome.Output!.Value.GetProperty("rows")[row].GetProperty(name);

    /// <summary>What a query answers whose rows are sent so.</summary>
    private async Task<PlanOutcome> QueryAsync(PlayedMysqlColumn[] columns, Func<PlayedMysqlPeer, Task> sendAsync)
    {
        await using var server = new PlayedMysqlServer(new PlayedMysqlLogin { IsCached = true }, async (peer, command) =>
        {
            if (command[0] == 0x16)
            {
                await peer.PreparedAsync(columns);
                return;
            }

            await peer.ColumnsAsync(columns);
            await sendAsync(peer);
            await peer.EndAsync();
        });
        var outcome = await RunAsync(server, new { sql = "select v from t" });
        server.Faults.ShouldBeEmpty();
        return outcome;
    }

    private Task<PlanOutcome> RunAsync(PlayedMysqlServer server, object how, string action = "query", string inputs = "{}")
    {
        var common = new { host = "127.0.0.1", port = server.Port, user = PlayedMysqlLogin.User, password = "${cred:DB}", tls = "disable" };
        return stage.RunAsync($"mysql.{action}", ProviderStage.Parameters(common, how), inputs);
    }
}
