using Gantry.Hub.Database;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

/// <summary>What the hub's own logins see and change by SQL, as whoever they say they are.</summary>
public sealed class VaultIsolationSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Ones_own_rows_are_nobody_elses_not_the_owners_and_not_the_administrators()
    {
        var (owner, member, administrator) = await TeamAsync();
        await InsertAsync(owner.WorkspaceId!.Value, member.UserId, "OWN");

        foreach (var other in new[] { owner, administrator, await database.CreateActorAsync(), new Actor(member.UserId, null), new Actor(null, owner.WorkspaceId), Actor.Nobody })
        {
            await using var session = await database.Database.OpenAsync(other, CancellationToken.None);
            (await session.QueryAsync<string>("select name from provider_credentials", null, CancellationToken.None)).ShouldBeEmpty();
            (await session.QueryAsync<string>("select name from sealed_credentials(array['OWN'])", null, CancellationToken.None)).ShouldBeEmpty();
            (await session.ExecuteAsync("update provider_credentials set version = 9", null, CancellationToken.None)).ShouldBe(0);
            (await session.ExecuteAsync("delete from provider_credentials", null, CancellationToken.None)).ShouldBe(0);
        }

        await using var own = await database.Database.OpenAsync(member, CancellationToken.None);
        (await own.QueryAsync<string>("select name from sealed_credentials(array['OWN'])", null, CancellationToken.None)).ShouldBe(["OWN"]);
    }

    [Fact]
    public async Task Viewers_see_that_the_workspaces_rows_are_there_and_get_no_sealed_value()
    {
        var (owner, _, _) = await TeamAsync();
        var viewer = await AddMemberAsync(owner, "viewer");
        await InsertAsync(owner.WorkspaceId!.Value, null, "SHARED");

        await using var session = await database.Database.OpenAsync(viewer, CancellationToken.None);

        (await session.QueryAsync<string>("select name from provider_credentials", null, CancellationToken.None)).ShouldBe(["SHARED"]);
        (await session.QueryAsync<string>("select name from sealed_credentials(array['SHARED'])", null, CancellationToken.None)).ShouldBeEmpty();
        (await session.ExecuteAsync("update provider_credentials set version = 9", null, CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_who_was_disabled_uses_nothing_any_more()
    {
        var (owner, member, _) = await TeamAsync();
        await InsertAsync(owner.WorkspaceId!.Value, member.UserId, "OWN");
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"update gantry.users set disabled_at = now() where id = '{member.UserId}'");

        await using var session = await database.Database.OpenAsync(member, CancellationToken.None);

        (await session.QueryAsync<string>("select name from sealed_credentials(array['OWN'])", null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("insert into provider_credentials (workspace_id, id, user_id, saved_by, name, fields, sealed, data_key_id, version) select current_workspace_id(), gen_random_uuid(), @other, current_user_id(), 'X', '{value}', '{\\x00}', id, 1 from (select @key::uuid as id) k")]
    [InlineData("insert into provider_credentials (workspace_id, id, user_id, saved_by, name, fields, sealed, data_key_id, version) select current_workspace_id(), gen_random_uuid(), null, current_user_id(), 'X', '{value}', '{\\x00}', id, 1 from (select @key::uuid as id) k")]
    [InlineData("insert into provider_credentials (workspace_id, id, user_id, saved_by, name, fields, sealed, data_key_id, version) select current_workspace_id(), gen_random_uuid(), current_user_id(), @other, 'X', '{value}', '{\\x00}', id, 1 from (select @key::uuid as id) k")]
    [InlineData("select sealed from provider_credentials")]
    [InlineData("select * from data_keys")]
    [InlineData("select * from master_keys")]
    [InlineData("select * from vault_rotations")]
    [InlineData("select begin_vault_rotation()")]
    [InlineData("update provider_credentials set name = 'Y'")]
    [InlineData("insert into credential_stores (workspace_id, saved_by, backend, config, is_granted) values (current_workspace_id(), current_user_id(), 'env', '{}', true)")]
    public async Task An_operator_may_not_by_sql_what_the_routes_do_not_allow(string sql)
    {
        var (owner, _, _) = await TeamAsync();
        var @operator = await AddMemberAsync(owner, "operator");
        var key = await InsertAsync(owner.WorkspaceId!.Value, null, "SHARED");

        await using var session = await database.Database.OpenAsync(@operator, CancellationToken.None);

        (await Should.ThrowAsync<PostgresException>(() => session.ExecuteAsync(sql, new { other = owner.UserId, key }, CancellationToken.None)))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("insert into provider_credentials (workspace_id) values (gen_random_uuid())")]
    [InlineData("delete from provider_credentials")]
    [InlineData("update provider_credentials set user_id = null")]
    [InlineData("update provider_credentials set allowed_hosts = '{}'")]
    [InlineData("select allowed_hosts from provider_credentials")]
    [InlineData("select * from credential_stores")]
    [InlineData("select * from sealed_credentials(array['A'])")]
    [InlineData("delete from master_keys")]
    [InlineData("update master_keys set canary = ''")]
    [InlineData("insert into vault_rotations (generation, started_by) values (1, gen_random_uuid())")]
    public async Task The_worker_can_seal_anew_and_do_nothing_else(string sql)
    {
        await using var connection = await database.Database.Worker.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        (await Should.ThrowAsync<PostgresException>(command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        PreparedStatements.Forget(connection);
    }

    [Fact]
    public async Task With_a_membership_goes_what_was_somebodys_own_and_the_workspaces_stays()
    {
        var (owner, member, _) = await TeamAsync();
        await InsertAsync(owner.WorkspaceId!.Value, member.UserId, "OWN");
        await InsertAsync(owner.WorkspaceId!.Value, null, "SHARED");

        await TestPostgres.ExecuteAsync(database.ConnectionString, $"delete from gantry.memberships where user_id = '{member.UserId}'");

        await using var session = await database.Database.OpenAsync(owner, CancellationToken.None);
        (await session.QueryAsync<string>("select name from provider_credentials", null, CancellationToken.None)).ShouldBe(["SHARED"]);
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"delete from gantry.workspaces where id = '{owner.WorkspaceId}'");
    }

    private async Task<(Actor Owner, Actor Member, Actor Administrator)> TeamAsync()
    {
        var owner = await database.CreateActorAsync();
        var administrator = new Actor((await database.CreateActorAsync()).UserId, owner.WorkspaceId);
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"update gantry.users set is_administrator = true where id = '{administrator.UserId}'");
        return (owner, await AddMemberAsync(owner, "editor"), administrator);
    }

    private async Task<Actor> AddMemberAsync(Actor owner, string role)
    {
        var user = (await database.CreateActorAsync()).UserId;
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"insert into gantry.memberships (workspace_id, user_id, role) values ('{owner.WorkspaceId}', '{user}', '{role}')");
        return new Actor(user, owner.WorkspaceId);
    }

    /// <summary>Answers the id of the data key.</summary>
    private async Task<Guid> InsertAsync(Guid workspace, Guid? user, string name)
    {
        var key = Guid.CreateVersion7();
        await TestPostgres.ExecuteAsync(database.ConnectionString, $"""
            insert into gantry.data_keys (workspace_id, id, generation, master_key, wrapped)
              select '{workspace}', '{key}', coalesce(max(generation), 0) + 1, '0123456789abcdef', '' from gantry.data_keys where workspace_id = '{workspace}';
            insert into gantry.provider_credentials (workspace_id, id, user_id, saved_by, name, fields, sealed, data_key_id, version)
              values ('{workspace}', gen_random_uuid(), {(user is null ? "null" : $"'{user}'")}, gen_random_uuid(), '{name}', array['value'], array[''::bytea], '{key}', 1);
            """);
        return key;
    }
}
