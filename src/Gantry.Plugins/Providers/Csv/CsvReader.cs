using System.Text;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Csv;

/// <summary>
/// Takes text apart into records. A field in quotes may hold delimiters, line breaks, and quotes that are doubled; a quote within a field that does not begin with one is a character like any
/// other, as many programs write it. Empty lines are no records.
/// </summary>
internal sealed class CsvReader(string text, char delimiter)
{
    private int at = text.StartsWith('\uFEFF') ? 1 : 0;
    private int line = 1;

    /// <summary>Each record with the number of the line it begins in.</summary>
    public IEnumerable<(IReadOnlyList<string> Fields, int Line)> Read()
    {
        while (at < text.Length)
        {
            if (text[at] is '\r' or '\n')
            {
                EndLine();
                continue;
            }

            var begin = line;
            yield return (Record(), begin);
        }
    }

    private List<string> Record()
    {
        List<string> fields = [Field()];
        while (at < text.Length && text[at] == delimiter)
        {
            at++;
            fields.Add(Field());
        }

        EndLine();
        return fields;
    }

    private string Field()
    {
        if (at < text.Length && text[at] == '"')
        {
            return Quoted();
        }

        var length = text.AsSpan(at).IndexOfAny(delimiter, '\r', '\n');
        var field = length < 0 ? text[at..] : text.Substring(at, length);
        at += field.Length;
        return field;
    }

    private string Quoted()
    {
        var begin = line;
        var field = new StringBuilder();
        for (at++; ;)
        {
            var length = text.AsSpan(at).IndexOf('"');
            if (length < 0)
            {
                throw HttpCall.Bad($"The field in quotes that begins in line {begin} has no end.");
            }

            var part = text.AsSpan(at, length);
            line += part.Count('\n');
            field.Append(part);
            at += length + 1;
            if (at >= text.Length || text[at] != '"')
            {
                break;
            }

            field.Append('"');
            at++;
        }

        return at >= text.Length || text[at] == delimiter || text[at] is '\r' or '\n'
            ? field.ToString()
            : throw HttpCall.Bad($"In line {line} there is something between the end of a field in quotes and the next '{delimiter}'.");
    }

    private void EndLine()
    {
        if (at < text.Length && text[at] == '\r')
        {
            at++;
            line += at < text.Length && text[at] == '\n' ? 0 : 1;
        }

        if (at < text.Length && text[at] == '\n')
        {
            at++;
            line++;
        }
    }
}
