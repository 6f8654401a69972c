using System.Text;
using System.Text.RegularExpressions;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// One pattern by rclone's rules (https://rclone.org/filtering/): '*' and '?' stay within a segment, '**' does not, [a-z] and {a,b} choose,
/// {{…}} is a regular expression, '\' takes the next character as it is. A leading '/' ties it to the source's root; otherwise it may begin at any segment.
/// </summary>
internal sealed class PathPattern
{
    private const string AnyOfSegment = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^/])";

    private readonly Regex regex;

    private PathPattern(Regex regex) => this.regex = regex;

    public bool Matches(string path) => regex.IsMatch(path);

    public static PathPattern Parse(string pattern, bool ignoresCase = false) => Parse(pattern, ignoresCase, isText: false);

    /// <summary>Of a text that is no path: '*' and '?' match '/' as well, and the whole text has to match.</summary>
    public static PathPattern ParseText(string pattern) => Parse(pattern, ignoresCase: false, isText: true);

    private static PathPattern Parse(string pattern, bool ignoresCase, bool isText)
    {
        try
        {
            // Patterns come from whoever writes a plan: no pattern may take more than time in proportion to the name.
            return new PathPattern(new Regex(
                (ignoresCase ? "(?i)" : "") + new Translation(pattern, isText).Run(),
                RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Bad(pattern, "is not understood: " + exception.Message);
        }
    }

    /// <summary>Patterns of the folders in which something that matches can lie; of each its path ends with '/'.</summary>
    public static IReadOnlyList<string> FoldersOf(string pattern)
    {
        if (HasChoiceOfFolders(pattern))
        {
            return ["/**"];
        }

        List<string> folders = [];
        var rest = Regex.Replace(pattern, "/{2,}", "/", RegexOptions.NonBacktracking);
        while (true)
        {
            var slash = rest.LastIndexOf('/');
            var stars = rest.LastIndexOf("**", StringComparison.Ordinal);
            var end = Math.Max(slash, stars);
            if (end < 0)
            {
                return folders.Count > 0 ? folders : ["/**"];
            }

            rest = rest[..end];
            var folder = rest + (stars > slash ? "**/" : "/");
            if (folders.Count == 0 || folders[^1] != folder)
            {
                folders.Add(folder);
            }
        }
    }

    /// <summary>A regular expression, or braces with '/' or '**' in them: any folder may hold a match then.</summary>
    private static bool HasChoiceOfFolders(string pattern)
    {
        if (pattern.Contains("{{", StringComparison.Ordinal) || pattern.Contains("}}", StringComparison.Ordinal))
        {
            return true;
        }

        var isInside = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            isInside = pattern[i] switch { '{' => true, '}' => false, _ => isInside };
            if (isInside && (pattern[i] == '/' || pattern.AsSpan(i).StartsWith("**")))
            {
                return true;
            }
        }

        return false;
    }

    private static EndpointException Bad(string pattern, string why) =>
        new(EndpointError.BadSetting, $"The pattern '{EndpointPath.Printable(pattern)}' {why}");

    private sealed class Translation(string pattern, bool isText)
    {
        private readonly StringBuilder output = new();
        private int position;
        private bool isInBraces;

        public string Run()
        {
            var isAnchored = !isText && pattern.StartsWith('/');
            position = isAnchored ? 1 : 0;
            output.Append(isAnchored || isText ? @"\A" : @"(?:\A|/)");
            while (position < pattern.Length)
            {
                Step();
            }

            return isInBraces ? throw Bad(pattern, "has a '{' without its '}'.") : output.Append(@"\z").ToString();
        }

        private void Step()
        {
            switch (pattern[position])
            {
                case '*':
                    Stars();
                    return;
                case '[':
                    Class();
                    return;
                case '{' when pattern.AsSpan(position).StartsWith("{{"):
                    RegularExpression();
                    return;
                case '{':
                    isInBraces = isInBraces ? throw Bad(pattern, "has a '{' inside of '{'.") : true;
                    output.Append("(?:");
                    break;
                case '}':
                    isInBraces = isInBraces ? false : throw Bad(pattern, "has a '}' without its '{'.");
                    output.Append(')');
                    break;
                case ',' when isInBraces:
                    output.Append('|');
                    break;
                case '?':
                    output.Append(isText ? "." : AnyOfSegment);
                    break;
                case ']':
                    throw Bad(pattern, "has a ']' without its '['.");
                case '\\':
                    position++;
                    output.Append(position < pattern.Length ? Escape(pattern[position]) : throw Bad(pattern, "ends with a '\\' that escapes nothing."));
                    break;
                default:
                    output.Append(Escape(pattern[position]));
                    break;
            }

            position++;
        }

        private void Stars()
        {
            var start = position;
            while (position < pattern.Length && pattern[position] == '*')
            {
                position++;
            }

            output.Append((position - start) switch
            {
                1 => isText ? ".*" : "[^/]*",
                2 => ".*",
                _ => throw Bad(pattern, "has more than two '*' in a row."),
            });
        }

        private void Class()
        {
            var isNegated = pattern.AsSpan(position + 1) is ['^', ..];
            output.Append(isNegated ? "[^" : "[");
            var first = position += isNegated ? 2 : 1;
            for (; position < pattern.Length; position++)
            {
                var character = pattern[position];
                if (character == ']' && position > first)
                {
                    output.Append(']');
                    position++;
                    return;
                }

                if (character == '\\' && position + 1 < pattern.Length)
                {
                    output.Append('\\').Append(pattern[++position]);
                }
                else if (character == '[' && pattern.AsSpan(position).StartsWith("[:"))
                {
                    NamedClass();
                }
                else
                {
                    output.Append(character is '[' or ']' or '^' or '\\' ? "\\" + character : character.ToString());
                }
            }

            throw Bad(pattern, "has a '[' without its ']'.");
        }

        private void NamedClass()
        {
            var end = pattern.IndexOf(":]", position, StringComparison.Ordinal);
            output.Append((end < 0 ? "" : pattern[(position + 2)..end]) switch
            {
                "alnum" => "0-9A-Za-z",
                "alpha" => "A-Za-z",
                "digit" => "0-9",
                "lower" => "a-z",
                "upper" => "A-Z",
                "space" => @"\t\n\v\f\r ",
                "xdigit" => "0-9A-Fa-f",
                "punct" => @"!-/:-@\[-`{-~",
                "word" => "0-9A-Za-z_",
                _ => throw Bad(pattern, "names a character class that is not known."),
            });
            position = end + 1;
        }

        private void RegularExpression()
        {
            var end = pattern.IndexOf("}}", position + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                throw Bad(pattern, "has a '{{' without its '}}'.");
            }

            // A regular expression may itself end with braces: the longest run of them closes it.
            while (end + 2 < pattern.Length && pattern[end + 2] == '}')
            {
                end++;
            }

            output.Append("(?:").Append(pattern, position + 2, end - position - 2).Append(')');
            position = end + 2;
        }

        private static string Escape(char character) => Regex.Escape(character.ToString());
    }
}
