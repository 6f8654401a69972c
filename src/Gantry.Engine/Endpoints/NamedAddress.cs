using System.Diagnostics.CodeAnalysis;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// The address "name:path" of a saved endpoint. The path lies under the endpoint's own folder, with or without a leading '/': a name is a place
/// that cannot be left.
/// </summary>
public sealed record NamedAddress(string Name, string Path)
{
    /// <summary>The setting that holds the folder of an endpoint, whatever its kind.</summary>
    public const string PathSetting = "path";

    /// <summary>Starts addresses of a kind, and so cannot be a saved endpoint's name.</summary>
    private static readonly string[] Reserved = ["local", "file", "ftp", "ftps", "sftp", "s3", "smb", "rclone", "agent", "http", "https"];

    /// <summary>Why this cannot be a saved endpoint's name; null when it can.</summary>
    public static string? WhyNot(string name) =>
        Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"'{name}' is the name of a kind of endpoint. Choose another."
        : IsWellFormed(name) ? null
        : $"'{name}' cannot be an endpoint's name: it has 2 to 64 characters out of letters, digits, '-', '_' and '.', and begins with a letter or digit.";

    /// <summary>False when the address is not of this form: no name, a reserved one, or "scheme://".</summary>
    public static bool TryParse(string address, [NotNullWhen(true)] out NamedAddress? named)
    {
        named = null;
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || WhyNot(address[..colon]) is not null || address.AsSpan(colon + 1).StartsWith("//"))
        {
            return false;
        }

        named = new NamedAddress(address[..colon], address[(colon + 1)..].Trim('/'));
        return true;
    }

    /// <summary>The settings of the place this names. A path that would leave the endpoint's folder fails with BadPath.</summary>
    public EndpointSettings Under(EndpointSettings saved)
    {
        if (Path.Length == 0)
        {
            return saved;
        }

        if (Path.Split('/').Any(segment => segment is "." or ".."))
        {
            throw new EndpointException(EndpointError.BadPath, $"The path '{Path}' of endpoint '{Name}' may not hold '.' or '..'.");
        }

        var folder = saved.Find(PathSetting) is { Length: > 0 } given ? given : ".";
        return saved.With(PathSetting, folder.EndsWith('/') ? folder + Path : $"{folder}/{Path}");
    }

    private static bool IsWellFormed(string name) =>
        name.Length is >= 2 and <= 64
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
