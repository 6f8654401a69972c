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

    /// <summary>Or with an id that the hub or the database makes: nobody can choose one in order to learn whether it is taken.</summary>
    [Fact]
    public Task Unique_indexes_begin_with_the_owner_or_with_an_id_that_nobody_chooses() => NoneAsync($"""
        with {Owned} select o.relname || ' ' || i.indexrelid::regclass from owned o join pg_index i on i.indrelid = o.oid
        where i.indisunique and not (i.indkey[0] = any (o.owners))
          and not exists (select from pg_attribute a where a.attrelid = o.oid and a.attnum = i.indkey[0]
            and (a.attidentity = 'a' or a.atttypid = 'uuid'::regtype and a.attname in ('id', 'plan_id', 'execution_id')))
        """);

    [Fact]
    public Task References_between_owned_tables_bear_the_owner() => NoneAsync($"""
        with {Owned} select o.relname || ' ' || f.conname from pg_constraint f join owned o on o.oid = f.conrelid join owned t on t.oid = f.confrelid
        where f.contype = 'f' and not (f.conkey && o.owners and f.confkey && t.owners)
        """);

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

    private async Task NoneAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> wrong = [];
        while (await reader.ReadAsync()) wrong.Add(reader.GetString(0));

        wrong.ShouldBeEmpty();
    }
}
