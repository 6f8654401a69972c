using System.Text;
using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>What stores and tests of credentials may use of this hub.</summary>
/// <param name="Folder">Below it each workspace has a folder, which relative paths are under.</param>
/// <param name="EgressAllowed">See <see cref="SecretStoreContext.EgressAllowed"/>.</param>
internal sealed record VaultBounds(string Folder, IReadOnlyList<string> EgressAllowed)
{
    /// <summary>As for endpoints.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>As for endpoints.</summary>
    public string? KnownHostsFile { get; init; }
}

/// <summary>Opens the store that a workspace chose, within what it may use: the hub's own files and environment only when an administrator chose it.</summary>
internal sealed class WorkspaceStores(SecretStoreCatalog catalog, VaultBounds bounds, CredentialVault vault, TimeProvider clock)
{
    /// <summary>By these settings a store says in which variable a secret of its own is. On a hub that is first of all a credential of that name in the database.</summary>
    private const string VariableSetting = "_env";

    private static readonly IReadOnlyDictionary<string, string> Variables = PlanEnvironment.ForHub();

    public SecretStoreCatalog Catalog => catalog;

    /// <summary>Null when the workspace's credentials are in the database. Whoever opened it closes it.</summary>
    public async Task<ISecretStore?> OpenAsync(HubSession session, CancellationToken cancellationToken)
    {
        var choice = await StoreChoice.FindAsync(session, cancellationToken);
        if (choice.IsDatabase) return null;
        if (catalog.Find(choice.Backend) is { IsOfMachine: true } && !choice.IsGranted)
            throw new SecretStoreException(SecretStoreError.BadSetting, $"An administrator of this hub has to choose the secret store '{choice.Backend}': it reads the hub's own machine.");
        var settings = catalog.Complete(choice.Settings);
        var known = await FindOwnSecretsAsync(session, settings, cancellationToken);
        var folder = Path.Combine(bounds.Folder, session.Actor.WorkspaceId.ToString()!);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return catalog.Open(settings, new SecretStoreContext
        {
            ReadVariable = name => known.GetValueOrDefault(name) ?? Variables.GetValueOrDefault(name) ?? (choice.IsGranted && IsShown(name) ? Environment.GetEnvironmentVariable(name) : null),
            VariableNames = () => choice.IsGranted ? Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsShown).Union(Variables.Keys) : Variables.Keys,
            Folder = folder,
            LocalRoots = choice.IsGranted ? null : [],
            EgressAllowed = [.. bounds.EgressAllowed, .. await EgressRuleStore.ListAsync(session, cancellationToken)],
            Clock = clock,
        });
    }

    /// <summary>The hub's own keys and connection strings are nobody's credentials. The two are what a store of kind 'file' is opened by.</summary>
    private static bool IsShown(string name) => name is "GANTRY_FILE_KEY" or "GANTRY_FILE_PASSPHRASE" || !name.StartsWith("GANTRY_", StringComparison.Ordinal);

    private async Task<Dictionary<string, string>> FindOwnSecretsAsync(HubSession session, SecretStoreSettings settings, CancellationToken cancellationToken)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        var names = settings.Values.Where(pair => pair.Key.EndsWith(VariableSetting, StringComparison.Ordinal)).Select(pair => pair.Value).Where(SecretRef.IsName).ToList();
        if (names.Count == 0) return found;
        foreach (var row in await CredentialStore.SealedAsync(session, names, cancellationToken))
        {
            if (row.IsOfProvider || (row.UserId is null && found.ContainsKey(row.Name))) continue;
            if (await vault.OpenAsync(session.Actor.WorkspaceId!.Value, row, CredentialNames.Value, cancellationToken) is { } value) found[row.Name] = Encoding.UTF8.GetString(value);
        }

        return found;
    }
}
