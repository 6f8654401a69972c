using System.Text;

namespace Gantry.Engine.Endpoints;

/// <summary>The rules for paths inside an endpoint: segments joined by '/', "" is the root, nothing that could leave it.</summary>
public static class EndpointPath
{
    /// <summary>More than any system holds by its own path (4,096 on Linux): what goes deeper is a server that lists folders in folders without end.</summary>
    public const int LengthMax = 8192;

    /// <summary>Whether a listing may say this name: not empty, not "." or "..", no '/' and no NUL in it.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        !name.IsEmpty && name is not "." and not ".." && name.IndexOfAny('/', '\0') < 0;

    /// <summary>Fails with BadPath unless every segment is a name and all of it is no longer than <see cref="LengthMax"/>; "" passes.</summary>
    public static void Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            return;
        }

        if (path.Length > LengthMax)
        {
            throw new EndpointException(
                EndpointError.BadPath, $"'{Printable(path[..100])}…' is {path.Length} characters long. Paths of more than {LengthMax} are not used: folders that lie in each other without end have them.");
        }

        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (!IsName(path.AsSpan(segment)))
            {
                throw new EndpointException(
                    EndpointError.BadPath,
                    $"'{Printable(path)}' is not a path inside an endpoint: it may not begin with '/', nor have empty, '.' or '..' segments, nor NUL characters.");
            }
        }
    }

    /// <summary>Fails with BadPath unless it is a path of something below the root.</summary>
    public static void CheckBelowRoot(string path)
    {
        Check(path);
        if (path.Length == 0)
        {
            throw new EndpointException(EndpointError.BadPath, "The path is empty: this is the root itself, where a name below it is needed.");
        }
    }

    /// <summary>Fails with BadPath unless it is one name, since the partial file lies in the folder of the file.</summary>
    public static void CheckPartialName(string partialName)
    {
        if (!IsName(partialName))
        {
            throw new EndpointException(EndpointError.BadPath, $"'{Printable(partialName)}' is no name for a partial file.");
        }
    }

    /// <summary>The folder it lies in; "" for what lies in the root.</summary>
    public static string ParentOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    /// <summary>The last segment.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    /// <summary>For messages: what could forge a line or turn the reading around, and bytes that are not text, are shown as \xNN and \uNNNN.</summary>
    public static string Printable(string path)
    {
        if (!path.Any(IsUnprintable))
        {
            return path;
        }

        var text = new StringBuilder(path.Length + 8);
        for (var i = 0; i < path.Length; i++)
        {
            var isPaired = i > 0 && char.IsHighSurrogate(path[i - 1]);
            _ = path[i] switch
            {
                >= '\uDC80' and <= '\uDCFF' when !isPaired => text.Append($"\\x{path[i] - 0xDC00:x2}"),
                _ when char.IsControl(path[i]) => text.Append($"\\x{(int)path[i]:x2}"),
                _ when IsMisleading(path[i]) => text.Append($"\\u{(int)path[i]:x4}"),
                _ => text.Append(path[i]),
            };
        }

        return text.ToString();
    }

    /// <summary>For JSON, which escapes by itself: the very name, but for bytes that are not text, which are shown as \xNN.</summary>
    public static string AsText(string path) =>
        path.Any(IsByte) ? string.Concat(path.Select((character, i) => IsByte(character) && !(i > 0 && char.IsHighSurrogate(path[i - 1]))
            ? $"\\x{character - 0xDC00:x2}"
            : character.ToString())) : path;

    private static bool IsUnprintable(char character) => char.IsControl(character) || IsByte(character) || IsMisleading(character);

    private static bool IsByte(char character) => character is >= '\uDC80' and <= '\uDCFF';

    /// <summary>Line and paragraph separators, and marks that change the direction of writing.</summary>
    private static bool IsMisleading(char character) =>
        character is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
