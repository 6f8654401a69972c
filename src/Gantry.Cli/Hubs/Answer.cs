using System.Buffers;
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
                [.. items.Select(item => (IReadOnlyList<string?>)[.. members.Select(member => item.FindText(member))])]);
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

    private static void PrintLines(JsonElement value, string indent)
    {
        foreach (var member in value.EnumerateObject())
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.Object:
                    Console.Out.WriteLine($"{indent}{member.Name}:");
                    PrintLines(member.Value, indent + "  ");
                    break;
                case JsonValueKind.Array:
                    Console.Out.WriteLine($"{indent}{member.Name}:");
                    PrintItems(member.Value, indent + "  ");
                    break;
                default:
                    Console.Out.WriteLine($"{indent}{member.Name}: {EndpointPath.Printable(member.Value.ToString())}");
                    break;
            }
        }
    }

    private static void PrintItems(JsonElement items, string indent)
    {
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                Console.Out.WriteLine($"{indent}-");
                PrintLines(item, indent + "  ");
            }
            else
            {
                Console.Out.WriteLine($"{indent}- {EndpointPath.Printable(item.ToString())}");
            }
        }
    }
}
