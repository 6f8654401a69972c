using Gantry.Hub.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class DatabaseRolesSpecs(TestPostgres postgres)
{
    [Theory]
    [InlineData("alter role {0} bypassrls", "bypass row security")]
    [InlineData("alter role {0} superuser", "superuser")]
    [InlineData("alter role {0} createrole", "create roles")]
    [InlineData("grant gantry_owner to {0}", "owns Gantry's tables")]
    public async Task A_login_that_could_see_past_row_security_is_refused(string change, string reason)
    {
        var database = await postgres.CreateDatabaseAsync();
        var role = $"unsafe_{Guid.CreateVersion7():N}";
        await TestPostgres.ExecuteAsync(database, $"create role {role}; " + string.Format(change, role));
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using (var become = new NpgsqlCommand($"set role {role}", connection)) await become.ExecuteNonQueryAsync();

        var refusal = await Should.ThrowAsync<HubStartException>(() => DatabaseRoles.RefuseUnsafeAsync(connection, CancellationToken.None));

        refusal.Message.ShouldContain(reason);
        refusal.Message.ShouldContain(role);
        await connection.CloseAsync();
        await TestPostgres.ExecuteAsync(database, $"drop role {role}");
    }

    [Theory]
    [InlineData("Host=db;Username=hub;Password=secret-4711", "secret-4711")]
    [InlineData("postgresql://hub:secret-4711@db/gantry", "secret-4711")]
    [InlineData("c2VjcmV0LW9mLWJhc2U2NA==", null)]
    [InlineData("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", null)]
    [InlineData("anything at all", null)]
    public void Whatever_is_no_connection_string_bears_no_password(string text, string? password) => DatabaseAccess.PasswordIn(text).ShouldBe(password);

    [Fact]
    public async Task An_administrator_who_is_no_superuser_can_prepare_the_database()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        var role = $"restricted_{Guid.CreateVersion7():N}";
        await TestPostgres.ExecuteAsync(database, $"create role {role} createrole nosuperuser; grant create, connect on database {name} to {role}");
        await using var administrator = new NpgsqlConnection(database);
        await administrator.OpenAsync();
        await using (var become = new NpgsqlCommand($"set session authorization {role}", administrator)) await become.ExecuteNonQueryAsync();

        await DatabaseRoles.EnsureAsync(administrator, DatabaseAccess.From(database), CancellationToken.None);
        var made = await new Migrator(Migration.All, NullLogger.Instance).MigrateAsync(administrator, CancellationToken.None);

        made.ShouldBe(Migration.All.Count);
        await administrator.CloseAsync();
        await TestPostgres.ExecuteAsync(database, $"drop owned by {role}; drop role {role}");
    }

    [Fact]
    public async Task A_user_without_rights_is_told_what_it_needs()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        var role = $"powerless_{Guid.CreateVersion7():N}";
        await TestPostgres.ExecuteAsync(database, $"create role {role}");
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using (var become = new NpgsqlCommand($"set role {role}", connection)) await become.ExecuteNonQueryAsync();

        var refusal = await Should.ThrowAsync<HubStartException>(
            () => DatabaseRoles.EnsureAsync(connection, DatabaseAccess.From(database), CancellationToken.None));

        refusal.Message.ShouldContain("CREATEROLE");
        await connection.CloseAsync();
        await TestPostgres.ExecuteAsync(database, $"drop role {role}");
    }

    [Fact]
    public void Two_hubs_with_the_same_string_derive_the_same_passwords_and_no_role_has_another_ones()
    {
        var one = DatabaseAccess.From("postgresql://postgres:s%40cret@db.example:6543/app?sslmode=require");
        var other = DatabaseAccess.From("Host=db.example;Port=6543;Username=postgres;Password=s@cret;Database=app;SSL Mode=Require");

        var (hub, worker) = (new NpgsqlConnectionStringBuilder(one.Hub), new NpgsqlConnectionStringBuilder(one.Worker));
        hub.Password.ShouldBe(new NpgsqlConnectionStringBuilder(other.Hub).Password);
        (hub.Username, hub.Host, hub.Port, hub.Database, hub.SslMode).ShouldBe(("gantry_hub", "db.example", 6543, "app", SslMode.Require));
        worker.Username.ShouldBe("gantry_worker");
        new[] { hub.Password, worker.Password, "s@cret" }.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void The_hubs_own_login_is_used_as_it_is_given()
    {
        var alone = DatabaseAccess.From("Host=h;Username=gantry_hub;Password=p");
        var withOwner = DatabaseAccess.From("Host=h;Username=gantry_hub;Password=p", "Host=h;Username=postgres;Password=q");

        alone.Administrator.ShouldBeNull();
        new NpgsqlConnectionStringBuilder(alone.Hub).Password.ShouldBe("p");
        new NpgsqlConnectionStringBuilder(withOwner.Administrator).Username.ShouldBe("postgres");
        new NpgsqlConnectionStringBuilder(withOwner.Worker).Password.ShouldBe(new NpgsqlConnectionStringBuilder(alone.Worker).Password);
    }

    [Theory]
    [InlineData("postgresql://user:hunter2@host:notaport/db")]
    [InlineData("postgresql://user:hunter2@host/db?nonsense=1")]
    [InlineData("Host=h;Pasword=hunter2")]
    [InlineData("Password=hunter2")]
    public void A_connection_string_that_is_none_is_refused_without_being_repeated(string text)
    {
        var refusal = Should.Throw<HubStartException>(() => DatabaseAccess.From(text));

        refusal.ToString().ShouldNotContain("hunter2");
        refusal.Message.ShouldContain("GANTRY_DATABASE");
    }
}
