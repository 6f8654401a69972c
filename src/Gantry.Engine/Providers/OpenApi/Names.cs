using System.Globalization;
using System.Text;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>Names and lines of text as manifests have them, made of what documents say.</summary>
internal static class Names
{
    private const int IdLengthMax = 64;
    private const int LineLengthMax = 200;

    /// <summary>An action's id: "repos/listForUser" is repos_list_for_user.</summary>
    public static string Id(string text)
    {
        var id = Words(text, '_');
        id = id.Length > 0 && char.IsAsciiLetter(id[0]) ? id : $"call_{id}";
        return Cut(id, IdLengthMax, '_');
    }

    /// <summary>A provider's id: "Acme CRM API" is acme-crm-api.</summary>
    public static string Slug(string text) => Cut(Words(text, '-'), 49, '-') is { Length: > 0 } slug ? slug : "imported-api";

    /// <summary>A parameter's name in plans. Most are taken as they are.</summary>
    public static string Parameter(string wire)
    {
        var name = new StringBuilder();
        foreach (var character in wire)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '@' or '$' ? character : '_');
        }

        var text = name.ToString().TrimEnd('_');
        text = text.Replace("__", "_", StringComparison.Ordinal);
        return text.Length == 0 || char.IsAsciiDigit(text[0]) || text[0] == '-' ? $"p_{text.TrimStart('-')}" : text;
    }

    public static string Unique(string name, Func<string, bool> isTaken) => new UniqueNames(isTaken).Next(name);

    internal static string Numbered(string name, int number)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $"_{number}");
        return Cut(name, IdLengthMax - Math.Max(end.Length, 4), '_') + end;
    }

    /// <summary>The first sentence of a text, on one line, without what makes Markdown of it.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
            {
                if (line.Length > 0 && line[^1] != ' ')
                {
                    if (line[^1] is '.' or '!' or '?' && line.Length > 20)
                    {
                        break;
                    }

                    line.Append(' ');
                }
            }
            else if (character is not ('`' or '*' or '#'))
            {
                line.Append(character);
            }
        }

        var whole = line.ToString().Trim();
        if (whole.Length <= LineLengthMax)
        {
            return whole.Length == 0 ? "-" : whole;
        }

        var end = char.IsHighSurrogate(whole[LineLengthMax - 2]) ? LineLengthMax - 2 : LineLengthMax - 1;
        return $"{whole[..end].TrimEnd()}…";
    }

    private static string Words(string text, char separator)
    {
        var words = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (!char.IsAsciiLetterOrDigit(character))
            {
                Separate();
                continue;
            }

            var beginsWord = char.IsAsciiLetterUpper(character) && i > 0
                && (char.IsAsciiLetterLower(text[i - 1]) || char.IsAsciiDigit(text[i - 1])
                    || (char.IsAsciiLetterUpper(text[i - 1]) && i + 1 < text.Length && char.IsAsciiLetterLower(text[i + 1])));
            if (beginsWord)
            {
                Separate();
            }

            words.Append(char.ToLowerInvariant(character));
        }

        return words.ToString().Trim(separator);

        void Separate()
        {
            if (words.Length > 0 && words[^1] != separator)
            {
                words.Append(separator);
            }
        }
    }

    private static string Cut(string text, int lengthMax, char separator) => text.Length <= lengthMax ? text : text[..lengthMax].TrimEnd(separator);
}

/// <summary>Names of which each is given once. Of many that are the same it goes on where it was, however many there are.</summary>
internal sealed class UniqueNames(Func<string, bool> isTaken)
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    public string Next(string name)
    {
        if (!isTaken(name))
        {
            return name;
        }

        var number = numbers.GetValueOrDefault(name, 1);
        string unique;
        do
        {
            unique = Names.Numbered(name, ++number);
        }
        while (isTaken(unique));
        numbers[name] = number;
        return unique;
    }
}
