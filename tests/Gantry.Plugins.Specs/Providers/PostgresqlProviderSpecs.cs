using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class PostgresServerFixture() : SharedServer<PostgresServer>(PostgresServer.StartAsync);

public sealed class PostgresqlProviderSpecs(PostgresServerFixture fixture) : IClassFixture<PostgresServerFixture>, IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private PostgresServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await fixture.GetAsync();
        stage.Secrets["DB"] = PostgresServer.Password;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("true", "true")]
    [InlineData("9223372036854775807::int8", "9223372036854775807")]
    [InlineData("1.10::numeric", "1.10")]
    [InlineData("123456789012345678901234567890.5::numeric", "123456789012345678901234567890.5")]
    [InlineData("'NaN'::float8", "\"NaN\"")]
    [InlineData("'-Infinity'::float4", "\"-Infinity\"")]
    [InlineData("null::int", "null")]
    [InlineData("'ü \"\\ \U0001F389'::text", "\"ü \\\"\\\\ \U0001F389\"")]
    [InlineData("'{\"a\":[1,{\"b\":null}]}'::jsonb", "{\"a\":[1,{\"b\":null}]}")]
    [InlineData("'\\x00ff10'::bytea", "\"AP8Q\"")]
    [InlineData("'2026-01-31 12:00:00.5+02'::timestamptz", "\"2026-01-31T10:00:00.5Z\"")]
    [InlineData("'2026-01-31 12:00:00'::timestamp", "\"2026-01-31T12:00:00\"")]
    [InlineData("'infinity'::timestamptz", "\"infinity\"")]
    [InlineData("'2026-01-31'::date", "\"2026-01-31\"")]
    [InlineData("'1 day 2 hours'::interval", "\"P1DT2H\"")]
    [InlineData("array[1,null,3]", "[1,null,3]")]
    [InlineData("array[[1,2],[3,4]]", "[[1,2],[3,4]]")]
    [InlineData("'{}'::int[]", "[]")]
    [InlineData("'[0:1]={1,2}'::int[]", "[1,2]")]
    [InlineData("array['a,b','c\"d','e\\f','NULL',null,'','{x}']", "[\"a,b\",\"c\\\"d\",\"e\\\\f\",\"NULL\",null,\"\",\"{x}\"]")]
    [InlineData("array['{\"a\":1}'::jsonb]", "[{\"a\":1}]")]
    [InlineData("'3beba6e4-1a2c-4f5a-9f0e-1f2f3f4f5f60'::uuid", "\"3beba6e4-1a2c-4f5a-9f0e-1f2f3f4f5f60\"")]
    [InlineData("int4range(1,5)", "\"[1,5)\"")]
    [InlineData("row(1,'x')", "\"(1,x)\"")]
    public async Task A_value_keeps_its_type(string expression, string json)
    {
        var outcome = await QueryAsync($"select {expression} as value");

        outcome.Error.ShouldBeNull();
        JsonElement.DeepEquals(Rows(outcome)[0].GetProperty("value"), JsonElement.Parse(json)).ShouldBeTrue(Rows(outcome)[0].GetRawText());
    }

    [Fact]
    public async Task A_value_cannot_become_a_part_of_the_statement()
    {
        const string Hostile = "x'; drop table nothing; --";

        var outcome = await QueryAsync("select $1::text as a, $2::int + 1 as b, $3::boolean as c, $4::jsonb as d, $5::text as e, $1 as f", Hostile, 41, true, new { x = new[] { 1 } }, null);

        Rows(outcome)[0].GetRawText().ShouldBe($$"""{"a":"x\u0027; drop table nothing; --","b":42,"c":true,"d":{"x":[1]},"e":null,"f":"x\u0027; drop table nothing; --"}""");
    }

    [Fact]
    public async Task A_list_is_an_array_where_there_is_one_and_json_elsewhere()
    {
        var outcome = await QueryAsync("select 'b' = any($1) as has, $2::jsonb as json, $3::int[] as ints", new[] { "a", "b\",{}" }, new object[] { 1, "x" }, new object?[] { 1, null, 3 });

        outcome.Error.ShouldBeNull();
        Rows(outcome)[0].GetRawText().ShouldBe("""{"has":false,"json":[1,"x"],"ints":[1,null,3]}""");
    }

    [Fact]
    public async Task What_is_executed_is_there_and_what_fails_left_nothing()
    {
        (await ExecuteAsync("create table done (id int primary key, name text not null, tags text[])")).Error.ShouldBeNull();

        var inserted = await ExecuteAsync("insert into done select x, $1, $2 from generate_series(1, 3) x returning id, tags", "n", new[] { "a", "b" });
        var failed = await ExecuteAsync("insert into done values (4, $1), (1, $1)", "m");
        var several = await ExecuteAsync("insert into done values (5, 'x'); insert into done values (5, 'y')");
        var changed = await ExecuteAsync("update done set name = 'z' where id < $1", 3);

        var output = inserted.Output!.Value;
        (output.GetProperty("affected").GetInt32(), output.GetProperty("rows")[2].GetRawText()).ShouldBe((3, """{"id":3,"tags":["a","b"]}"""));
        (failed.Error!.Kind, several.Error!.Kind).ShouldBe((ProviderErrorKind.Conflict, ProviderErrorKind.Conflict));
        failed.Error.Message.ShouldContain("duplicate key");
        changed.Output!.Value.GetProperty("affected").GetInt32().ShouldBe(2);
        Rows(await QueryAsync("select count(*) as n from done"))[0].GetProperty("n").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("create table never (id int)")]
    [InlineData("commit; create table never (id int)")]
    [InlineData("select 1; select 2")]
    [InlineData("with x as (insert into pg_temp.y values (1)) select 1")]
    public async Task A_query_changes_nothing(string sql)
    {
        var outcome = await QueryAsync(sql);

        outcome.Error!.Kind.ShouldBeOneOf(ProviderErrorKind.BadRequest, ProviderErrorKind.NotFound);
        Rows(await QueryAsync("select to_regclass('never') as t"))[0].GetProperty("t").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_refuses_transactions_runs_without_one()
    {
        await ExecuteAsync("create table if not exists swept (id int)");

        (await ExecuteAsync("vacuum swept")).Error!.Message.ShouldContain("transaction");
        (await RunAsync("execute", new { sql = "vacuum swept", transaction = false })).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("select * from generate_series(1, 20)", 10, 1000, "more than 10 rows")]
    [InlineData("select repeat('x', 300) as x from generate_series(1, 10)", 100, 1000, "more than 1,000 bytes")]
    [InlineData("select repeat('x', 200000000) as x", 100, 1000, "more than 1,000 bytes")]
    [InlineData("select 1 as a, 2 as a", 100, 1000, "Two columns are named 'a'")]
    public async Task Too_much_is_refused_by_name(string sql, int rows, int bytes, string message)
    {
        var outcome = await RunAsync("query", new { sql, max_rows = rows, max_bytes = bytes });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
        outcome.Error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("sel", ProviderErrorKind.BadRequest, "42601, at character 1 of 'sql'")]
    [InlineData("select * from none", ProviderErrorKind.NotFound, "none")]
    [InlineData("select $1", ProviderErrorKind.BadRequest, "08P01")]
    [InlineData("select 1/0", ProviderErrorKind.BadRequest, "division by zero")]
    [InlineData("copy (select 1) to stdout", ProviderErrorKind.BadRequest, "")]
    public async Task A_refusal_says_why(string sql, ProviderErrorKind kind, string message)
    {
        var outcome = await QueryAsync(sql);

        outcome.Error!.Kind.ShouldBe(kind, outcome.Error.Message);
        outcome.Error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_stopped_at_the_server()
    {
        var outcome = await RunAsync("query", new { sql = "select pg_sleep(60), 'late'", timeout = "300ms" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);
        outcome.Error.Message.ShouldContain("within 300ms");
        await WaitUntilNothingRunsAsync("late");
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("require")]
    public async Task Cancelling_reaches_the_server(string tls)
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync("query", new { sql = $"select pg_sleep(60), 'cancelled-{tls}'", timeout = "5m", tls }, cancellationToken: cancel.Token);
        await WaitUntilAsync($"cancelled-{tls}", isRunning: true);

        await cancel.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Cancelled);
        await WaitUntilNothingRunsAsync($"cancelled-{tls}");
    }

    [Fact]
    public async Task A_certificate_is_checked_as_tls_says()
    {
        async Task<ProviderError?> TryAsync(object how) => (await RunAsync("query", how)).Error;
        const string Sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

        (await TryAsync(new { sql = Sql, tls = "verify-full" }))!.Message.ShouldContain("TLS failed");
        (await TryAsync(new { sql = Sql, tls = "verify-ca" }))!.Message.ShouldContain("TLS failed");
        (await TryAsync(new { sql = Sql, tls = "verify-full", ca = server.Certificate.Pem })).ShouldBeNull();
        (await TryAsync(new { sql = Sql, tls = "verify-full", certificate_sha256 = server.Certificate.Fingerprint })).ShouldBeNull();
        (await TryAsync(new { sql = Sql, tls = "require", certificate_sha256 = new string('0', 64) }))!.Message.ShouldContain("TLS failed");
        (await TryAsync(new { sql = Sql, tls = "verify-full", ca = server.Certificate.Pem, host = "127.0.0.2" })).ShouldNotBeNull();
        Rows(await RunAsync("query", new { sql = Sql, tls = "require" }))[0].GetProperty("ssl").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_login_is_refused_without_its_password()
    {
        stage.Secrets["DB"] = "wrong-secret-word";

        var outcome = await QueryAsync("select 1");

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        outcome.Error.Message.ShouldNotContain("wrong-secret-word");
    }

    [Theory]
    [InlineData("127.0.0.1", ProviderErrorKind.BadRequest, "egress_allow")]
    [InlineData("/var/run/postgresql", ProviderErrorKind.BadRequest, "'host'")]
    [InlineData("127.0.0.1,example.org", ProviderErrorKind.BadRequest, "'host'")]
    public async Task Only_what_may_be_reached_is(string host, ProviderErrorKind kind, string message)
    {
        stage.EgressAllowed.Clear();

        var outcome = await RunAsync("query", new { sql = "select 1", host });

        (outcome.Error!.Kind, outcome.Error.Message.Contains(message, StringComparison.Ordinal)).ShouldBe((kind, true), outcome.Error.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_be_there_later()
    {
        var outcome = await RunAsync("query", new { sql = "select 1", port = LocalPort.Free() });

        (outcome.Error!.Kind, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Unavailable, true));
    }

    private static JsonElement Rows(PlanOutcome outcome)
    {
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value.GetProperty("rows");
    }

    private Task WaitUntilNothingRunsAsync(string mark) => WaitUntilAsync(mark, isRunning: false);

    private async Task WaitUntilAsync(string mark, bool isRunning)
    {
        while (Rows(await QueryAsync("select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%' || $1 || '%'", mark)).GetArrayLength() > 0 != isRunning)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<PlanOutcome> QueryAsync(string sql, params object?[] values) => RunAsync("query", new { sql, @params = values });

    private Task<PlanOutcome> ExecuteAsync(string sql, params object?[] values) => RunAsync("execute", new { sql, @params = values });

    private Task<PlanOutcome> RunAsync(string action, object parameters, CancellationToken cancellationToken = default)
    {
        var common = new { host = "127.0.0.1", port = server.Port, user = PostgresServer.User, password = "${cred:DB}", database = "postgres", tls = "disable" };
        return stage.RunAsync($"postgresql.{action}", ProviderStage.Parameters(common, parameters), cancellationToken: cancellationToken);
    }
}
