using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault;
using Gantry.Hub.Vault.Keys;
using Gantry.Plugins;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;

namespace Gantry.Hub.Specs.Vault;

/// <summary>Credentials in a database, as a hub with this data folder stores them, without a web server.</summary>
internal sealed class VaultStage : IAsyncDisposable
{
    private readonly string connectionString;
    private readonly MasterKeys masters;

    private VaultStage(string connectionString, string folder)
    {
        this.connectionString = connectionString;
        Database = new HubDatabase(DatabaseAccess.From(connectionString), TimeProvider.System);
        masters = MasterKeys.Read(null, null, folder);
        Ring = new KeyRing(Database.Worker, masters);
        Vault = new CredentialVault(Ring);
        Rotation = new Rotation(Database.Worker, Ring, TimeProvider.System, NullLogger<Rotation>.Instance);
        Stores = new WorkspaceStores(new SecretStoreCatalog(AllPlugins.SecretStores), new VaultBounds(folder, []), Vault, TimeProvider.System);
        Times = new UseTimes(Database.Worker, TimeProvider.System, NullLogger<UseTimes>.Instance);
    }

    public HubDatabase Database { get; }

    public KeyRing Ring { get; }

    public CredentialVault Vault { get; }

    public Rotation Rotation { get; }

    public UseTimes Times { get; }

    public WorkspaceStores Stores { get; }

    /// <summary>With the keys that the folder's file holds now.</summary>
    public static async Task<VaultStage> OpenAsync(string connectionString, string folder)
    {
        var stage = new VaultStage(connectionString, folder);
        await stage.Ring.OpenAsync(CancellationToken.None);
        return stage;
    }

    public Task<Actor> CreateActorAsync() => TestDatabase.CreateActorAsync(connectionString, "owner");

    public WorkspaceSecrets SecretsOf(Actor actor) => new(actor, Database, Vault, Stores, Times, TimeProvider.System);

    /// <summary>Named C1, C2 and so on, each with a value of its own.</summary>
    public async Task AddAsync(Actor actor, int count)
    {
        await using var session = await Database.OpenAsync(actor, CancellationToken.None);
        for (var i = 1; i <= count; i++)
        {
            var credential = new Credential { Id = Guid.CreateVersion7(), UserId = actor.UserId, Name = $"C{i}", Fields = ["value"], Version = 1 };
            (await Vault.AddAsync(session, credential, [Encoding.UTF8.GetBytes(ValueOf(i))], CancellationToken.None)).ShouldBeTrue();
        }

        await session.CommitAsync(CancellationToken.None);
    }

    /// <summary>Finds each of them with its own value.</summary>
    public async Task CheckAsync(Actor actor, int count)
    {
        using var secrets = SecretsOf(actor);
        var found = await secrets.FindAllAsync([.. Enumerable.Range(1, count).Select(i => $"C{i}")], CancellationToken.None);
        for (var i = 1; i <= count; i++) found[$"C{i}"].Reveal().ShouldBe(ValueOf(i));
    }

    public async Task BeginRotationAsync(Actor administrator)
    {
        await TestPostgres.ExecuteAsync(connectionString, $"update gantry.users set is_administrator = true where id = '{administrator.UserId}'");
        await using var session = await Database.OpenAsync(administrator, CancellationToken.None);
        await session.FindAsync<int>("select begin_vault_rotation()", null, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }

    /// <summary>Asks the database past row security.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("set search_path = gantry; " + sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Rotation.Dispose();
        Times.Dispose();
        Ring.Dispose();
        masters.Dispose();
        await Database.DisposeAsync();
    }

    private static string ValueOf(int i) => Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(i)));
}
