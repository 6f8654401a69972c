using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Connections;

/// <summary>The values that one call signs in with, and where each may be sent.</summary>
internal sealed class Connection
{
    /// <summary>Of this process, so that what identifies a connection tells nothing of its values.</summary>
    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(32);

    private readonly Dictionary<string, JsonElement> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SentSecrets> sent = new(StringComparer.Ordinal);
    private readonly ProviderCall call;
    private readonly Manifest manifest;

    private Connection(Manifest manifest, ProviderCall call, string name) => (this.manifest, this.call, Name) = (manifest, call, name);

    /// <summary>The credential's name, or the provider's id when its values stand in the step.</summary>
    public string Name { get; }

    /// <summary>The same for the same values of the same provider.</summary>
    public string Identity { get; private set; } = "";

    public JsonElement? Find(string field) => values.TryGetValue(field, out var value) ? value : null;

    /// <summary>Finds the secrets of a parameter, which are held to their hosts like those of the connection.</summary>
    public ISecretResolver Sending(string parameter) => sent[$"input {parameter}"] = new SentSecrets(call.Secrets);

    /// <summary>Masks what was made out of its values.</summary>
    public void Mask(string made)
    {
        if (made.Length > 0)
        {
            (call.Secrets as RedactingSecrets)?.Mask(new Secret(made));
        }
    }

    /// <summary>Fails with <see cref="SecretException"/> when one of the fields must not be sent there.</summary>
    public void RequireAllowed(IEnumerable<string> fields, Uri url)
    {
        foreach (var field in fields.Concat(sent.Keys.Where(name => name.StartsWith("input ", StringComparison.Ordinal))))
        {
            if (sent.TryGetValue(field, out var secrets))
            {
                secrets.RequireAllowed(url.IdnHost, url.Port);
            }
        }
    }

    public static async ValueTask<Connection> ReadAsync(Manifest manifest, ProviderCall call, CancellationToken cancellationToken)
    {
        var given = call.Parameters.TryGetProperty(ManifestProvider.ConnectionName, out var value) && value.ValueKind != JsonValueKind.Null ? value : Scalars.Text(manifest.Id);
        Connection connection;
        switch (given.ValueKind)
        {
            case JsonValueKind.String:
                var name = SecretText.Plain(Scalars.TextOf(given) ?? "");
                if (name is null || !SecretRef.IsName(name))
                {
                    throw Bad("'connection' is the name of a credential, or a map of its fields such as {api_key: ${cred:NAME}}.");
                }

                connection = new Connection(manifest, call, name);
                await connection.FindAsync(cancellationToken);
                break;
            case JsonValueKind.Object:
                connection = new Connection(manifest, call, manifest.Id);
                await connection.ExpandAsync(given, cancellationToken);
                break;
            default:
                throw Bad("'connection' is the name of a credential, or a map of its fields.");
        }

        foreach (var field in manifest.Fields.Where(field => field.Default is not null))
        {
            connection.values.TryAdd(field.Name, field.Default!.Value);
        }

        connection.Identity = connection.Identify();
        return connection;
    }

    /// <summary>Null when there is a value for each required field of the way to sign in.</summary>
    public IReadOnlyList<ConnectionField> Missing(ManifestAuth? auth) => [.. ConnectionCheck.Missing(auth is null ? manifest.Connection : auth.Fields, Find)];

    private static ProviderException Bad(string message) => new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = message });

    private async ValueTask FindAsync(CancellationToken cancellationToken)
    {
        var byName = manifest.Fields.ToDictionary(field => $"{Name}.{field.Name}", StringComparer.Ordinal);
        if (byName.Count == 0)
        {
            return;
        }

        var found = call.Secrets is RedactingSecrets redacting
            ? await redacting.FindAllAsync(byName.Keys, name => byName[name].IsSecret, cancellationToken)
            : await call.Secrets.FindAllAsync(byName.Keys, cancellationToken);
        foreach (var (name, secret) in found)
        {
            var taken = new SentSecrets(call.Secrets);
            taken.Take(name, secret);
            Add(byName[name], secret.Reveal(), taken);
        }
    }

    private async ValueTask ExpandAsync(JsonElement given, CancellationToken cancellationToken)
    {
        foreach (var member in given.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            var field = manifest.Fields.FirstOrDefault(field => field.Name == member.Name)
                ?? throw Bad($"The connection has no field '{member.Name}'.{NearestName.Hint(member.Name, manifest.Fields.Select(field => field.Name))}");
            if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw Bad($"'connection.{member.Name}' is a text, a number, true or false.");
            }

            var taken = new SentSecrets(call.Secrets);
            var text = member.Value.ValueKind == JsonValueKind.String
                ? await SecretText.ExpandAsync(Scalars.TextOf(member.Value) ?? "", taken, cancellationToken)
                : member.Value.GetRawText();
            if (field.IsSecret)
            {
                Mask(text);
            }

            Add(field, text, taken);
        }
    }

    private void Add(ConnectionField field, string text, SentSecrets taken)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (ConnectionCheck.Problem(field, text) is { } problem)
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.Unauthorized,
                Message = $"The connection '{Name}' of {manifest.Name} cannot be used: {problem} Change it with 'gantry provider connect {manifest.Id}'.",
            });
        }

        values[field.Name] = Scalars.Convert(field.Type, Scalars.Text(text))!.Value;
        sent[field.Name] = taken;
    }

    private string Identify()
    {
        var text = new StringBuilder(manifest.Id);
        foreach (var (name, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append('\0').Append(name).Append('\0').Append(value.GetRawText());
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(Salt, Encoding.UTF8.GetBytes(text.ToString())));
    }
}
