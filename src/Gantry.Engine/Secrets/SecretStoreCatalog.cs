using Gantry.Engine.Settings;

namespace Gantry.Engine.Secrets;

/// <summary>The kinds of secret store this program knows, and the way from a configuration to an open store.</summary>
public sealed class SecretStoreCatalog(IReadOnlyList<SecretStoreKind> kinds)
{
    public IReadOnlyList<SecretStoreKind> Kinds => kinds;

    public SecretStoreKind? Find(string kindId) => kinds.FirstOrDefault(kind => kind.Id == kindId);

    /// <summary>Opens the store of checked settings; whatever is wrong with them fails with BadSetting.</summary>
    public ISecretStore Open(SecretStoreSettings settings, SecretStoreContext context) => KindOf(settings).Open(Complete(settings), context);

    /// <summary>The settings with their defaults. An unknown or missing one, or a value that does not fit, fails with BadSetting.</summary>
    public SecretStoreSettings Complete(SecretStoreSettings settings)
    {
        var kind = KindOf(settings);
        Dictionary<string, string> complete = new(StringComparer.Ordinal);
        foreach (var (name, value) in settings.Values)
        {
            var setting = kind.Settings.FirstOrDefault(setting => setting.Name == name)
                ?? throw Wrong($"The secret store '{kind.Id}' has no setting '{name}'." + NearestName.Hint(name, kind.Settings.Select(known => known.Name)));
            if (SettingCheck.Mismatch(setting, Scalars.Text(value)) is { } mismatch)
            {
                throw Wrong($"The secret store '{kind.Id}': {mismatch}");
            }

            complete[name] = value;
        }

        foreach (var setting in kind.Settings.Where(setting => !complete.ContainsKey(setting.Name)))
        {
            if (setting.Default is { } value)
            {
                complete[setting.Name] = value.ToString();
            }
            else if (setting.IsRequired)
            {
                throw Wrong($"The setting '{setting.Name}' of the secret store '{kind.Id}' is missing: {setting.Help}");
            }
        }

        return settings with { Values = complete };
    }

    private SecretStoreKind KindOf(SecretStoreSettings settings) => Find(settings.Kind)
        ?? throw Wrong($"There is no secret store '{settings.Kind}'." + NearestName.Hint(settings.Kind, kinds.Select(kind => kind.Id)));

    private static SecretStoreException Wrong(string message) => new(SecretStoreError.BadSetting, message);
}
