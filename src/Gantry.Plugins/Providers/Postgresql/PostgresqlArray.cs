using System.Text;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>An array as PostgreSQL writes it: {1,2,NULL}, {{"a b","c\"d"},{x,y}}, with its bounds before it where they are unusual ([0:1]={1,2}).</summary>
internal ref struct PostgresqlArray(string text)
{
    private const int DepthMax = 6;

    private readonly ReadOnlySpan<char> text = text;
    private int at = text.StartsWith('[') ? text.IndexOf('=', StringComparison.Ordinal) + 1 : 0;

    /// <summary>As lists within lists; null items are null. One of more dimensions than the server knows fails with <see cref="FormatException"/>.</summary>
    public void Write(Utf8JsonWriter json, Action<string> writeItem) => Write(json, writeItem, 1);

    private void Write(Utf8JsonWriter json, Action<string> writeItem, int depth)
    {
        if (depth > DepthMax)
        {
            throw new FormatException("An array has more dimensions than there are.");
        }

        json.WriteStartArray();
        at++;
        while (at < text.Length && text[at] != '}')
        {
            switch (text[at])
            {
                case ',':
                    at++;
                    break;
                case '{':
                    Write(json, writeItem, depth + 1);
                    break;
                case '"':
                    writeItem(Quoted());
                    break;
                default:
                    WritePlain(json, writeItem);
                    break;
            }
        }

        at++;
        json.WriteEndArray();
    }

    /// <summary>The form that the server reads.</summary>
    public static string Of(JsonElement list)
    {
        var text = new StringBuilder();
        Append(text, list);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                text.Append("NULL");
                break;
            case JsonValueKind.Array:
                text.Append('{');
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    text.Append(index > 0 ? "," : "");
                    Append(text, item);
                }

                text.Append('}');
                break;
            default:
                var plain = value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) ?? "" : value.GetRawText();
                text.Append('"').Append(plain.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
        }
    }

    private string Quoted()
    {
        var item = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            item.Append(text[at]);
        }

        at++;
        return item.ToString();
    }

    private void WritePlain(Utf8JsonWriter json, Action<string> writeItem)
    {
        var length = text[at..].IndexOfAny(',', '}');
        var item = length < 0 ? text[at..] : text.Slice(at, length);
        at += item.Length;
        if (item is "NULL")
        {
            json.WriteNullValue();
        }
        else
        {
            writeItem(item.ToString());
        }
    }
}
