using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Csv;

/// <summary>Rows as text, with quotes where they are needed.</summary>
internal sealed class CsvWriter(HttpCall parameters, char delimiter)
{
    private readonly StringBuilder text = new();
    private readonly string lineEnd = parameters.FindText("line_end") == "lf" ? "\n" : "\r\n";
    private readonly bool guardsFormulas = parameters.Find("guard_formulas") is { ValueKind: JsonValueKind.True };

    public string Write(CancellationToken cancellationToken)
    {
        var rows = parameters.Find("rows")?.EnumerateArray().ToList() ?? [];
        var names = CsvProvider.NamesOf(parameters) ?? NamesIn(rows);
        if (names.Count > 0 && parameters.Find("header") is not { ValueKind: JsonValueKind.False })
        {
            Append(names.Select(Scalars.Text));
        }

        foreach (var (index, row) in rows.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Append(row.ValueKind switch
            {
                JsonValueKind.Array => row.EnumerateArray(),
                JsonValueKind.Object => names.Select(name => row.TryGetProperty(name, out var value) ? value : Scalars.Null),
                _ => throw HttpCall.Bad($"'rows[{index}]' is a map or a list, and this one is {SettingCheck.Describe(row)}."),
            });
        }

        return text.ToString();
    }

    /// <summary>In the order in which they first occur.</summary>
    private static List<string> NamesIn(List<JsonElement> rows)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        return [.. rows.Where(row => row.ValueKind == JsonValueKind.Object).SelectMany(row => row.EnumerateObject()).Select(property => property.Name).Where(known.Add)];
    }

    private void Append(IEnumerable<JsonElement> values)
    {
        var begin = text.Length;
        var count = 0;
        foreach (var value in values)
        {
            if (count++ > 0)
            {
                text.Append(delimiter);
            }

            Append(value);
        }

        // One empty field would be an empty line, which is no record.
        text.Append(text.Length == begin && count > 0 ? "\"\"" : "").Append(lineEnd);
    }

    private void Append(JsonElement value)
    {
        var field = value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => Scalars.TextOf(value) ?? "",
            _ => value.GetRawText(),
        };
        if (guardsFormulas && value.ValueKind == JsonValueKind.String && field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            field = "'" + field;
        }

        var needsQuotes = field.AsSpan().IndexOfAny('"', '\r', '\n') >= 0 || field.Contains(delimiter, StringComparison.Ordinal)
            || (field.Length > 0 && (char.IsWhiteSpace(field[0]) || char.IsWhiteSpace(field[^1]) || field[0] == '\uFEFF'));
        text.Append(needsQuotes ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
    }
}
