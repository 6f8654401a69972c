namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>Paths of the vault's API.</summary>
internal static class VaultPath
{
    /// <summary>Each part escaped; the '/' between them stays.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Whether a credential's name can be a path: its parts are names.</summary>
    public static bool IsOne(string name) => name.Split('/').All(part => part is not ("" or "." or ".."));
}
