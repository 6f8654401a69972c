using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Engine.Providers;

namespace Gantry.Hub.Executions;

/// <summary>The JSON that executions are kept and told in.</summary>
internal static class ExecutionJson
{
    private static readonly JsonDocumentOptions Documents = new() { MaxDepth = 512 };

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonElement Parse(string text) => JsonElement.Parse(text, Documents);

    public static string Of(ProviderError error) => Write(json => WriteError(json, error));

    /// <summary>As the API tells it: kind, message, transient, status, retry_after in seconds.</summary>
    public static void WriteError(Utf8JsonWriter json, ProviderError error)
    {
        json.WriteStartObject();
        json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Kind.ToString()));
        json.WriteString("message", Storable(error.Message));
        json.WriteBoolean("transient", error.IsTransient);
        if (error.Status is { } status)
            json.WriteNumber("status", status);
        if (error.RetryAfter is { } retryAfter)
            json.WriteNumber("retry_after", retryAfter.TotalSeconds);
        json.WriteEndObject();
    }

    public static ProviderError ParseError(string text)
    {
        var error = Parse(text);
        return new ProviderError
        {
            Kind = KindsByName[error.GetProperty("kind").GetString()!],
            Message = error.GetProperty("message").GetString()!,
            IsTransient = error.GetProperty("transient").GetBoolean(),
            Status = error.TryGetProperty("status", out var status) ? status.GetInt32() : null,
            RetryAfter = error.TryGetProperty("retry_after", out var retryAfter) ? TimeSpan.FromSeconds(retryAfter.GetDouble()) : null,
        };
    }

    public static string Of(IReadOnlyDictionary<string, string> metadata) => JsonSerializer.Serialize(metadata, Options);

    public static IReadOnlyDictionary<string, string> ParseMetadata(string text) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(text, Options)!;

    public static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>PostgreSQL's texts hold neither NUL nor half a character.</summary>
    public static string Storable(string text)
    {
        if (!text.AsSpan().ContainsAny(Unstorable))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString());
        return clean.ToString();
    }

    private static readonly Dictionary<string, ProviderErrorKind> KindsByName = Enum.GetValues<ProviderErrorKind>()
        .ToDictionary(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), StringComparer.Ordinal);

    private static readonly SearchValues<char> Unstorable =
        SearchValues.Create(['\0', .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code)]);
}
