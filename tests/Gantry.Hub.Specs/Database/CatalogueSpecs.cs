using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

/// <summary>
/// What PostgreSQL's own catalogue says about every table, view and function of the schema: a migration that forgets the rule of
/// 0001_accounts.sql fails here.
/// </summary>
public sealed class CatalogueSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>Tables with a column that says whose a row is; partitions are reached through their parent only.</summary>
    private const string Owned = """
        owned as (
          select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
            array(select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname in ('workspace_id', 'user_id') and not a.attisdropped) as owners
          from pg_class c where c.relnamespace = 'gantry'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('workspace_id', 'user_id') and not a.attisdropped)
        )
        """;

    /// <summary>A key that does not begin with the owner tells whether somebody else has a row of it. These are meant to, each for its reason.</summary>
    private const string UniqueWithoutOwner = """
        select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where c.relnamespace = 'gantry'::regnamespace and not c.relispartition and i.indisunique
          and coalesce(a.attname, '') not in ('workspace_id', 'user_id')
          and i.indexrelid::regclass::text not in (
            'gantry.users_pkey', 'gantry.users_name_key',            -- People have no owner, and sign in by a name that is one hub's.
            'gantry.workspaces_pkey', 'gantry.workspaces_name_key',  -- The owner itself; only administrators name them.
            'gantry.audit_log_pkey',         -- Numbered by the database; an entry may belong to no workspace.
            'gantry.audit_log_by_position',  -- The place in the hub's one chain; only the hub itself fills it in.
            'gantry.audit_head_pkey',        -- One row, which no user sees.
            'gantry.signing_keys_pkey',      -- Public keys of hubs, under their hash.
            'gantry.execution_hubs_pkey',    -- The hubs themselves; no user sees them.
            'gantry.master_keys_pkey', 'gantry.vault_rotations_pkey', -- The hub's own keys; no user sees them.
            'gantry.provider_manifests_pkey', -- Providers are the hub's; only administrators name them.
            'gantry.schema_migrations_pkey') -- What was migrated; no user sees it.
        """;

    /// <summary>References to a user or a workspace are the owner; all others bear it, as the same column on both sides.</summary>
    private const string ReferencesWithoutOwner = """
        select f.conrelid::regclass || ' ' || f.conname from pg_constraint f join pg_class c on c.oid = f.conrelid
        where c.relnamespace = 'gantry'::regnamespace and not c.relispartition and f.contype = 'f' and not exists (
          select from unnest(f.conkey, f.confkey) as k(own, referred)
          join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.own
          join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.referred
          where case f.confrelid::regclass::text
            when 'gantry.workspaces' then a.attname = 'workspace_id'
            when 'gantry.users' then a.attname = 'user_id'
            else a.attname = b.attname and a.attname in ('workspace_id', 'user_id') end)
        """;

    [Fact]
    public Task Every_table_with_an_owner_has_row_security_in_force() => NoneAsync($"""
        with {Owned} select relname from owned where not (relrowsecurity and relforcerowsecurity)
        """);

    [Fact]
    public Task What_belongs_to_nobody_is_secured_or_cannot_be_changed_for_users() => NoneAsync($"""
        with {Owned} select c.relname from pg_class c
        where c.relnamespace = 'gantry'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.oid not in (select oid from owned)
          and not (c.relrowsecurity and c.relforcerowsecurity)
          and exists (select from pg_roles r where r.rolname = 'gantry_hub'
            and (has_any_column_privilege(r.oid, c.oid, 'insert,update') or has_table_privilege(r.oid, c.oid, 'delete,truncate')))
        """);

    [Fact]
    public Task What_may_be_done_to_a_row_is_decided_by_a_policy() => NoneAsync("""
        select c.relname || ' ' || g.command || ' by ' || r.rolname
        from pg_class c, pg_roles r, (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) g (command, code)
        where c.relnamespace = 'gantry'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity and r.rolname in ('gantry_hub', 'gantry_worker')
          and (has_table_privilege(r.oid, c.oid, g.command)
            or g.command <> 'delete' and has_any_column_privilege(r.oid, c.oid, g.command))
          and not exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('*', g.code::"char") and r.oid = any (p.polroles))
        """);

    [Fact]
    public Task Policies_name_their_roles_and_never_everybody() => NoneAsync("""
        select c.relname || ' ' || p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
        where c.relnamespace = 'gantry'::regnamespace and (0 = any (p.polroles)
          or exists (select from unnest(p.polroles) role join pg_roles r on r.oid = role where r.rolname not in ('gantry_owner', 'gantry_hub', 'gantry_worker')))
        """);

    [Fact]
    public Task The_hubs_policies_ask_who_is_there() => NoneAsync("""
        select c.relname || ' ' || p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
        where c.relnamespace = 'gantry'::regnamespace and 'gantry_hub'::regrole::oid = any (p.polroles)
          and coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
            !~ 'current_user_id|current_workspace_id|is_administrator|is_member|is_owner|my_workspace_ids|current_setting'
        """);

    [Fact]
    public Task Rights_go_to_the_three_roles_only() => NoneAsync("""
        select c.relname || ' ' || a.privilege_type from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'gantry'::regnamespace and (a.grantee = 0
          or a.grantee not in ('gantry_owner'::regrole, 'gantry_hub'::regrole, 'gantry_worker'::regrole) or a.is_grantable and a.grantee <> 'gantry_owner'::regrole
          or a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES') and a.grantee <> 'gantry_owner'::regrole)
        """);

    [Fact]
    public Task Partitions_are_granted_to_nobody() => NoneAsync("""
        select c.relname from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'gantry'::regnamespace and c.relispartition and c.relkind in ('r', 'p') and a.grantee <> c.relowner
        """);

    [Fact]
    public Task Unique_indexes_begin_with_the_owner() => NoneAsync(UniqueWithoutOwner);

    [Fact]
    public Task References_bear_the_owner() => NoneAsync(ReferencesWithoutOwner);

    [Theory]
    [InlineData("create table gantry.bad (id uuid primary key, workspace_id uuid not null)", "bad_pkey")]
    [InlineData("create table gantry.bad (id uuid, workspace_id uuid, primary key (workspace_id, id), unique (id, workspace_id))", "bad_id_workspace_id_key")]
    [InlineData("create table gantry.bad (name text unique)", "bad_name_key")]
    [InlineData("create table gantry.bad (workspace_id uuid); create unique index bad_name on gantry.bad (lower(workspace_id::text))", "bad_name")]
    public async Task A_key_that_tells_of_others_rows_is_found(string sql, string index) =>
        (await AskAsync(UniqueWithoutOwner, sql)).ShouldBe(["gantry." + index]);

    [Theory]
    [InlineData("id uuid, foreign key (id) references gantry.parent (other)")]
    [InlineData("id uuid, workspace_id uuid, foreign key (id) references gantry.parent (other)")]
    [InlineData("id uuid, workspace_id uuid, foreign key (id, workspace_id) references gantry.parent (workspace_id, id)")]
    [InlineData("user_id uuid, id uuid, foreign key (user_id, id) references gantry.parent (workspace_id, id)")]
    [InlineData("id uuid references gantry.users")]
    [InlineData("user_id uuid references gantry.workspaces")]
    public async Task A_reference_that_tells_of_others_rows_is_found(string columns) =>
        (await AskAsync(ReferencesWithoutOwner, $"""
            create table gantry.parent (workspace_id uuid, id uuid, other uuid unique, primary key (workspace_id, id));
            create table gantry.bad ({columns})
            """)).Count.ShouldBe(1);

    [Fact]
    public async Task A_table_that_keeps_to_the_rule_is_not_reported()
    {
        const string good = """
            create table gantry.parent (workspace_id uuid references gantry.workspaces, id uuid, primary key (workspace_id, id));
            create table gantry.child (workspace_id uuid, user_id uuid references gantry.users, id uuid, primary key (workspace_id, id),
              foreign key (workspace_id, id) references gantry.parent)
            """;

        (await AskAsync(UniqueWithoutOwner, good)).ShouldBeEmpty();
        (await AskAsync(ReferencesWithoutOwner, good)).ShouldBeEmpty();
    }

    [Fact]
    public Task Views_show_what_the_asker_may_see() => NoneAsync("""
        select c.relname from pg_class c where c.relnamespace = 'gantry'::regnamespace
          and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> array['security_invoker=true'] or c.reloptions @> array['security_invoker=on'], false))
        """);

    [Fact]
    public Task Functions_find_what_they_name_whatever_the_callers_search_path() => NoneAsync("""
        select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'gantry'::regnamespace
          and p.prosqlbody is null and not coalesce(p.proconfig::text like '%search_path=%', false)
        """);

    [Fact]
    public Task Functions_are_not_everybodys() => NoneAsync("""
        select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.pronamespace = 'gantry'::regnamespace and a.grantee = 0
        """);

    [Fact]
    public Task Everything_belongs_to_the_owner_who_cannot_log_in() => NoneAsync("""
        select relname::text from pg_class where relnamespace = 'gantry'::regnamespace and relowner <> 'gantry_owner'::regrole
        union all select proname::text from pg_proc where pronamespace = 'gantry'::regnamespace and proowner <> 'gantry_owner'::regrole
        union all select rolname::text from pg_roles where rolname = 'gantry_owner' and (rolcanlogin or rolsuper or rolbypassrls)
        """);

    [Fact]
    public Task The_hubs_logins_cannot_pass_row_security() => NoneAsync("""
        select rolname::text from pg_roles r where rolname in ('gantry_hub', 'gantry_worker')
          and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or exists (select from pg_auth_members m where m.member = r.oid))
        """);

    [Fact]
    public Task The_worker_knows_nobodys_password_session_or_key() => NoneAsync("""
        select c.relname from pg_class c where c.relnamespace = 'gantry'::regnamespace
          and (c.relname in ('users', 'sessions', 'api_keys', 'memberships') and has_any_column_privilege('gantry_worker', c.oid, 'select,insert,update')
            or c.relname = 'audit_log' and has_any_column_privilege('gantry_worker', c.oid, 'select'))
        """);

    [Fact]
    public Task The_audit_log_only_grows() => NoneAsync("""
        select r.rolname::text from pg_roles r where r.rolname in ('gantry_hub', 'gantry_worker')
          and (has_any_column_privilege(r.oid, 'gantry.audit_log', 'update') or has_table_privilege(r.oid, 'gantry.audit_log', 'delete,truncate'))
        """);

    [Fact]
    public Task Hashes_are_written_and_never_read() => NoneAsync("""
        select a.attrelid::regclass::text || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'gantry'::regnamespace and a.attname ~ '_hash$' and c.relname in ('users', 'sessions', 'api_keys')
          and has_column_privilege('gantry_hub', a.attrelid, a.attnum, 'select')
        """);

    private async Task NoneAsync(string sql) => (await AskAsync(sql)).ShouldBeEmpty();

    /// <summary>Asks after <paramref name="change"/>, which is taken back.</summary>
    private async Task<List<string>> AskAsync(string sql, string change = "")
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (change.Length > 0)
        {
            await using var changing = new NpgsqlCommand(change, connection, transaction);
            await changing.ExecuteNonQueryAsync();
        }

        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> wrong = [];
        while (await reader.ReadAsync()) wrong.Add(reader.GetString(0));
        return wrong;
    }
}
