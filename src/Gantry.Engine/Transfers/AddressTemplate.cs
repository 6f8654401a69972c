using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A target's address with variables, such as "web:/archive/{year}/{basename}-{timestamp}.{extension}".</summary>
public static class AddressTemplate
{
    /// <summary>
    /// The address to open, and the template of the files below it; null when files keep their paths. An address without braces is itself. A variable of a
    /// file may stand in the path only.
    /// </summary>
    public static (string Address, PathTemplate? Files) Resolve(string address, TemplateValues values)
    {
        if (!address.AsSpan().ContainsAny('{', '}'))
        {
            return (address, null);
        }

        var template = PathTemplate.Parse(address);
        var hasScheme = address.Contains("://", StringComparison.Ordinal);
        var expanded = template.Expand(values, hasScheme ? Escaped : value => value);
        return template.IsPerFile ? Split(expanded, hasScheme) : (expanded, null);
    }

    /// <summary>The same template with the transfer's own values in it, so that it means the same at any time.</summary>
    public static string Fix(string address, TemplateValues values)
    {
        if (!address.AsSpan().ContainsAny('{', '}'))
        {
            return address;
        }

        var template = PathTemplate.Parse(address);
        var expanded = template.Expand(values, address.Contains("://", StringComparison.Ordinal) ? Escaped : value => value);
        return template.IsPerFile ? expanded : expanded.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
    }

    /// <summary>Whether each file gets a place of its own in it.</summary>
    public static bool IsPerFile(string address) => address.AsSpan().ContainsAny('{', '}') && PathTemplate.Parse(address).IsPerFile;

    private static (string Address, PathTemplate? Files) Split(string address, bool hasScheme)
    {
        var query = hasScheme ? address.IndexOf('?', StringComparison.Ordinal) : -1;
        var (path, rest) = query < 0 ? (address, "") : (address[..query], address[query..]);
        var begin = FirstVariable(path);
        if (begin < 0)
        {
            throw new EndpointException(EndpointError.BadSetting, $"In '{EndpointPath.Printable(address)}' a variable of a file stands outside of the path.");
        }

        var slash = path.LastIndexOf('/', begin);
        var host = hasScheme ? path.IndexOf("://", StringComparison.Ordinal) + 3 : 0;
        if (hasScheme && slash < host)
        {
            throw new EndpointException(EndpointError.BadSetting, $"In '{EndpointPath.Printable(address)}' a variable of a file stands outside of the path.");
        }

        var colon = slash < 0 ? path.LastIndexOf(':', begin) : -1;
        var end = Math.Max(slash, colon) + 1;
        var folder = PlainText(path[..end]);
        var files = path[end..];
        return ((folder.Length == 0 ? "." : folder) + PlainText(rest), PathTemplate.Parse(hasScheme ? Uri.UnescapeDataString(files) : files));
    }

    private static int FirstVariable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
            {
                continue;
            }

            if (i + 1 < text.Length && text[i + 1] == '{')
            {
                i++;
                continue;
            }

            return i;
        }

        return -1;
    }

    private static string PlainText(string text) => text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    /// <summary>A '/' in a date makes folders.</summary>
    private static string Escaped(string value) => string.Join('/', value.Split('/').Select(Uri.EscapeDataString));
}
