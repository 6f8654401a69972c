using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Json;

/// <summary>JSON as text, read, written, and searched by paths (RFC 9535).</summary>
public sealed class JsonProvider : IProvider
{
    private const int LinesMax = 1_000_000;
    private static readonly JsonDocumentOptions strict = new() { MaxDepth = 56, AllowDuplicateProperties = false };

    public string Id => "json";

    public string Title => "JSON";

    public string Help => "Reads, writes and searches JSON.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "parse",
            Help = "Reads JSON into a value, which is the output.",
            Parameters =
            [
                .. TextFile.Reading,
                new() { Name = "lines", Type = SettingType.Boolean, Default = Scalars.False, Help = "true reads a value a line (JSON Lines), and gives a list of them." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "build",
            Help = "Writes a value as JSON.",
            Parameters =
            [
                new() { Name = "value", Type = SettingType.Any, IsRequired = true, Help = "Any value." },
                new() { Name = "indent", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether it is laid out for people." },
                new() { Name = "lines", Type = SettingType.Boolean, Default = Scalars.False, Help = "true writes each item of a list in a line of its own (JSON Lines)." },
                TextFile.To,
                TextFile.Encoding,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "query",
            Help = "Finds values in a value by a path.",
            Parameters =
            [
                new() { Name = "value", Type = SettingType.Any, IsRequired = true, Help = "Any value." },
                new() { Name = "path", IsRequired = true, Help = "A JSONPath, such as $.items[?@.size > 5].title." },
            ],
            IsPure = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        switch (call.Action)
        {
            case "parse":
                var text = await TextFile.ReadAsync(call, parameters, cancellationToken);
                return ProviderResult.Success(HasLines(parameters) ? ParseLines(text) : Parse(text, "It"));
            case "build":
                return await TextFile.WriteAsync(call, parameters, Build(call.Parameters.GetProperty("value"), parameters), cancellationToken);
            default:
                var found = JsonPath.Parse(parameters.FindText("path") ?? "").Find(call.Parameters.GetProperty("value"), cancellationToken);
                return ProviderResult.Success(Output(found), $"{found.Count} found.");
        }
    }

    private static bool HasLines(HttpCall parameters) => parameters.Find("lines") is { ValueKind: JsonValueKind.True };

    private static JsonElement Parse(string text, string what)
    {
        try
        {
            return JsonElement.Parse(HalfPairs.Mend(text.StartsWith('\uFEFF') ? text[1..] : text), strict);
        }
        catch (JsonException exception)
        {
            throw HttpCall.Bad($"{what} is no JSON: {exception.Message}");
        }
    }

    private static JsonElement ParseLines(string text)
    {
        List<JsonElement> values = [];
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                values.Add(values.Count < LinesMax ? Parse(line, $"Line {index + 1}") : throw HttpCall.Bad($"There are more than {LinesMax:N0} lines."));
            }
        }

        return JsonSerializer.SerializeToElement(values);
    }

    private static string Build(JsonElement value, HttpCall parameters)
    {
        if (!HasLines(parameters))
        {
            return Written(value, parameters.Find("indent") is { ValueKind: JsonValueKind.True });
        }

        return value.ValueKind == JsonValueKind.Array
            ? string.Concat(value.EnumerateArray().Select(item => Written(item, isIndented: false) + "\n"))
            : throw HttpCall.Bad("With 'lines', 'value' is a list.");
    }

    private static string Written(JsonElement value, bool isIndented)
    {
        // It goes into files, not into pages, so that letters stay letters.
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>{first, values, count}.</summary>
    private static JsonElement Output(IReadOnlyList<JsonElement> found) => JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["first"] = found.Count > 0 ? found[0] : null,
        ["values"] = found,
        ["count"] = found.Count,
    });
}
