using System.Text.RegularExpressions;
using Gantry.Engine.Secrets;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>What names and hosts of credentials may be. What is not is a problem of the request.</summary>
internal static partial class CredentialNames
{
    /// <summary>The one field of a credential without a provider.</summary>
    public const string Value = "value";

    private const int FieldsMax = 50;
    private const int HostsMax = 50;

    /// <summary>The credential's name: as given, or made of the website and the type, SAMPLE_WEBSITE_FTP_PASSWORD.</summary>
    public static string NameOf(string? name, string? website, string? type)
    {
        if (name is not null) return Checked(name);
        if (string.IsNullOrWhiteSpace(website) || string.IsNullOrWhiteSpace(type))
            throw ProblemException.Invalid("A credential needs a 'name', or a 'website' and a 'type' that give it one.");
        try
        {
            return CredentialName.Of(website, type);
        }
        catch (SecretStoreException refused)
        {
            throw ProblemException.Invalid(refused.Message);
        }
    }

    public static string Checked(string name) => SecretRef.IsName(name) ? name : throw ProblemException.Invalid(
        "A credential's name has 1 to 128 letters, digits, '_', '-', '.' and '/', the first one a letter, a digit or '_'.");

    /// <summary>A label of a person's; null stays null.</summary>
    public static string? Label(string? text, string field, int lengthMax)
    {
        if (text is null) return null;
        return text.Trim() is { Length: > 0 } label && label.Length <= lengthMax && !label.Any(char.IsControl) ? label
            : throw ProblemException.Invalid($"The field '{field}' has 1 to {lengthMax} characters, none of them a control character.");
    }

    public static string Provider(string provider) => Providers().IsMatch(provider) ? provider
        : throw ProblemException.NotFound("A provider's name has 1 to 64 small letters, digits, '_' and '-'.");

    public static void CheckFields(IReadOnlyCollection<string> fields)
    {
        if (fields.Count is 0 or > FieldsMax) throw ProblemException.Invalid($"A provider's credentials have 1 to {FieldsMax} fields.");
        if (!fields.All(Fields().IsMatch)) throw ProblemException.Invalid("A field's name has 1 to 60 letters, digits, '_' and '-', the first one a letter or '_'.");
    }

    /// <summary>The hosts as they are compared; null when none are given.</summary>
    public static string[]? Hosts(IReadOnlyList<string>? hosts)
    {
        if (hosts is null) return null;
        if (hosts.Count > HostsMax) throw ProblemException.Invalid($"A credential has at most {HostsMax} allowed hosts.");
        return [.. hosts.Select(host => AllowedHosts.Normalise(host) ?? throw ProblemException.Invalid(
            $"'{(host.Length <= 100 ? host : host[..100])}' is no host: write www.example.org, *.example.org, 192.0.2.7 or [2001:db8::1], with :PORT if only that one is meant."))
            .Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Providers();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]{0,59}\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Fields();
}
