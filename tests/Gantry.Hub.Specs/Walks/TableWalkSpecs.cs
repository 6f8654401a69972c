using System.Net.Http.Json;
using Gantry.Hub.Audit;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Walks;

/// <summary>
/// Every table of the catalogue by SQL: as gantry_hub for the owner of another workspace and for nobody, and as gantry_worker. Row security is what stops them,
/// not the routes.
/// </summary>
public sealed class TableWalkSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    /// <summary>What belongs to nobody's workspace in particular: no user may change it, or none but those who administer the hub.</summary>
    private static readonly string[] Unowned = ["audit_head", "execution_hubs", "master_keys", "provider_manifests", "vault_rotations", .. Public];

    /// <summary>Of those, what everybody may see: what was migrated, and the public halves of keys.</summary>
    private static string[] Public => ["schema_migrations", "signing_keys"];

    /// <summary>What is one person's own within a workspace.</summary>
    private static readonly string[] Personal = ["api_keys", "connections", "provider_credentials", "refresh_tokens", "sessions"];

    /// <summary>What the worker may do, which works for all workspaces: each line is a decision.</summary>
    private static readonly string[] WorkerRights =
    [
        "audit_log: insert",
        "data_keys: select, insert, update, delete",
        "events: select, insert, update, delete",
        "execution_blobs: select, insert, update",
        "execution_file_chunks: select, insert, update, delete",
        "execution_files: select, insert, update, delete",
        "execution_hubs: select, insert, update, delete",
        "execution_keys: select, insert, update, delete",
        "execution_logs: select, insert, update",
        "execution_plan_versions: select",
        "execution_plans: select",
        "execution_signals: select, insert, update, delete",
        "execution_steps: select, insert, update",
        "execution_waits: select, insert, update, delete",
        "executions: select, insert, update",
        "manifest_chunks: select, insert, update, delete",
        "manifests: select, insert, update, delete",
        "master_keys: select, insert, update",
        "notification_rules: select",
        "notifications: select, insert, update, delete",
        "provider_credentials: select, update",
        "provider_manifests: select",
        "schema_migrations: select",
        "transfer_endpoints: select, insert",
        "transfers: select, insert",
        "trigger_files: select, insert, update, delete",
        "triggers: select, insert, update, delete",
        "vault_rotations: select, update",
    ];

    [Theory]
    [InlineData("an owner elsewhere")]
    [InlineData("nobody")]
    public async Task A_row_of_another_workspace_is_neither_seen_nor_changed(string who)
    {
        var name = HubFixture.NewName("victim");
        using var member = await hub.CreateMemberAsync("viewer", name);
        await FillAsync(hub.Admin);
        await SendAsync(hub.Admin, "/api/vault/rotate", new { });
        using (var ruled = await hub.Admin.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { "127.0.0.1:9000" } })) ruled.EnsureSuccessStatusCode();
        await SendAsync(hub.Nobody, "/api/sign-in", new { user = name, password = "password of " + name, kind = "jwt" });
        await hub.Server.Services.GetRequiredService<AuditSealer>().SealAllAsync(TestContext.Current.CancellationToken);
        await using var connection = await ConnectAsync();
        await ExecuteAsync(connection, """
            insert into gantry.credential_stores (workspace_id, saved_by, backend, config, is_granted)
            select w.id, u.id, 'database', '{}', false from gantry.workspaces w, gantry.users u where w.name = 'default' and u.name = 'admin' on conflict do nothing;
            insert into gantry.connections (workspace_id, name, provider, checked_by) select w.id, 'acme', 'acme', u.id from gantry.workspaces w, gantry.users u where w.name = 'default' and u.name = 'admin' on conflict do nothing;
            insert into gantry.events (id, workspace_id, trigger_id, plan_id, kind, status, summary) select id, workspace_id, id, plan_id, kind, 'filtered', '' from gantry.triggers on conflict do nothing;
            insert into gantry.trigger_files (workspace_id, trigger_id, file, version) select workspace_id, id, 'file', 'version' from gantry.triggers on conflict do nothing;
            insert into gantry.notification_rules (workspace_id, plan_id, user_id, rules) select workspace_id, id, user_id, '[]' from gantry.triggers on conflict do nothing;
            insert into gantry.notifications (id, workspace_id, plan_id, user_id, occasion, cause, about, status)
            select id, workspace_id, plan_id, user_id, 'failure', 'failure', id, 'noted' from gantry.triggers on conflict do nothing;
            insert into gantry.ai_drafts (workspace_id, id, user_id, prompt, provider, model, answer) select workspace_id, id, user_id, 'a', 'openai', 'a', '{}' from gantry.triggers on conflict do nothing;
            insert into gantry.ai_settings (workspace_id) select id from gantry.workspaces on conflict do nothing;
            insert into gantry.ai_usage (workspace_id, day) select id, '2026-01-01' from gantry.workspaces on conflict do nothing;
            """);
        await ExecuteAsync(connection, "insert into gantry.execution_waits (workspace_id, execution_id, step_path, kind, since, wait) "
            + "select workspace_id, id, '0', 'approval', now(), '{}' from gantry.executions on conflict do nothing");
        await ExecuteAsync(connection, "insert into gantry.execution_signals (workspace_id, execution_id, step_path, kind, payload) "
            + "select workspace_id, id, '0', 'approval', 'true' from gantry.executions on conflict do nothing");
        await ExecuteAsync(connection, "insert into gantry.execution_files (workspace_id, execution_id, id, step_path, attempt, fence, name, content_type) "
            + "select workspace_id, id, id, '0', 1, 1, 'a.txt', 'text/plain' from gantry.executions on conflict do nothing");
        await ExecuteAsync(connection, "insert into gantry.execution_file_chunks (workspace_id, execution_id, file_id, chunk, content) "
            + "select workspace_id, id, id, 0, 'a' from gantry.executions on conflict do nothing");
        await ExecuteAsync(connection, "insert into gantry.provider_manifests (id, manifest) values ('walked', 'id: walked') on conflict do nothing");
        var victim = await ValueAsync(connection, $"select id::text from gantry.users where name = '{name}'");
        var workspace = await ValueAsync(connection, "select id::text from gantry.workspaces where name = 'default'");
        var (user, own) = who == "nobody" ? ("", "") : await StrangerAsync(connection);
        List<string> wrong = [];

        foreach (var table in await ListAsync(connection, Tables))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var rows = await RowsOfAsync(connection, table, victim, workspace);
            var row = await ValueAsync(connection, $"select to_jsonb(t)::text from gantry.{table} t where {rows} limit 1");
            if (row is null) wrong.Add($"{table}: there is no row to try, so nothing is proven. Have {nameof(FillAsync)} make one.");
            await ExecuteAsync(connection, "set local role gantry_hub");
            await ExecuteAsync(connection, $"select set_config('gantry.user_id', '{user}', true), set_config('gantry.workspace_id', '{own}', true)");
            wrong.AddRange(await TryAsync(connection, table, rows, row ?? "{}"));
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_a_persons_own_is_neither_seen_nor_changed_by_a_colleague()
    {
        var (owner, colleague) = (HubFixture.NewName("owner"), HubFixture.NewName("colleague"));
        using var first = await hub.CreateMemberAsync("editor", owner);
        using var second = await hub.CreateMemberAsync("editor", colleague);
        await FillAsync(first);
        await SendAsync(first, "/api/sign-in", new { user = owner, password = "password of " + owner, kind = "jwt" });
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var own = await ValueAsync(connection, $"select id::text from gantry.users where name = '{owner}'");
        await ExecuteAsync(connection, $"insert into gantry.connections (workspace_id, name, provider, user_id, checked_by) select id, 'acme', 'acme', '{own}', '{own}' from gantry.workspaces where name = 'default'");
        var rows = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var table in Personal) rows[table] = await ValueAsync(connection, $"select to_jsonb(t)::text from gantry.{table} t where user_id = '{own}' limit 1");
        await ExecuteAsync(connection, $"""
            select set_config('gantry.user_id', u.id::text, true), set_config('gantry.workspace_id', w.id::text, true)
            from gantry.users u, gantry.workspaces w where u.name = '{colleague}' and w.name = 'default'
            """);
        await ExecuteAsync(connection, "set local role gantry_hub");
        List<string> wrong = [];

        foreach (var (table, row) in rows) wrong.AddRange(await TryAsync(connection, table, $"user_id = '{own}'", row.ShouldNotBeNull(table)));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_worker_may_do_what_is_written_here_and_nothing_else()
    {
        await using var connection = await ConnectAsync();

        var rights = await ListAsync(connection, """
            select relname || ': ' || string_agg(command, ', ' order by place) from pg_class c, unnest(array['select', 'insert', 'update', 'delete']) with ordinality w (command, place)
            where c.relnamespace = 'gantry'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and case command when 'delete' then has_table_privilege('gantry_worker', c.oid, 'delete') else has_any_column_privilege('gantry_worker', c.oid, command) end
            group by relname order by relname collate "C"
            """);

        rights.ShouldBe(WorkerRights);
    }

    [Fact]
    public async Task The_worker_without_rights_sees_no_table_of_people_or_keys()
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "set local role gantry_worker");

        foreach (var table in (string[])["users", "sessions", "api_keys", "memberships", "endpoints", "workspaces"])
            (await FailureOfAsync(connection, $"select count(*) from gantry.{table}")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege, table);
    }

    private const string Tables = """
        select relname::text from pg_class where relnamespace = 'gantry'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1
        """;

    /// <summary>What got through, of all that can be tried with the victim's rows.</summary>
    private static async Task<List<string>> TryAsync(NpgsqlConnection connection, string table, string rows, string row)
    {
        List<(string What, string Sql)> attempts = [("delete", $"delete from gantry.{table} where {rows}")];
        if (!Public.Contains(table)) attempts.Add(("select", $"select from gantry.{table} where {rows}"));
        foreach (var column in await ColumnsAsync(connection, table, "update"))
            attempts.Add(($"update of {column}", $"update gantry.{table} set {column} = null where {rows}"));
        if (await ColumnsAsync(connection, table, "insert") is { Count: > 0 } columns)
        {
            var names = string.Join(", ", columns);
            attempts.Add(("insert", $"insert into gantry.{table} ({names}) select {names} from jsonb_populate_record(null::gantry.{table}, '{row.Replace("'", "''", StringComparison.Ordinal)}')"));
        }

        List<string> wrong = [];
        foreach (var (what, sql) in attempts)
        {
            var failure = await FailureOfAsync(connection, sql);
            if (failure is not (null or PostgresErrorCodes.InsufficientPrivilege)) wrong.Add($"{table}, {what}: {failure}");
        }

        return wrong;
    }

    /// <summary>The state that a statement ends with; null when it found no row, and how many when it did.</summary>
    private static async Task<string?> FailureOfAsync(NpgsqlConnection connection, string sql)
    {
        await ExecuteAsync(connection, "savepoint attempt");
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            var found = 0;
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync()) found++;
                found += Math.Max(0, reader.RecordsAffected);
            }

            return found == 0 ? null : $"{found} rows";
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
        finally
        {
            await ExecuteAsync(connection, "rollback to savepoint attempt");
        }
    }

    /// <summary>Those of the workspace 'default', or of its owner; of what belongs to nobody, all.</summary>
    private static async Task<string> RowsOfAsync(NpgsqlConnection connection, string table, string? victim, string? workspace)
    {
        if (Unowned.Contains(table)) return "true";
        var columns = await ListAsync(connection, $"select attname::text from pg_attribute where attrelid = 'gantry.{table}'::regclass and attnum > 0 and not attisdropped");
        if (table == "users") return $"id = '{victim}'";
        if (table == "workspaces") return $"id = '{workspace}'";
        if (columns.Contains("workspace_id")) return $"workspace_id = '{workspace}'";
        columns.ShouldContain("user_id", $"{table} says neither whose it is nor, in {nameof(Unowned)}, that it is nobody's");
        return $"user_id = '{victim}'";
    }

    private static Task<List<string>> ColumnsAsync(NpgsqlConnection connection, string table, string right) => ListAsync(connection, $"""
        select quote_ident(attname) from pg_attribute where attrelid = 'gantry.{table}'::regclass and attnum > 0 and not attisdropped
          and attgenerated = '' and has_column_privilege('gantry_hub', attrelid, attnum, '{right}') order by attnum
        """);

    /// <summary>Something of every kind in the workspace 'default'.</summary>
    private static async Task FillAsync(HttpClient caller)
    {
        var name = HubFixture.NewName("walked");
        await SendAsync(caller, "/api/api-keys", new { name, scopes = new[] { "read" } });
        await SendAsync(caller, "/api/endpoints", new { name, address = "sftp://user@server.example/in" });
        await SendAsync(caller, "/api/plans", new { name, steps = new[] { new { use = "logic.transform", with = new { value = new string('x', 200_000) } } } });
        await SendAsync(caller, "/api/execute?wait=30s", new { plan = name });
        await SendAsync(caller, $"/api/plans/{name}/schedule", new { every = "30d" });
        using var folder = new TemporaryFolder();
        folder.WriteFile("from/a", "a");
        await SendAsync(caller, "/api/endpoints", new { name = name + "-files", address = folder.Path });
        await SendAsync(caller, "/api/transfers?wait=30s", new { from = name + "-files:from", to = name + "-files:to" });
        await SendAsync(caller, "/api/transfer-templates", new { name = name + "-template", from = name + ":", to = name + ":else" });
        await SendAsync(caller, "/api/credentials", new { name, value = "a value", scope = "workspace" });
        await SendAsync(caller, "/api/credentials", new { name, value = "a value", scope = "user" });
    }

    private static async Task SendAsync(HttpClient caller, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", HubFixture.NewName("key"));
        using var answer = await caller.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<(string User, string Workspace)> StrangerAsync(NpgsqlConnection connection)
    {
        using var stranger = await hub.CreateStrangerAsync();
        var id = (await (await stranger.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("id").GetString()!;
        return (id, (await ValueAsync(connection, $"select workspace_id::text from gantry.memberships where user_id = '{id}'"))!);
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> ValueAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> values = [];
        while (await reader.ReadAsync()) values.Add(reader.GetString(0));
        return values;
    }
}
