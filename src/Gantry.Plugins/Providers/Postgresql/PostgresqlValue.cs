using System.Text;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>
/// What PostgreSQL writes as text, as JSON: numbers with all their digits, booleans, JSON itself, arrays as lists, bytes in base64, times as RFC 3339 has them. Everything
/// else (and what JSON has no form for, such as NaN and infinity) stays the text that it is.
/// </summary>
internal static class PostgresqlValue
{
    private const int NestingMax = 56;

    // The numbers of built-in types never change: src/include/catalog/pg_type.dat of PostgreSQL. Each with its name and the number of its array.
    private static readonly (uint Id, string Name, uint ArrayId)[] Types =
    [
        (16, "bool", 1000), (17, "bytea", 1001), (20, "int8", 1016), (21, "int2", 1005), (23, "int4", 1007), (25, "text", 1009), (26, "oid", 1028),
        (114, "json", 199), (700, "float4", 1021), (701, "float8", 1022), (1700, "numeric", 1231), (3802, "jsonb", 3807), (1042, "bpchar", 1014), (1043, "varchar", 1015),
        (1082, "date", 1182), (1083, "time", 1183), (1114, "timestamp", 1115), (1184, "timestamptz", 1185), (1186, "interval", 1187), (1266, "timetz", 1270),
        (2950, "uuid", 2951), (19, "name", 1003), (869, "inet", 1041), (650, "cidr", 651), (790, "money", 791),
    ];

    private static readonly Dictionary<uint, string> names = Types.ToDictionary(type => type.Id, type => type.Name);
    private static readonly Dictionary<uint, uint> itemsOfArrays = Types.ToDictionary(type => type.ArrayId, type => type.Id);

    /// <summary>The type's name where it is a built-in one, else "other": it came as text.</summary>
    public static string NameOf(uint typeId) =>
        names.GetValueOrDefault(typeId) ?? (itemsOfArrays.TryGetValue(typeId, out var item) ? $"{names[item]}[]" : "other");

    public static void Write(Utf8JsonWriter json, uint typeId, string text)
    {
        if (itemsOfArrays.TryGetValue(typeId, out var item))
        {
            new PostgresqlArray(text).Write(json, value => WriteScalar(json, item, value));
            return;
        }

        WriteScalar(json, typeId, text);
    }

    private static void WriteScalar(Utf8JsonWriter json, uint typeId, string text)
    {
        switch (names.GetValueOrDefault(typeId))
        {
            case "bool":
                json.WriteBooleanValue(text == "t");
                break;
            case "int2" or "int4" or "int8" or "oid" or "float4" or "float8" or "numeric" when Scalars.IsNumber(text):
                json.WriteRawValue(text, skipInputValidation: true);
                break;
            case "json" or "jsonb":
                WriteJson(json, text);
                break;
            case "bytea" when text.StartsWith("\\x", StringComparison.Ordinal):
                json.WriteBase64StringValue(Convert.FromHexString(text.AsSpan(2)));
                break;
            case "timestamp" or "timestamptz":
                json.WriteStringValue(TimeOf(text));
                break;
            default:
                json.WriteStringValue(text);
                break;
        }
    }

    /// <summary>What is nested too deeply for everybody who comes later stays text, as does half of a surrogate pair.</summary>
    private static void WriteJson(Utf8JsonWriter json, string text)
    {
        try
        {
            var value = JsonElement.Parse(HalfPairs.Mend(text), new JsonDocumentOptions { MaxDepth = NestingMax });
            value.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>"2026-01-31 12:00:00.5+00" as 2026-01-31T12:00:00.5Z; "infinity" and years before Christ stay as they are.</summary>
    private static string TimeOf(string text)
    {
        if (text.Length < 19 || text[10] != ' ' || text.EndsWith("BC", StringComparison.Ordinal))
        {
            return text;
        }

        var time = new StringBuilder(text) { [10] = 'T' };
        if (text.EndsWith("+00", StringComparison.Ordinal))
        {
            time.Length -= 3;
            time.Append('Z');
        }

        return time.ToString();
    }

    /// <summary>The value as text for the server, which knows the type it is to have; null for null.</summary>
    public static string? TextOf(JsonElement value, bool isArray) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Scalars.TextOf(value),
        JsonValueKind.Array when isArray => PostgresqlArray.Of(value),
        _ => value.GetRawText(),
    };
}
