using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>A pure function: so many arguments, and what it makes of them.</summary>
internal sealed record Function(string Name, int ArgumentsMin, int ArgumentsMax, Func<IReadOnlyList<Expression>, Scope, Answer> Evaluate)
{
    /// <summary>The second argument is evaluated for each item of the first, and may refer to the item's members by their bare names.</summary>
    public bool IsPerItem { get; init; }
}

/// <summary>All there is: small, pure, and paid for by what they make.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, Function> ByName = new Function[]
    {
        new("length", 1, 1, (arguments, scope) => Number(Length(Value(arguments[0], scope)))),
        new("upper", 1, 1, (arguments, scope) => Made(Text(arguments[0], scope, "upper").ToUpperInvariant(), scope)),
        new("lower", 1, 1, (arguments, scope) => Made(Text(arguments[0], scope, "lower").ToLowerInvariant(), scope)),
        new("trim", 1, 1, (arguments, scope) => Made(Text(arguments[0], scope, "trim").Trim(), scope)),
        new("contains", 2, 2, (arguments, scope) => Contains(Value(arguments[0], scope), Value(arguments[1], scope), scope)),
        new("split", 2, 2, (arguments, scope) => Split(Text(arguments[0], scope, "split"), Text(arguments[1], scope, "split"), scope)),
        new("join", 1, 2, (arguments, scope) => Join(List(arguments[0], scope, "join"), arguments.Count < 2 ? "," : Text(arguments[1], scope, "join"), scope)),
        new("first", 1, 1, (arguments, scope) => ItemAt(List(arguments[0], scope, "first"), fromEnd: false)),
        new("last", 1, 1, (arguments, scope) => ItemAt(List(arguments[0], scope, "last"), fromEnd: true)),
        new("replace", 3, 3, (arguments, scope) => Replace(
            Text(arguments[0], scope, "replace"), Text(arguments[1], scope, "replace"), Text(arguments[2], scope, "replace"), scope)),
        new("concat", 2, 16, (arguments, scope) => Made(string.Concat(arguments.Select(argument => Text(argument, scope, "concat"))), scope)),
        new("map", 2, 2, Map) { IsPerItem = true },
        new("filter", 2, 2, Filter) { IsPerItem = true },
        new("json", 1, 1, (arguments, scope) => Made(Value(arguments[0], scope).GetRawText(), scope)),
        new("date", 2, 2, (arguments, scope) => Made(Date(Text(arguments[0], scope, "date"), Text(arguments[1], scope, "date")), scope)),
        new("base64", 1, 1, (arguments, scope) => Made(Convert.ToBase64String(Bytes(arguments[0], scope, "base64")), scope)),
        new("base64url", 1, 1, (arguments, scope) => Made(Base64Url.EncodeToString(Bytes(arguments[0], scope, "base64url")), scope)),
        new("hex", 1, 1, (arguments, scope) => Made(Convert.ToHexStringLower(Bytes(arguments[0], scope, "hex")), scope)),
        new("urlencode", 1, 1, (arguments, scope) => Made(Uri.EscapeDataString(Text(arguments[0], scope, "urlencode")), scope)),
        new("hash", 1, 1, (arguments, scope) => Made(Convert.ToHexStringLower(SHA256.HashData(Bytes(arguments[0], scope, "hash"))), scope)),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    public static Function? Find(string name) => ByName.GetValueOrDefault(name);

    private static JsonElement Value(Expression argument, Scope scope)
    {
        var answer = argument.Evaluate(scope);
        if (answer.Missing is not null)
        {
            throw new ExpressionException(answer.Missing) { IsMissing = true };
        }

        scope.Spend(Values.SizeOf(answer.Value) / 64);
        return answer.Value;
    }

    private static string Text(Expression argument, Scope scope, string name) => Value(argument, scope) switch
    {
        { ValueKind: JsonValueKind.String } text => Values.TextOf(text),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } scalar => scalar.GetRawText(),
        var other => throw new ExpressionException($"{name} needs a text, and got {Values.Describe(other.ValueKind)}"),
    };

    private static byte[] Bytes(Expression argument, Scope scope, string name) => Encoding.UTF8.GetBytes(Text(argument, scope, name));

    private static JsonElement List(Expression argument, Scope scope, string name) => Value(argument, scope) is { ValueKind: JsonValueKind.Array } list
        ? list
        : throw new ExpressionException($"{name} needs a list");

    private static Answer Made(string text, Scope scope)
    {
        scope.Spend(text.Length / 16);
        return Scalars.Text(text);
    }

    private static Answer Number(long number) => JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Of a text in characters as people count code points.</summary>
    private static long Length(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Values.TextOf(value).EnumerateRunes().LongCount(),
        JsonValueKind.Array => value.GetArrayLength(),
        JsonValueKind.Object => value.GetPropertyCount(),
        var kind => throw new ExpressionException($"length needs a text, a list or a map, and got {Values.Describe(kind)}"),
    };

    private static Answer Contains(JsonElement value, JsonElement sought, Scope scope)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when sought.ValueKind == JsonValueKind.String:
                return Values.TextOf(value).Contains(Values.TextOf(sought), StringComparison.Ordinal);
            case JsonValueKind.Array:
                scope.Spend(value.GetArrayLength());
                return value.EnumerateArray().Any(item => Values.AreEqual(item, sought));
            case JsonValueKind.Object when sought.ValueKind == JsonValueKind.String:
                return value.TryGetProperty(Values.TextOf(sought), out _);
            default:
                throw new ExpressionException("contains needs a list and a value, a text and a text, or a map and a name");
        }
    }

    private static Answer Split(string text, string separator, Scope scope)
    {
        if (separator.Length == 0)
        {
            throw new ExpressionException("split needs a separator that is not empty");
        }

        scope.Spend(text.Length / 16);
        var parts = text.Split(separator);
        scope.Spend(parts.Length);
        return MakeList(writer =>
        {
            foreach (var part in parts)
            {
                writer.WriteStringValue(part);
            }
        });
    }

    private static Answer ItemAt(JsonElement list, bool fromEnd) => list.GetArrayLength() is var length && length > 0
        ? list[fromEnd ? length - 1 : 0]
        : Answer.None("the list is empty.");

    private static Answer Replace(string text, string sought, string replacement, Scope scope)
    {
        if (sought.Length == 0)
        {
            throw new ExpressionException("replace needs a text to look for that is not empty");
        }

        scope.Spend((text.Length / 16) + ((long)text.Length / sought.Length * replacement.Length / 16));
        return Made(text.Replace(sought, replacement, StringComparison.Ordinal), scope);
    }

    private static Answer Join(JsonElement list, string separator, Scope scope)
    {
        var parts = new List<string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            scope.Spend(1 + ((Values.SizeOf(item) + separator.Length) / 16));
            parts.Add(Values.Format(item));
        }

        return Made(string.Join(separator, parts), scope);
    }

    private static Answer Map(IReadOnlyList<Expression> arguments, Scope scope) =>
        PerItem(List(arguments[0], scope, "map"), scope, (writer, _) =>
        {
            var answer = arguments[1].Evaluate(scope);
            Write(writer, answer.Missing is null ? answer.Value : throw new ExpressionException(answer.Missing), scope);
        });

    private static Answer Filter(IReadOnlyList<Expression> arguments, Scope scope) =>
        PerItem(List(arguments[0], scope, "filter"), scope, (writer, item) =>
        {
            var answer = arguments[1].Evaluate(scope);
            switch (answer.Value.ValueKind)
            {
                case JsonValueKind.True when answer.Missing is null:
                    Write(writer, item, scope);
                    break;
                case JsonValueKind.False or JsonValueKind.Undefined or JsonValueKind.Null:
                    break;
                default:
                    throw new ExpressionException("filter needs a condition that is true or false for each item");
            }
        });

    private static Answer PerItem(JsonElement list, Scope scope, Action<Utf8JsonWriter, JsonElement> write)
    {
        var outer = scope.Item;
        try
        {
            return MakeList(writer =>
            {
                foreach (var item in list.EnumerateArray())
                {
                    scope.Item = item;
                    write(writer, item);
                }
            });
        }
        finally
        {
            scope.Item = outer;
        }
    }

    private static Answer MakeList(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            write(writer);
            writer.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, Scope scope)
    {
        scope.Spend(1 + (Values.SizeOf(value) / 16));
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private static string Date(string text, string format)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw new ExpressionException("date needs a time such as 2026-01-31T12:00:00Z");
        }

        try
        {
            return time.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw new ExpressionException("date needs a format such as \"yyyy-MM-dd\"");
        }
    }
}
