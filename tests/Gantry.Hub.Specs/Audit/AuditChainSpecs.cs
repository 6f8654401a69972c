using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Audit;
using Gantry.Hub.Audit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Audit;

/// <summary>What the database's owner does to the log behind the hub's back. What a test breaks it puts right again.</summary>
public sealed class AuditChainSpecs(HubFixture hub, TestPostgres postgres) : IClassFixture<HubFixture>, IAsyncLifetime
{
    /// <summary>Where the log ends when a test begins; the five entries before are of this test.</summary>
    private long end;

    private bool isTampered;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 5; i++) await WriteAsync(hub);
        var verdict = await VerifyAsync(hub);
        verdict.GetProperty("ok").GetBoolean().ShouldBeTrue(verdict.ToString());
        end = verdict.GetProperty("position").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        if (isTampered) await RestoreAsync();
    }

    [Fact]
    public async Task An_untouched_log_is_whole_and_says_where_it_ends()
    {
        var verdict = await VerifyAsync(hub);

        verdict.GetProperty("entries").GetInt64().ShouldBe(end);
        verdict.GetProperty("hash").GetString()!.Length.ShouldBe(64);
        verdict.GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <param name="sql">N is the last entry but one, M the one before, and E the last.</param>
    /// <param name="fromEnd">How far before the end the first bad entry stands; null for the beginning.</param>
    [Theory]
    [InlineData("update gantry.audit_log set target = 'somebody else' where position = N", 1)]
    [InlineData("update gantry.audit_log set details = '{\"is_administrator\": true}' where position = N", 1)]
    [InlineData("update gantry.audit_log set time = time + interval '1 microsecond' where position = N", 1)]
    [InlineData("update gantry.audit_log set user_id = null where position = N", 1)]
    [InlineData("update gantry.audit_log set id = default where position = N", 1)]
    [InlineData("update gantry.audit_log set hash = sha256('x') where position = N", 1)]
    [InlineData("delete from gantry.audit_log where position = N", 1)]
    [InlineData("delete from gantry.audit_log where position in (M, N)", 2)]
    [InlineData("delete from gantry.audit_log where position = 1", null)]
    [InlineData("delete from gantry.audit_log", null)]
    [InlineData("delete from gantry.audit_log where position >= N", 1)]
    [InlineData("delete from gantry.audit_log where position = E", 0)]
    [InlineData("update gantry.audit_log a set action = b.action, target = b.target, time = b.time from gantry.audit_log b where a.position = M and b.position = N", 2)]
    [InlineData("update gantry.audit_log set position = -position where position in (M, N); update gantry.audit_log set position = case position when -N then M else N end where position < 0", 2)]
    [InlineData("update gantry.audit_log set position = position + 1 where position = E", 0)]
    [InlineData("insert into gantry.audit_log (action, position, previous, hash) select 'user.created', E + 1, hash, sha256('x') from gantry.audit_log where position = E", -1)]
    [InlineData("delete from gantry.audit_log where position >= N; update gantry.audit_head set position = M", 1)]
    [InlineData("delete from gantry.audit_head", 0)]
    [InlineData("update gantry.audit_head set signature = sha256('x')", 0)]
    public async Task What_was_done_to_the_log_is_found_at_its_first_entry(string sql, int? fromEnd)
    {
        await KeepAsync();
        await TestPostgres.ExecuteAsync(hub.ConnectionString, sql.Replace("E", $"{end}").Replace("N", $"{end - 1}").Replace("M", $"{end - 2}"));

        var verdict = await VerifyAsync(hub);

        verdict.GetProperty("ok").GetBoolean().ShouldBeFalse();
        verdict.GetProperty("problem").GetProperty("position").GetInt64().ShouldBe(fromEnd is { } distance ? end - distance : 1, verdict.ToString());
    }

    [Fact]
    public async Task A_log_that_was_cut_shows_it_for_ever_though_it_grows_on()
    {
        await using var other = new HubFixture(postgres);
        await other.InitializeAsync();
        for (var i = 0; i < 4; i++) await WriteAsync(other);
        var last = (await VerifyAsync(other)).GetProperty("position").GetInt64();
        await TestPostgres.ExecuteAsync(other.ConnectionString, $"delete from gantry.audit_log where position >= {last - 1}");
        await WriteAsync(other);

        var verdict = await VerifyAsync(other);
        var behind = await VerifyAsync(other, $"?from={last + 1}");

        verdict.GetProperty("problem").GetProperty("message").GetString()!.ShouldContain($"entries {last - 1} to {last} are missing");
        behind.GetProperty("ok").GetBoolean().ShouldBeTrue(behind.ToString());
        behind.GetProperty("entries").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_log_that_was_written_anew_with_right_hashes_is_not_the_one_that_was_signed()
    {
        await KeepAsync();
        await using (var connection = new NpgsqlConnection(hub.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            List<SealedEntry> chain = [];
            await using (var read = new NpgsqlCommand("select id, time, workspace_id, user_id, action, target, address, details::text from gantry.audit_log order by position", connection))
            {
                await using var rows = await read.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                {
                    var entry = new AuditEntry
                    {
                        Id = rows.GetInt64(0),
                        Time = await rows.GetFieldValueAsync<DateTimeOffset>(1),
                        WorkspaceId = await rows.IsDBNullAsync(2) ? null : rows.GetGuid(2),
                        UserId = await rows.IsDBNullAsync(3) ? null : rows.GetGuid(3),
                        Action = rows.GetString(4),
                        Target = chain.Count == 1 ? "forged" : await rows.IsDBNullAsync(5) ? null : rows.GetString(5),
                        Address = await rows.IsDBNullAsync(6) ? null : rows.GetString(6),
                        Details = JsonElement.Parse(rows.GetString(7)),
                    };
                    chain.Add(SealedEntry.Seal(entry, chain.Count + 1, chain.Count == 0 ? AuditEntry.Beginning : chain[^1].Hash));
                }
            }

            foreach (var entry in chain)
            {
                await using var write = new NpgsqlCommand("update gantry.audit_log set target = $2, previous = $3, hash = $4 where position = $1", connection);
                foreach (object? value in new object?[] { entry.Position, entry.Entry.Target, entry.Previous, entry.Hash })
                    write.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
                await write.ExecuteNonQueryAsync();
            }
        }

        var verdict = await VerifyAsync(hub);

        verdict.GetProperty("problem").GetProperty("message").GetString()!.ShouldContain("is not the one that was signed");
    }

    [Fact]
    public async Task An_exported_log_is_verified_without_the_hub()
    {
        var lines = await LinesAsync(hub.Admin, "");

        var verdict = await VerifyFileAsync(lines);

        verdict.Problem.ShouldBeNull();
        verdict.Entries.ShouldBe(end);
        verdict.IsWhole.ShouldBeTrue();
        (await VerifyFileAsync(lines, verdict.Fingerprint)).IsGood.ShouldBeTrue();
        (await VerifyFileAsync(lines, "SHA256:another")).IsGood.ShouldBeFalse();
    }

    [Fact]
    public async Task Every_change_of_an_exported_file_is_found()
    {
        var lines = await LinesAsync(hub.Admin, "");
        var head = lines[^1];

        (await VerifyFileAsync([.. lines.Take(3), .. lines.Skip(4)])).Position.ShouldBe(4);
        (await VerifyFileAsync([.. lines.Take(2), lines[3], lines[2], .. lines.Skip(4)])).Position.ShouldBe(3);
        (await VerifyFileAsync([.. lines.Take(4), lines[4].Replace("workspace.created", "workspace.deleted"), .. lines.Skip(5)])).Position.ShouldBe(5);
        (await VerifyFileAsync([.. lines.Take(4), lines[4], lines[4], .. lines.Skip(5)])).Position.ShouldBe(6);
        (await VerifyFileAsync(lines[..^1])).Problem!.ShouldContain("no head");
        (await VerifyFileAsync([.. lines[..^2], head])).Position.ShouldBe(end);
        (await VerifyFileAsync([.. lines[..^1], head.Replace("\"is_whole\":true", "\"is_whole\":false")])).Problem!.ShouldContain("signature");
        (await VerifyFileAsync([.. lines, lines[0]])).Problem!.ShouldContain("behind the head");
        (await VerifyFileAsync(["{}", .. lines])).Problem!.ShouldContain("Line 1");
        (await VerifyFileAsync(["not json", .. lines])).Problem!.ShouldContain("Line 1");
        (await VerifyFileAsync([lines[0].Insert(1, "\"note\":\"x\","), .. lines.Skip(1)])).Problem!.ShouldContain("'note'");
        (await VerifyFileAsync([lines[0].Replace(",\"hash\"", ",\"action\":\"x.y\",\"hash\""), .. lines.Skip(1)])).Problem!.ShouldContain("twice");
    }

    [Fact]
    public async Task A_workspaces_owner_exports_a_part_that_is_signed_as_one()
    {
        using var owner = await hub.CreateMemberAsync("owner");
        await WriteAsync(hub);
        using var stranger = await hub.CreateStrangerAsync();

        var theirs = await LinesAsync(stranger, "");
        var ours = await LinesAsync(owner, "");
        using var all = await owner.GetAsync("/api/audit/export?scope=hub");
        using var verify = await owner.GetAsync("/api/audit/verify");

        (await VerifyFileAsync(theirs)).IsGood.ShouldBeTrue();
        (await VerifyFileAsync(theirs)).IsWhole.ShouldBeFalse();
        theirs.Length.ShouldBeGreaterThan(1);
        (await VerifyFileAsync(ours)).IsGood.ShouldBeTrue();
        theirs[..^1].Intersect(ours).ShouldBeEmpty();
        (await VerifyFileAsync(ours[1..])).Problem!.ShouldContain("taken out");
        all.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        verify.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Many_who_write_at_once_all_get_into_the_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            await WriteAsync(hub);
            if (Random.Shared.Next(4) == 0) await hub.Server.Services.GetRequiredService<AuditSealer>().SealAllAsync(CancellationToken.None);
        }));

        var verdict = await VerifyAsync(hub);

        verdict.GetProperty("ok").GetBoolean().ShouldBeTrue(verdict.ToString());
        verdict.GetProperty("entries").GetInt64().ShouldBe(end + 40);
    }

    private Task KeepAsync()
    {
        isTampered = true;
        return TestPostgres.ExecuteAsync(hub.ConnectionString,
            "create table public.kept_log as table gantry.audit_log; create table public.kept_head as table gantry.audit_head");
    }

    private Task RestoreAsync() => TestPostgres.ExecuteAsync(hub.ConnectionString, """
        truncate gantry.audit_log, gantry.audit_head;
        insert into gantry.audit_log overriding system value table public.kept_log;
        insert into gantry.audit_head table public.kept_head;
        drop table public.kept_log, public.kept_head
        """);

    private static async Task WriteAsync(HubFixture hub)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/workspaces", new { name = HubFixture.NewName("audited") });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task<JsonElement> VerifyAsync(HubFixture hub, string query = "")
    {
        using var answer = await hub.Admin.GetAsync("/api/audit/verify" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private static async Task<string[]> LinesAsync(HttpClient client, string query) =>
        (await client.GetStringAsync("/api/audit/export" + query)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Task<AuditFileVerdict> VerifyFileAsync(IEnumerable<string> lines, string? fingerprint = null) =>
        AuditFile.VerifyAsync(lines.ToAsyncEnumerable(), fingerprint, CancellationToken.None);
}
