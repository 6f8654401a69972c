using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>The settings, checked.</summary>
internal sealed record VaultSettings
{
    public const string Url = "url";
    public const string Mount = "mount";
    public const string Path = "path";
    public const string Field = "field";
    public const string Namespace = "namespace";
    public const string Auth = "auth";
    public const string AuthMount = "auth_mount";
    public const string TokenVariable = "token_env";
    public const string TokenFile = "token_file";
    public const string RoleId = "role_id";
    public const string SecretIdVariable = "secret_id_env";
    public const string SecretIdFile = "secret_id_file";
    public const string Role = "role";
    public const string JwtFile = "jwt_file";
    public const string CaFile = "ca_file";
    public const string Timeout = "timeout";

    public const string Token = "token";
    public const string AppRole = "approle";
    public const string Kubernetes = "kubernetes";

    private const string PodToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    public required Uri Address { get; init; }

    public required string MountPath { get; init; }

    /// <summary>Without '/' at its ends; empty at the top.</summary>
    public required string Folder { get; init; }

    public required string FieldName { get; init; }

    public string? NamespaceName { get; init; }

    public required string AuthKind { get; init; }

    public required string AuthMountPath { get; init; }

    public required string TokenVariableName { get; init; }

    public string? TokenFilePath { get; init; }

    public string? RoleIdText { get; init; }

    public required string SecretIdVariableName { get; init; }

    public string? SecretIdFilePath { get; init; }

    public string? RoleName { get; init; }

    public string? JwtFilePath { get; init; }

    public string? CaFilePath { get; init; }

    public required TimeSpan Limit { get; init; }

    public string Place => $"the vault at {Address.GetLeftPart(UriPartial.Authority)} ({MountPath}{(Folder.Length == 0 ? "" : "/" + Folder)})";

    public static VaultSettings Read(SecretStoreSettings settings, SecretStoreContext context)
    {
        var auth = settings.Find(Auth)!;
        VaultSettings read = new()
        {
            Address = AddressOf(settings.Find(Url)!),
            MountPath = PathOf(Mount, settings.Find(Mount)!),
            Folder = settings.Find(Path) is { } folder ? PathOf(Path, folder) : "",
            FieldName = settings.Find(Field)!,
            NamespaceName = settings.Find(Namespace) is { } name ? PathOf(Namespace, name) : null,
            AuthKind = auth,
            AuthMountPath = settings.Find(AuthMount) is { } authMount ? PathOf(AuthMount, authMount) : auth,
            TokenVariableName = settings.Find(TokenVariable)!,
            TokenFilePath = FileOf(TokenFile, settings, context),
            RoleIdText = settings.Find(RoleId),
            SecretIdVariableName = settings.Find(SecretIdVariable)!,
            SecretIdFilePath = FileOf(SecretIdFile, settings, context),
            RoleName = settings.Find(Role),
            JwtFilePath = auth == Kubernetes ? FileOf(JwtFile, settings, context) ?? Allowed(JwtFile, PodToken, context) : null,
            CaFilePath = FileOf(CaFile, settings, context),
            Limit = Duration.TryParse(settings.Find(Timeout)!, out var limit) && limit > TimeSpan.Zero ? limit : throw Wrong("The setting 'timeout' of the secret store 'vault' must be more than 0."),
        };
        return (auth, read.RoleIdText, read.RoleName) switch
        {
            (AppRole, null, _) => throw Wrong("The secret store 'vault' with auth 'approle' needs the setting 'role_id'."),
            (Kubernetes, _, null) => throw Wrong("The secret store 'vault' with auth 'kubernetes' needs the setting 'role'."),
            _ => read,
        };
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 && address.AbsolutePath == "/"
            ? address
            : throw Wrong("The setting 'url' of the secret store 'vault' is no address of one, such as https://vault.example.com:8200, without a path or a login.");

    private static string PathOf(string setting, string text)
    {
        var path = text.Trim('/');
        return path.Split('/').All(part => part is not ("" or "." or "..") && !part.Any(char.IsControl))
            ? path
            : throw Wrong($"The setting '{setting}' of the secret store 'vault' is no path: its parts are names, parted by '/'.");
    }

    private static string? FileOf(string setting, SecretStoreSettings settings, SecretStoreContext context) =>
        settings.Find(setting) is { } given ? Allowed(setting, System.IO.Path.GetFullPath(given, context.Folder), context) : null;

    /// <summary>A hub's own files, its pod's token among them, are not for everybody who may choose a store and an address to send it to.</summary>
    private static string Allowed(string setting, string path, SecretStoreContext context) =>
        context.LocalRoots?.Any(root => path.StartsWith(System.IO.Path.TrimEndingDirectorySeparator(root) + "/", StringComparison.Ordinal)) == false
            ? throw Wrong($"The setting '{setting}' of the secret store 'vault' names the file '{path}', which is not among the files that the administrator allows here.")
            : path;

    private static SecretStoreException Wrong(string message) => new(SecretStoreError.BadSetting, message);
}
