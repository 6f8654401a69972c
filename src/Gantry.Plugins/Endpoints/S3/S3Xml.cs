using System.Globalization;
using System.Text;
using System.Xml;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// Walks through the plain XML of S3's answers: elements and text. More lenient than an XML reader, since servers write keys with characters that
/// XML cannot hold; and stricter, since nothing is ever declared or included. What ends too early is told; what is no such XML is an <see cref="XmlException"/>.
/// </summary>
internal ref struct S3Xml(string text)
{
    private const int DepthMax = 32;
    private readonly Stack<string> open = new();
    private int position;
    private int textStart;

    /// <summary>The element whose end was met.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The element around it; "" for the outermost.</summary>
    public readonly string Parent => open.TryPeek(out var name) ? name : "";

    /// <summary>How many elements are around it.</summary>
    public readonly int Depth => open.Count;

    /// <summary>The text directly before the element's end: all of it where there are no elements inside.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The outermost element was closed.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The element that was just opened, or null: see <see cref="Next"/>.</summary>
    public string? Opened { get; private set; }

    /// <summary>Goes to the next beginning (then <see cref="Opened"/> is not null) or end of an element; false at the end of the text.</summary>
    public bool Next()
    {
        while (true)
        {
            var start = text.IndexOf('<', position);
            var end = start < 0 ? -1 : text.IndexOf('>', start);
            if (end < 0)
            {
                return false;
            }

            var tag = text.AsSpan(start + 1, end - start - 1);
            position = end + 1;
            if (tag.IsEmpty || tag[0] is '?')
            {
                textStart = position;
                continue;
            }

            if (tag[0] == '!')
            {
                throw new XmlException("It is XML of a kind that S3 does not speak.");
            }

            if (tag[0] == '/')
            {
                Close(tag[1..].TrimEnd(), start);
                return true;
            }

            var nameEnd = tag.IndexOfAny(" \t\r\n/");
            var name = (nameEnd < 0 ? tag : tag[..nameEnd]).ToString();
            textStart = position;
            if (tag[^1] == '/')
            {
                (Opened, Name, Text) = (null, name, "");
                IsWhole |= open.Count == 0;
                return true;
            }

            if (open.Count == DepthMax)
            {
                throw new XmlException("It is XML of a kind that S3 does not speak.");
            }

            open.Push(name);
            Opened = name;
            return true;
        }
    }

    /// <summary>The text of the first element of that name; null when there is none.</summary>
    public static string? Find(string xml, string name)
    {
        var reader = new S3Xml(xml);
        while (reader.Next())
        {
            if (reader.Opened is null && reader.Name == name)
            {
                return reader.Text;
            }
        }

        return null;
    }

    private void Close(ReadOnlySpan<char> name, int start)
    {
        if (!open.TryPop(out var opened) || !name.SequenceEqual(opened))
        {
            throw new XmlException("It is XML whose elements do not match.");
        }

        (Opened, Name) = (null, opened);
        Text = Unescape(text[textStart..start]);
        textStart = position;
        IsWhole = open.Count == 0;
    }

    private static string Unescape(string raw)
    {
        if (!raw.Contains('&', StringComparison.Ordinal))
        {
            return raw;
        }

        var result = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            var end = raw[i] == '&' ? raw.IndexOf(';', i) : -1;
            if (end < 0)
            {
                result.Append(raw[i]);
                continue;
            }

            result.Append(Entity(raw.AsSpan(i + 1, end - i - 1)));
            i = end;
        }

        return result.ToString();
    }

    private static string Entity(ReadOnlySpan<char> name) => name switch
    {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        ['#', 'x' or 'X', .. var hex] when int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code) =>
            new Rune(code).ToString(),
        ['#', .. var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code) =>
            new Rune(code).ToString(),
        _ => throw new XmlException("It is XML of a kind that S3 does not speak."),
    };
}
