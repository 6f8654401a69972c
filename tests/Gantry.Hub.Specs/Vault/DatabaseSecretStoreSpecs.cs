using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault;
using Gantry.TestServers;

namespace Gantry.Hub.Specs.Vault;

public sealed class DatabaseSecretStoreSpecs(TestPostgres postgres) : SecretStoreContract
{
    private readonly TemporaryFolder folder = new();
    private readonly List<VaultStage> stages = [];
    private string connectionString = "";
    private Actor? actor;

    protected override async Task<ISecretStore> OpenAsync()
    {
        connectionString = await postgres.CreateDatabaseAsync();
        return await OpenAgainAsync();
    }

    protected override async Task<ISecretStore> OpenAgainAsync()
    {
        var stage = await VaultStage.OpenAsync(connectionString, folder.Path);
        stages.Add(stage);
        actor ??= await stage.CreateActorAsync();
        return new DatabaseSecretStore(actor, stage.Database, stage.Vault, stage.Times, TimeProvider.System, isWithoutSharedValues: false);
    }

    protected override async ValueTask CleanUpAsync()
    {
        foreach (var stage in stages) await stage.DisposeAsync();
        folder.Dispose();
    }
}
