using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Endpoints;

/// <summary>Holds settings against what their kind says of itself, before they are saved.</summary>
public static class EndpointCheck
{
    /// <summary>
    /// The settings with further ones put over them. An unknown or a missing one, a value that does not fit, and a secret that is no reference fail with
    /// BadSetting.
    /// </summary>
    public static EndpointSettings Complete(EndpointCatalog catalog, EndpointSettings settings, IEnumerable<KeyValuePair<string, string>> further)
    {
        var kind = catalog.Find(settings.Kind)
            ?? throw Wrong($"There is no endpoint kind '{settings.Kind}'." + NearestName.Hint(settings.Kind, catalog.Kinds.Select(known => known.Id)));
        settings = further.Aggregate(settings, (present, pair) => present.With(pair.Key, pair.Value));
        foreach (var (name, value) in settings.Values)
        {
            var setting = kind.Settings.FirstOrDefault(setting => setting.Name == name)
                ?? throw Wrong($"Endpoints of kind {kind.Id} have no setting '{name}'." + NearestName.Hint(name, kind.Settings.Select(known => known.Name)));
            Check(setting, value);
        }

        if (kind.Settings.FirstOrDefault(setting => setting.IsRequired && setting.Default is null && settings.Find(setting.Name) is null) is { } missing)
        {
            throw Wrong($"The setting '{missing.Name}' is missing: {missing.Help}");
        }

        kind.Check(settings);
        return settings;
    }

    private static void Check(Setting setting, string value)
    {
        if (setting.IsSecret)
        {
            if (SecretRef.Parse(value) is null)
            {
                throw Wrong($"The setting '{setting.Name}' is a secret and is given by reference, as ${{cred:NAME}}; the secret itself is not stored here.");
            }

            return;
        }

        if (SettingCheck.Mismatch(setting, Scalars.Text(value)) is { } mismatch)
        {
            throw Wrong(mismatch);
        }
    }

    private static EndpointException Wrong(string message) => new(EndpointError.BadSetting, message);
}
