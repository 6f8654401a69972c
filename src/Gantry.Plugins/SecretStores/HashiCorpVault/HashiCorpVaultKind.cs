using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>Credentials in HashiCorp Vault or OpenBao, in a secrets engine KV of version 2.</summary>
public sealed class HashiCorpVaultKind : SecretStoreKind
{
    public override string Id => "vault";

    public override string Title => "HashiCorp Vault or OpenBao";

    public override string Help => "Credentials in a KV version 2 engine of HashiCorp Vault or OpenBao, over HTTP: for organisations that keep theirs there.";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new() { Name = VaultSettings.Url, IsRequired = true, Help = "Its address, such as https://vault.example.com:8200." },
        new() { Name = VaultSettings.Mount, Default = Scalars.Text("secret"), Help = "Where the engine is mounted." },
        new() { Name = VaultSettings.Path, Help = "The folder in it that credentials are in; without it they are at its top." },
        new() { Name = VaultSettings.Field, Default = Scalars.Text("value"), Help = "The field of a secret that is the credential." },
        new() { Name = VaultSettings.Namespace, Help = "The namespace, where there are some." },
        new()
        {
            Name = VaultSettings.Auth,
            Default = Scalars.Text(VaultSettings.Token),
            Choices = [VaultSettings.Token, VaultSettings.AppRole, VaultSettings.Kubernetes],
            Help = "How to sign in.",
        },
        new() { Name = VaultSettings.AuthMount, Help = "Where that way is mounted, when it is not under its own name." },
        new() { Name = VaultSettings.TokenVariable, Default = Scalars.Text("VAULT_TOKEN"), Help = "For token: the environment variable that holds it." },
        new() { Name = VaultSettings.TokenFile, Help = "For token: a file that holds it, read anew when it is refused." },
        new() { Name = VaultSettings.RoleId, Help = "For approle: the role's id." },
        new() { Name = VaultSettings.SecretIdVariable, Default = Scalars.Text("VAULT_SECRET_ID"), Help = "For approle: the environment variable that holds the secret id." },
        new() { Name = VaultSettings.SecretIdFile, Help = "For approle: a file that holds the secret id instead." },
        new() { Name = VaultSettings.Role, Help = "For kubernetes: the role." },
        new() { Name = VaultSettings.JwtFile, Help = "For kubernetes: the service account's token; without it the pod's own." },
        new() { Name = VaultSettings.CaFile, Help = "The certificates to trust instead of this machine's, as PEM." },
        new() { Name = VaultSettings.Timeout, Type = SettingType.Duration, Default = Scalars.Text("10s"), Help = "How long one answer may take." },
    ];

    public override bool IsOfMachine => false;

    public override ISecretStore Open(SecretStoreSettings settings, SecretStoreContext context)
    {
        var read = VaultSettings.Read(settings, context);
        VaultHttp http = new(read, context);
        return new HashiCorpVaultStore(read, new VaultSession(read, http, context));
    }
}
