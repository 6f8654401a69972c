using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>A text that a regular expression matches: common ones are tried first, then some are made of the expression, and each is held against it.</summary>
internal sealed class PatternSample
{
    private const int AttemptsMax = 200;
    private const int LengthMax = 10_000;
    private const string Characters = "a1A-_./:@ Zz9bcdefghijklmnopqrstuvwxyBCDEFGHIJKLMNOPQRSTUVWXY02345678+=#%&,;!?$'\"()[]{}|<>*~^`\\";

    private static readonly string[] Common = ["a", "abc", "1", "12345", "2026-01-31", "https://www.example.org", "abc-1", "www.example.org", "v1", "A1B2"];

    private readonly string pattern;
    private readonly Random random;
    private readonly int more;
    private int at;

    private PatternSample(string pattern, int attempt, int more) => (this.pattern, random, this.more) = (pattern, new Random(attempt), attempt == 0 ? 0 : more);

    /// <summary>The same at every call; null when none was found.</summary>
    /// <param name="pattern">What it matches as a whole.</param>
    /// <param name="min">The least length; null when there is none.</param>
    /// <param name="max">The greatest length; null when there is none.</param>
    public static string? Of(ManifestPattern pattern, double? min = null, double? max = null)
    {
        bool Fits(string? text) => text is not null && !(text.Length < min) && !(text.Length > max) && pattern.Fits(text);
        return Common.FirstOrDefault(Fits)
            ?? Enumerable.Range(0, AttemptsMax).Select(attempt => new PatternSample(pattern.Source, attempt, (int)Math.Clamp(min ?? 0, 3, LengthMax)).Make()).FirstOrDefault(Fits);
    }

    /// <summary>Null where the expression has a form that is not known here.</summary>
    private string? Make()
    {
        try
        {
            var text = Alternatives();
            return at == pattern.Length ? text : null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InsufficientExecutionStackException or IndexOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private string Alternatives()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        List<string> all = [Sequence()];
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            all.Add(Sequence());
        }

        return all[random.Next(all.Count)];
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var atom = Atom();
            for (var left = Count(); left > 0 && text.Length < LengthMax; left--)
            {
                text.Append(atom);
            }
        }

        return text.Length < LengthMax ? text.ToString() : throw new FormatException("It is too long.");
    }

    private string Atom()
    {
        switch (pattern[at])
        {
            case '(':
                return Group();
            case '[':
                return OneOf(Class());
            case '\\':
                return Escaped();
            case '.':
                at++;
                return "a";
            case '^' or '$':
                at++;
                return "";
            default:
                return pattern[at++].ToString();
        }
    }

    private string Group()
    {
        at++;
        var isLooking = false;
        if (pattern[at] == '?')
        {
            // (?i) and the like say how to match, and match nothing.
            if (pattern.IndexOfAny([')', ':', '<', '=', '!', '>', '\''], at) is var end && end > at + 1 && pattern[end] == ')')
            {
                at = end + 1;
                return "";
            }

            // (?:…), (?<name>…), (?=…), (?!…), (?<=…), (?<!…)
            isLooking = pattern[at + 1] is '!' or '=' || (pattern[at + 1] == '<' && pattern[at + 2] is '!' or '=');
            at = isLooking ? at + (pattern[at + 1] == '<' ? 3 : 2) : pattern[at + 1] == ':' ? at + 2 : pattern.IndexOfAny(['>', '\''], at + 3) + 1;
        }

        var inner = Alternatives();
        at = pattern[at] == ')' ? at + 1 : throw new FormatException("The group has no end.");
        return isLooking ? "" : inner;
    }

    private string Escaped()
    {
        var escape = pattern[at + 1];
        var digits = escape switch { 'x' => 2, 'u' => 4, _ => 0 };
        at += 2 + digits;
        return escape switch
        {
            'x' or 'u' => ((char)int.Parse(pattern.AsSpan(at - digits, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString(),
            'd' => OneOf("\\d"),
            'w' => OneOf("\\w"),
            's' => " ",
            'S' or 'D' or 'W' => OneOf($"\\{escape}"),
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'b' or 'A' or 'z' or 'Z' or 'B' => "",
            'p' or 'P' => throw new FormatException("Classes of characters by name are not known here."),
            _ => escape.ToString(),
        };
    }

    /// <summary>A class of characters, as it is written.</summary>
    private string Class()
    {
        var end = at + 1;
        end += pattern[end] == '^' ? 1 : 0;
        end += pattern[end] == ']' ? 1 : 0;
        while (pattern[end] != ']')
        {
            end += pattern[end] == '\\' ? 2 : 1;
        }

        var text = pattern[at..(end + 1)];
        at = end + 1;
        return text;
    }

    private string OneOf(string characters)
    {
        var form = new ManifestPattern(characters);
        var fitting = Characters.Where(sample => form.Fits(sample.ToString())).Take(random.Next(1, 40)).ToList();
        return fitting.Count > 0 ? fitting[random.Next(fitting.Count)].ToString() : throw new FormatException("No character is in the class.");
    }

    private int Count()
    {
        if (at >= pattern.Length)
        {
            return 1;
        }

        // Twice is the first that is tried: what is written in hex has an even number of digits.
        var (least, most) = pattern[at] switch { '*' => (0, more), '+' => (2 - Math.Min(1, more), 2 + more), '?' => (0, 1), '{' => Bounds(), _ => (-1, -1) };
        if (least < 0)
        {
            return 1;
        }

        at += pattern[at] == '{' ? pattern.IndexOf('}', at) - at + 1 : 1;
        at += at < pattern.Length && pattern[at] is '?' or '+' ? 1 : 0;
        return random.Next(least, Math.Max(least, Math.Min(most, least + more)) + 1);
    }

    /// <summary>Of {2}, {2,} and {2,5}; a brace that is none of these stands for itself.</summary>
    private (int Least, int Most) Bounds()
    {
        var end = pattern.IndexOf('}', at);
        var parts = end < 0 ? [] : pattern[(at + 1)..end].Split(',');
        return parts is not ([_] or [_, _]) || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least) ? (-1, -1)
            : parts.Length == 1 ? (least, least)
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? (least, most) : (least, least + more);
    }
}
