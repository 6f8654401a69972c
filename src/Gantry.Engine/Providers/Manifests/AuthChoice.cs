using Gantry.Engine.Providers.Manifests.Connections;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Which way a connection signs in.</summary>
internal static class AuthChoice
{
    /// <summary>The first that the action takes and whose required fields the connection has. Where there is none, the failure says what is missing.</summary>
    public static ManifestAuth Choose(Manifest manifest, ManifestAction? action, Connection connection)
    {
        var missing = connection.Missing(null);
        var ways = manifest.Auth.Where(auth => action is null || action.Auth.Count == 0 || action.Auth.Contains(auth.Id, StringComparer.Ordinal)).ToList();
        if (missing.Count == 0 && ways.Find(auth => connection.Missing(auth).Count == 0) is { } found)
        {
            return found;
        }

        var lacking = ways.Select(auth => missing.Concat(connection.Missing(auth)).DistinctBy(field => field.Name).ToList()).OrderBy(fields => fields.Count).ToList();
        var told = string.Join(" Or: ", lacking.Where(fields => fields.Count > 0).Select(fields => string.Join(" ", fields.Select(Describe))).Distinct(StringComparer.Ordinal));
        throw new ProviderException(new ProviderError
        {
            Kind = ProviderErrorKind.Unauthorized,
            Message = $"The connection '{connection.Name}' to {manifest.Name} has not all that it needs. Missing: {told} Connect it with 'gantry provider connect {manifest.Id}', or give the fields with 'connection'.",
        });
    }

    private static string Describe(ConnectionField field) => $"'{field.Name}' ({field.Help.TrimEnd('.')}).";
}
