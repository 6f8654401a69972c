using System.Text.RegularExpressions;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>Where a provider is for one connection, and which hosts its requests may go to.</summary>
internal static partial class BaseAddress
{
    /// <summary>The base URL without a '/' at its end. A value of the connection stays in its place: it cannot begin a path where a host stands.</summary>
    public static string Of(Manifest manifest, ManifestScope scope) => Address(manifest.BaseUrl, scope).TrimEnd('/');

    /// <summary>A whole address of the manifest: of a token, of a base.</summary>
    public static string Address(ManifestText text, ManifestScope scope)
    {
        if (text.Source.StartsWith("${", StringComparison.Ordinal))
        {
            var whole = text.Text(scope);
            var isUrl = Uri.TryCreate(whole, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0;
            return isUrl ? whole : throw new ExpressionException($"{text.Source} is no address that begins with https://");
        }

        var built = "";
        var isWholeHost = WholeHost.IsMatch(text.Source);
        return text.Text(
            scope,
            value =>
            {
                var part = Values.Format(value);
                var made = IsInHost(built) ? HostPart(part, text.Source, isWholeHost) : string.Join('/', part.Split('/').Select(segment => PathPart(segment, text.Source)));
                built += made;
                return made;
            },
            plain =>
            {
                built += plain;
                return plain;
            });
    }

    /// <summary>The address of a call: below the base URL, or a whole one on a host that the manifest names; on any where the manifest itself writes it out to fetch a token.</summary>
    public static string Join(Manifest manifest, ManifestScope scope, string target, bool isOwnWord = false)
    {
        if (!target.Contains("://", StringComparison.Ordinal) || target.StartsWith('/'))
        {
            return Of(manifest, scope) + (target is "/" && manifest.BaseUrl.Source.Count(character => character == '/') > 2 ? "/" : target);
        }

        if (!isOwnWord)
        {
            RequireHost(manifest, scope, target);
        }

        return target;
    }

    /// <summary>Fails where an address, which may come from an answer, leads to a host that the manifest does not name.</summary>
    public static void RequireHost(Manifest manifest, ManifestScope scope, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Scheme is not ("https" or "http"))
        {
            throw new ExpressionException("an address that is asked next begins with https://, and this one does not");
        }

        var names = manifest.Hosts.Select(host => AllowedHosts.Normalise(host.Text(scope))).OfType<string>().ToList();
        if (url is { Scheme: "https", IsDefaultPort: true } && names.Count > 0 && AllowedHosts.Allow(names, url.IdnHost, url.Port))
        {
            return;
        }

        var own = new Uri(Of(manifest, scope));
        if (!string.Equals(url.IdnHost, own.IdnHost, StringComparison.OrdinalIgnoreCase) || url.Port != own.Port || url.Scheme != own.Scheme)
        {
            throw new ExpressionException($"'{url.IdnHost}' is neither the host of {manifest.Name} nor one that its manifest names under 'hosts'");
        }
    }

    [GeneratedRegex(@"^https?://\$\{[^}]*\}(?:/|$)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WholeHost { get; }

    private static bool IsInHost(string built) => built.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 && built.IndexOf('/', scheme + 3) < 0;

    /// <summary>Where it is all of the host, a path may follow; where something else follows, it could make another host of it.</summary>
    private static string HostPart(string part, string source, bool isWholeHost) =>
        part.Length > 0 && part.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or ':' || (character == '/' && isWholeHost))
            && !part.Split('/').Any(segment => segment is "" or "." or "..") ? part
            : throw new ExpressionException($"a value of the connection stands in the host of {source}, and holds what no host's name has");

    private static string PathPart(string segment, string source) => segment is "." or ".."
        ? throw new ExpressionException($"a value of the connection stands in the path of {source}, and holds '..'")
        : Uri.EscapeDataString(segment).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
