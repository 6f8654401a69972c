using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class MariaDbFixture() : SharedServer<MariaDbServer>(MariaDbServer.StartAsync);

public sealed class MysqlProviderSpecs(MariaDbFixture fixture) : IClassFixture<MariaDbFixture>, IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private MariaDbServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await fixture.GetAsync();
        stage.Secrets["DB"] = MariaDbServer.Password;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("true", "1")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("cast(18446744073709551615 as unsigned)", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("1.10", "1.10")]
    [InlineData("cast('12345678901234567890123456789012345.5' as decimal(60,1))", "12345678901234567890123456789012345.5")]
    [InlineData("0.1e0", "0.1")]
    [InlineData("null", "null")]
    [InlineData("'ü \"\\\\ \U0001F389'", "\"ü \\\"\\\\ \U0001F389\"")]
    [InlineData("x'00ff10'", "\"AP8Q\"")]
    [InlineData("b'10000001'", "\"gQ==\"")]
    [InlineData("date '2026-01-31'", "\"2026-01-31\"")]
    [InlineData("timestamp '2026-01-31 12:00:00.500000'", "\"2026-01-31T12:00:00.5\"")]
    [InlineData("timestamp '2026-01-31 00:00:00'", "\"2026-01-31T00:00:00\"")]
    [InlineData("time '-838:59:59'", "\"-838:59:59\"")]
    [InlineData("time '05:06:07.25'", "\"05:06:07.25\"")]
    [InlineData("time '00:00:00'", "\"00:00:00\"")]
    [InlineData("''", "\"\"")]
    [InlineData("json_object('a', 1)", "\"{\\\"a\\\": 1}\"")]
    public async Task A_value_keeps_its_type(string expression, string json)
    {
        var outcome = await QueryAsync($"select {expression} as value");

        JsonElement.DeepEquals(Rows(outcome)[0].GetProperty("value"), JsonElement.Parse(json)).ShouldBeTrue(Rows(outcome)[0].GetRawText());
    }

    [Theory]
    [InlineData("tinyint", "-128")]
    [InlineData("tinyint unsigned", "255")]
    [InlineData("smallint", "-32768")]
    [InlineData("smallint unsigned", "65535")]
    [InlineData("mediumint", "-8388608")]
    [InlineData("int unsigned", "4294967295")]
    [InlineData("bigint unsigned", "18446744073709551615")]
    [InlineData("float", "1.5")]
    [InlineData("double", "-2.5e300")]
    [InlineData("decimal(65,30)", "12345678901234567890123456789012345.012345678901234567890123456789")]
    [InlineData("year", "2026")]
    [InlineData("bit(10)", "513")]
    [InlineData("date", "\"2026-01-31\"")]
    [InlineData("datetime(3)", "\"2026-01-31T10:00:00.125\"")]
    [InlineData("timestamp(6) null", "\"2026-01-31T10:00:00.000001Z\"")]
    [InlineData("time(2)", "\"100:00:00.5\"")]
    [InlineData("enum('a','b')", "\"b\"")]
    [InlineData("set('a','b')", "\"a,b\"")]
    [InlineData("longtext", "\"tëxt\"")]
    [InlineData("char(4)", "\"ab\"")]
    [InlineData("varchar(300) character set latin1", "\"ü\"")]
    [InlineData("uuid", "\"3beba6e4-1a2c-4f5a-9f0e-1f2f3f4f5f60\"")]
    public async Task What_is_put_into_a_column_comes_out_of_it(string type, string json)
    {
        var table = $"t{Guid.CreateVersion7():n}";
        (await ExecuteAsync($"create table {table} (v {type}) character set utf8mb4")).Error.ShouldBeNull();
        var given = JsonElement.Parse(json);
        var value = given.ValueKind == JsonValueKind.String ? given.GetString()!.Replace("T1", " 1", StringComparison.Ordinal).TrimEnd('Z') : (object)given;

        (await ExecuteAsync($"insert into {table} values (?), (?)", type.StartsWith("bit", StringComparison.Ordinal) ? 513 : value, null)).Error.ShouldBeNull();

        var rows = Rows(await QueryAsync($"select v from {table} order by v is null"));
        JsonElement.DeepEquals(rows[0].GetProperty("v"), given).ShouldBeTrue(rows[0].GetRawText());
        rows[1].GetProperty("v").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Bytes_and_dates_that_are_none_come_as_they_are()
    {
        await ExecuteAsync("create table odd (b blob, c varbinary(9), d datetime, e date)");
        await ExecuteAsync("insert ignore into odd values (from_base64(?), x'00', '0000-00-00', '0000-00-00')", "AP8Q");

        Rows(await QueryAsync("select * from odd"))[0].GetRawText().ShouldBe("""{"b":"AP8Q","c":"AA==","d":"0000-00-00 00:00:00","e":"0000-00-00"}""");
    }

    [Fact]
    public async Task A_value_cannot_become_a_part_of_the_statement()
    {
        const string Hostile = "x'; drop table nothing; -- \\";

        var outcome = await QueryAsync(
            "select ? as a, ? + 1 as b, ? as c, ? as d, ? as e, ? as f, ? as g, ? as h from dual limit ?",
            Hostile, 41, true, new { x = new[] { 1 } }, null, JsonElement.Parse("18446744073709551615"), JsonElement.Parse("1.250"), JsonElement.Parse("1e3"), 1);

        Rows(outcome)[0].GetRawText().ShouldBe($$"""{"a":"x\u0027; drop table nothing; -- \\","b":42,"c":1,"d":"{\u0022x\u0022:[1]}","e":null,"f":18446744073709551615,"g":1.250,"h":1000}""");
    }

    [Fact]
    public async Task What_is_executed_is_there_and_what_fails_left_nothing()
    {
        (await ExecuteAsync("create table done (id int primary key auto_increment, name varchar(9) not null)")).Error.ShouldBeNull();

        var inserted = await ExecuteAsync("insert into done (name) values (?), (?), (?) returning id, name", "a", "b", "c");
        var plain = await ExecuteAsync("insert into done (name) values (?)", "d");
        var failed = await ExecuteAsync("insert into done values (9, ?), (1, ?)", "m", "m");
        var same = await ExecuteAsync("update done set name = 'z' where id < ?", 3);
        var again = await ExecuteAsync("update done set name = 'z' where id < ?", 3);

        Output(inserted).GetProperty("rows").GetRawText().ShouldBe("""[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3,"name":"c"}]""");
        (Output(plain).GetProperty("affected").GetInt32(), Output(plain).GetProperty("insert_id").GetInt32()).ShouldBe((1, 4));
        (failed.Error!.Kind, failed.Error.Message.Contains("Duplicate", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.Conflict, true));
        (Output(same).GetProperty("affected").GetInt32(), Output(again).GetProperty("affected").GetInt32()).ShouldBe((2, 2));
        Rows(await QueryAsync("select count(*) as n from done"))[0].GetProperty("n").GetInt32().ShouldBe(4);
    }

    [Theory]
    [InlineData("create table never (id int)", "mysql.execute")]
    [InlineData("commit; create table never (id int)", "1064")]
    [InlineData("select 1; select 2", "1064")]
    [InlineData("insert into kept values (2) returning id", "mysql.execute")]
    [InlineData("delete from kept", "mysql.execute")]
    [InlineData("set session transaction read write", "mysql.execute")]
    [InlineData("call adding()", "mysql.execute")]
    [InlineData("select add_one()", "mysql.execute")]
    [InlineData("select 1 into outfile '/tmp/never'", "mysql.execute")]
    public async Task A_query_changes_nothing(string sql, string message)
    {
        await ExecuteAsync("create table if not exists kept (id int)");
        await ExecuteAsync("create procedure if not exists adding() insert into kept values (3)");
        await ExecuteAsync("create function if not exists add_one() returns int modifies sql data begin insert into kept values (4); return 1; end");

        var outcome = await QueryAsync(sql);

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest, outcome.Error.Message);
        outcome.Error.Message.ShouldContain(message);
        Rows(await QueryAsync("select count(*) as n from kept"))[0].GetProperty("n").GetInt32().ShouldBe(0);
        Rows(await QueryAsync("show tables like 'never'")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_procedure_answers_its_last_rows_and_is_done_wholly_or_not_at_all()
    {
        await ExecuteAsync("create table steps (id int primary key)");
        await ExecuteAsync("create procedure walk(n int) begin select 1 as a; insert into steps values (n); select 2 as b, n; insert into steps values (1); end");

        var failed = await ExecuteAsync("call walk(1)");
        var done = await ExecuteAsync("call walk(?)", 7);

        failed.Error!.Kind.ShouldBe(ProviderErrorKind.Conflict);
        Output(done).GetProperty("rows").GetRawText().ShouldBe("""[{"b":2,"n":7}]""");
        Rows(await QueryAsync("select id from steps order by id")).GetRawText().ShouldBe("""[{"id":1},{"id":7}]""");
    }

    [Theory]
    [InlineData("select seq from seq_1_to_20", 10, 1000, "more than 10 rows")]
    [InlineData("select repeat('x', 300) as x from seq_1_to_10", 100, 1000, "more than 1,000 bytes")]
    [InlineData("select repeat('x', 20000000) as x", 100, 1000, "more than 1,000 bytes")]
    [InlineData("select 1 as a, 2 as a", 100, 1000, "Two columns are named 'a'")]
    public async Task Too_much_is_refused_by_name(string sql, int rows, int bytes, string message)
    {
        var outcome = await RunAsync("query", new { sql, max_rows = rows, max_bytes = bytes });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest, outcome.Error.Message);
        outcome.Error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Millions_of_bytes_go_both_ways()
    {
        var inputs = JsonSerializer.Serialize(new { x = new string('x', 7_000_000) });

        var whole = await RunAsync("query", new { sql = "select ? as x, char_length(?) as n", @params = new[] { "${input.x}", "${input.x}" }, max_bytes = 15 * 1024 * 1024 }, inputs);
        var tooMuch = await RunAsync("query", new { sql = "select ? as x, repeat(?, 2) as y", @params = new[] { "${input.x}", "${input.x}" }, max_bytes = 15 * 1024 * 1024 }, inputs);

        (Rows(whole)[0].GetProperty("n").GetInt32(), Rows(whole)[0].GetProperty("x").GetString()!.Length).ShouldBe((7_000_000, 7_000_000));
        tooMuch.Error!.Message.ShouldContain("15,728,640 bytes");
    }

    [Theory]
    [InlineData("sel", ProviderErrorKind.BadRequest, "1064, 42000")]
    [InlineData("select * from none", ProviderErrorKind.NotFound, "none")]
    [InlineData("select ?", ProviderErrorKind.BadRequest, "has 1 '?', and 'params' has 0 values")]
    [InlineData("select cast('x' as int) + ", ProviderErrorKind.BadRequest, "1064")]
    [InlineData("select json_extract(1, 2, 3), nosuch(1)", ProviderErrorKind.NotFound, "nosuch")]
    public async Task A_refusal_says_why(string sql, ProviderErrorKind kind, string message)
    {
        var outcome = await QueryAsync(sql);

        outcome.Error!.Kind.ShouldBe(kind, outcome.Error.Message);
        outcome.Error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task What_one_may_not_do_is_refused()
    {
        var outcome = await RunAsync("execute", new { sql = "create table readers (id int)", user = MariaDbServer.Reader });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
    }

    [Theory]
    [InlineData("query", "select sleep(60), 'late-query'")]
    [InlineData("execute", "insert into late select sleep(60), 'late-execute'")]
    public async Task A_statement_that_takes_too_long_is_stopped_at_the_server(string action, string sql)
    {
        await ExecuteAsync("create table if not exists late (a int, b text)");

        var outcome = await RunAsync(action, new { sql, timeout = "300ms" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut, outcome.Error.Message);
        outcome.Error.Message.ShouldContain("within 300ms");
        await WaitUntilAsync($"late-{action}", isRunning: false);
        Rows(await QueryAsync("select * from late")).GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("require")]
    public async Task Cancelling_reaches_the_server(string tls)
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync("query", new { sql = $"select sleep(60), 'cancelled-{tls}'", timeout = "5m", tls }, cancellationToken: cancel.Token);
        await WaitUntilAsync($"cancelled-{tls}", isRunning: true);

        await cancel.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Cancelled);
        await WaitUntilAsync($"cancelled-{tls}", isRunning: false);
    }

    [Fact]
    public async Task A_certificate_is_checked_as_tls_says()
    {
        async Task<ProviderError?> TryAsync(object how) => (await RunAsync("query", how)).Error;
        const string Sql = "show status like 'Ssl_cipher'";

        (await TryAsync(new { sql = Sql, tls = "verify-full" }))!.Message.ShouldContain("TLS failed");
        (await TryAsync(new { sql = Sql, tls = "verify-ca" }))!.Message.ShouldContain("TLS failed");
        (await TryAsync(new { sql = Sql, tls = "verify-full", ca = server.Certificate.Pem })).ShouldBeNull();
        (await TryAsync(new { sql = Sql, tls = "verify-full", certificate_sha256 = server.Certificate.Fingerprint })).ShouldBeNull();
        (await TryAsync(new { sql = Sql, tls = "require", certificate_sha256 = new string('0', 64) }))!.Message.ShouldContain("TLS failed");
        Rows(await RunAsync("query", new { sql = Sql, tls = "require" }))[0].GetProperty("Value").GetString().ShouldNotBeEmpty();
        Rows(await RunAsync("query", new { sql = Sql, tls = "disable" }))[0].GetProperty("Value").GetString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_login_is_refused_without_its_password()
    {
        stage.Secrets["DB"] = "wrong-secret-word";

        var outcome = await QueryAsync("select 1");

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized, outcome.Error.Message);
        outcome.Error.Message.ShouldNotContain("wrong-secret-word");
    }

    [Theory]
    [InlineData("127.0.0.1", "egress_allow")]
    [InlineData("/run/mysqld.sock", "'host'")]
    public async Task Only_what_may_be_reached_is(string host, string message)
    {
        stage.EgressAllowed.Clear();

        var outcome = await RunAsync("query", new { sql = "select 1", host });

        (outcome.Error!.Kind, outcome.Error.Message.Contains(message, StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, true), outcome.Error.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_be_there_later()
    {
        var outcome = await RunAsync("query", new { sql = "select 1", port = LocalPort.Free() });

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Unavailable, true));
    }

    private static JsonElement Output(PlanOutcome outcome)
    {
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }

    private static JsonElement Rows(PlanOutcome outcome) => Output(outcome).GetProperty("rows");

    private async Task WaitUntilAsync(string mark, bool isRunning)
    {
        const string Sql = "select 1 as x from information_schema.processlist where command in ('Query', 'Execute') and id <> connection_id() and info like concat('%', ?, '%')";
        while (Rows(await QueryAsync(Sql, mark)).GetArrayLength() > 0 != isRunning)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<PlanOutcome> QueryAsync(string sql, params object?[] values) => RunAsync("query", new { sql, @params = values });

    private Task<PlanOutcome> ExecuteAsync(string sql, params object?[] values) => RunAsync("execute", new { sql, @params = values });

    private Task<PlanOutcome> RunAsync(string action, object parameters, string inputs = "{}", CancellationToken cancellationToken = default)
    {
        var common = new { host = "127.0.0.1", port = server.Port, user = MariaDbServer.User, password = "${cred:DB}", database = "shop", tls = "disable" };
        return stage.RunAsync($"mysql.{action}", ProviderStage.Parameters(common, parameters), inputs, cancellationToken);
    }
}
