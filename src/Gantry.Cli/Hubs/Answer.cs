using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Hubs;

/// <summary>Prints what a hub answered: as JSON for programs, else as lines of "name: value" for a person.</summary>
internal static class Answer
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As a JSON array, else as a table of these members.</summary>
    public static void PrintList(IReadOnlyList<JsonElement> items, IReadOnlyList<string> members, bool asJson)
    {
        if (!asJson)
        {
            TextTable.Print(
                [.. members.Select(member => member.ToUpperInvariant().Replace('_', ' '))],
                [.. items.Select(item => (IReadOnlyList<string?>)[.. members.Select(member => Cell(member, item.FindText(member)))])]);
            return;
        }

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Readable))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                item.WriteTo(json);
            }

            json.WriteEndArray();
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static void Print(JsonElement value, bool asJson)
    {
        if (!asJson && value.ValueKind == JsonValueKind.Object)
        {
            PrintLines(value, "");
            return;
        }

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Readable))
        {
            value.WriteTo(json);
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Times of a table to the second; the rest of them is in --json.</summary>
    private static string? Cell(string member, string? text) =>
        member.EndsWith("_at", StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : text;

    /// <summary>What is null or empty is not worth a line.</summary>
    private static void PrintLines(JsonElement value, string indent, string? firstIndent = null)
    {
        var start = firstIndent ?? indent;
        foreach (var member in value.EnumerateObject().Where(member => !IsEmpty(member.Value)))
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Console.Out.WriteLine($"{start}{EndpointPath.Printable(member.Name)}:");
                    PrintLines(member.Value, indent + "  ");
                    break;
                case JsonValueKind.Array:
                    Console.Out.WriteLine($"{start}{EndpointPath.Printable(member.Name)}:");
                    PrintItems(member.Value, indent + "  ");
                    break;
                default:
                    Console.Out.WriteLine($"{start}{EndpointPath.Printable(member.Name)}: {EndpointPath.Printable(member.Value.ToString())}");
                    break;
            }

            start = indent;
        }
    }

    private static void PrintItems(JsonElement items, string indent)
    {
        foreach (var item in items.EnumerateArray())
        {
            switch (item.ValueKind)
            {
                case JsonValueKind.Object:
                    PrintLines(item, indent + "  ", indent + "- ");
                    break;
                case JsonValueKind.Array:
                    Console.Out.WriteLine($"{indent}- {EndpointPath.Printable(item.GetRawText())}");
                    break;
                default:
                    Console.Out.WriteLine($"{indent}- {EndpointPath.Printable(item.ToString())}");
                    break;
            }
        }
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };
}
