using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>The fields of a connection that nobody has, as one way to sign in takes them.</summary>
internal static class SampleConnection
{
    private static readonly Lazy<string> Rsa = new(() =>
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    });

    private static readonly Lazy<string> Curve = new(() =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    });

    public static Dictionary<string, string> Of(DocumentNode manifest, DocumentNode auth, IReadOnlyDictionary<string, string> given)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var field in (manifest.Find("connection")?.Value.Members ?? []).Concat(auth.Find("fields")?.Value.Members ?? []))
        {
            values[field.Name] = given.GetValueOrDefault($"connection.{field.Name}") ?? ValueOf(manifest, field, auth);
        }

        if (SampleValues.Text(auth, "kind") == "oauth2")
        {
            values.TryAdd("client_id", "gantry client");
            values.TryAdd("client_secret", "gantry:secret");
            values.TryAdd("username", "someone");
            values.TryAdd("password", "gantry password");
        }

        return values;
    }

    private static string ValueOf(DocumentNode manifest, DocumentMember field, DocumentNode auth)
    {
        if (field.Value.Find("default") is { } fallback)
        {
            return fallback.Value.Text;
        }

        if (field.Value.Find("enum") is { Value.Items: [var first, ..] })
        {
            return first.Text;
        }

        if (field.Value.Find("pattern")?.Value.Text is { } pattern)
        {
            return PatternSample.Of(new ManifestPattern(pattern))
                ?? throw new NoSampleException($"no value of the connection's '{field.Name}' was found that matches {pattern}: give one by --value connection.{field.Name}=…");
        }

        if ((SampleValues.Text(auth, "key") ?? "").Contains($"connection.{field.Name}", StringComparison.Ordinal))
        {
            var encoding = SampleValues.Text(auth, "key_encoding");
            if (SampleValues.Text(auth, "kind") == "jwt")
            {
                return Key(SampleValues.Text(auth, "algorithm")!, encoding);
            }

            if (encoding is not null)
            {
                return encoding == "hex" ? "00ff00ff" : "Z2FudHJ5LWtleQ==";
            }
        }

        return SampleValues.Text(field.Value, "type") is "integer" or "number" ? "5" : SampleValues.Text(field.Value, "type") == "boolean" ? "true"
            : IsAddress(manifest, field.Name) ? "https://vendor.example.org"
            : $"gantry-{field.Name.Replace('_', '-')}";
    }

    /// <summary>A key that signs, made once.</summary>
    private static string Key(string algorithm, string? encoding)
    {
        var key = algorithm[..2] switch { "HS" => encoding == "hex" ? "00ff00ff" : encoding == "base64" ? "Z2FudHJ5LWtleQ==" : "gantry-key", "ES" => Curve.Value, _ => Rsa.Value };
        return algorithm.StartsWith("HS", StringComparison.Ordinal) || encoding is null or "text" ? key : Convert.ToBase64String(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>A template of an address begins with it.</summary>
    private static bool IsAddress(DocumentNode node, string field) => node.Kind switch
    {
        DocumentKind.Map => node.Members.Any(member => (IsUrl(member.Name) && Begins(member.Value.Text, field)) || IsAddress(member.Value, field)),
        DocumentKind.List => node.Items.Any(item => IsAddress(item, field)),
        _ => false,
    };

    private static bool IsUrl(string name) => name is "call" || name.EndsWith("url", StringComparison.Ordinal);

    private static bool Begins(string text, string field) =>
        Regex.IsMatch(text, $@"\A(?:[A-Z]+ )?\$\{{connection\.{Regex.Escape(field)}[ }}]", RegexOptions.NonBacktracking);
}
