using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>Which store the workspace's credentials rest in.</summary>
internal sealed class StoreRoutes(HubDatabase database, WorkspaceStores stores)
{
    public async Task<StoreView> ShowAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return StoreView.Of(await StoreChoice.FindAsync(session, cancellationToken));
    }

    /// <summary>Nothing moves: what is stored elsewhere stays there.</summary>
    public async Task<StoreView> PutAsync(StoreRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var choice = new StoreChoice { Backend = request.Backend, Config = Read(request), IsGranted = caller.IsAdministrator };
        if (stores.Catalog.Find(choice.Backend) is { IsOfMachine: true } && !choice.IsGranted)
            throw ProblemException.Forbidden($"The secret store '{choice.Backend}' reads the hub's own machine, so only an administrator of the hub may choose it.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await choice.PutAsync(session, cancellationToken);

        // What cannot be opened is not chosen; whether it can be reached is seen when it is used.
        (await stores.OpenAsync(session, cancellationToken))?.Dispose();
        await AuditLog.AppendAsync(session, context, "credential_store.changed", choice.Backend, new { choice.Config }, cancellationToken);
        var view = StoreView.Of(await StoreChoice.FindAsync(session, cancellationToken));
        await session.CommitAsync(cancellationToken);
        return view;
    }

    private Dictionary<string, IReadOnlyDictionary<string, string>> Read(StoreRequest request)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> config = new(StringComparer.Ordinal);
        foreach (var (kind, given) in request.BackendConfig ?? new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(StringComparer.Ordinal))
        {
            var values = given.ToDictionary(pair => pair.Key, pair => Text(pair.Key, pair.Value), StringComparer.Ordinal);
            if (kind != StoreChoice.Database) stores.Catalog.Complete(new SecretStoreSettings { Kind = kind, Values = values });
            else if (values.Count > 0) throw ProblemException.Invalid("The backend 'database' has no settings.");
            if (values.Count > 0) config[kind] = values;
        }

        if (request.Backend != StoreChoice.Database) stores.Catalog.Complete(new SecretStoreSettings
        {
            Kind = request.Backend,
            Values = config.GetValueOrDefault(request.Backend) ?? new Dictionary<string, string>(StringComparer.Ordinal),
        });
        return config;
    }

    private static string Text(string name, JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? string.Join('\n', value.EnumerateArray().Select(item => Text(name, item)))
        : Scalars.Convert(SettingType.Text, value) is { } text && Scalars.TextOf(text) is { } plain ? plain
        : throw ProblemException.Invalid($"The setting '{name}' must be a text, a number, a boolean or a list of them.");
}

/// <summary>The store to use from now on, as in the block credential_manager of a configuration.</summary>
internal sealed record StoreRequest
{
    /// <summary>database, file, env or vault.</summary>
    public required string Backend { get; init; }

    /// <summary>Settings by backend. Secrets are not among them, only the names of credentials or variables that hold them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? BackendConfig { get; init; }
}

/// <summary>The workspace's store.</summary>
/// <param name="IsGranted">An administrator of the hub chose it.</param>
/// <param name="UpdatedAt">Null while nobody chose.</param>
internal sealed record StoreView(
    string Backend, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> BackendConfig, bool IsGranted, DateTimeOffset? UpdatedAt)
{
    public static StoreView Of(StoreChoice choice) => new(choice.Backend, choice.Config, choice.IsGranted, choice.UpdatedAt);
}
