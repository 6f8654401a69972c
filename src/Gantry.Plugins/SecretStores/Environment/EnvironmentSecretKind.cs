using System.Text.RegularExpressions;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.SecretStores.Environment;

/// <summary>Credentials that whoever starts the program puts into its environment.</summary>
public sealed partial class EnvironmentSecretKind : SecretStoreKind
{
    private const string Prefix = "prefix";

    public override string Id => "env";

    public override string Title => "Environment variables";

    public override string Help => "Credentials in environment variables, read-only: for containers, where Docker or Kubernetes puts them there.";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new() { Name = Prefix, Default = Scalars.Text("CRED_"), Help = "What the names of the variables begin with, before the credential's name." },
    ];

    public override ISecretStore Open(SecretStoreSettings settings, SecretStoreContext context)
    {
        var prefix = settings.Values[Prefix];
        return PrefixPattern.IsMatch(prefix)
            ? new EnvironmentSecretStore(prefix, context)
            : throw new SecretStoreException(SecretStoreError.BadSetting, "The setting 'prefix' of the secret store 'env' is no beginning of a variable's name: it has letters, digits and '_', and at least one.");
    }

    // Without a prefix, every variable would be a credential: a hub's own keys among them.
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrefixPattern { get; }
}
