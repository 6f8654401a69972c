using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>
/// Whether a value has the form that a JSON Schema asks for: the keywords that AIs are given (https://json-schema.org/draft/2020-12). What it does not know bounds nothing, and '$ref'
/// leads within the schema only.
/// </summary>
internal sealed class AnswerSchema(JsonElement root)
{
    private const int ProblemsMax = 10;
    private const int DepthMax = 100;
    private const int LooksMax = 200_000;

    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    private readonly List<string> problems = [];
    private int looks;

    /// <summary>Sentences that name the places, the first ten; empty when the value fits.</summary>
    public IReadOnlyList<string> ProblemsOf(JsonElement value)
    {
        problems.Clear();
        looks = 0;
        Check(root, value, "$", 0, problems);
        return problems;
    }

    /// <summary>False when nothing more is to be looked at.</summary>
    private void Check(JsonElement schema, JsonElement value, string place, int depth, List<string> found)
    {
        if (found.Count >= ProblemsMax)
        {
            return;
        }

        if (depth > DepthMax || ++looks > LooksMax)
        {
            Add(found, place, "is nested too deeply to be checked");
            return;
        }

        if (schema.ValueKind == JsonValueKind.False)
        {
            Add(found, place, "is not allowed");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            CheckKeyword(schema, keyword.Name, keyword.Value, value, place, depth, found);
        }
    }

    private void CheckKeyword(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string place, int depth, List<string> found)
    {
        switch (keyword)
        {
            case "$ref":
                if (Resolve(argument) is { } target)
                {
                    Check(target, value, place, depth + 1, found);
                }

                break;
            case "type":
                if (!Types(argument).Any(type => IsA(type, value)))
                {
                    Add(found, place, $"is to be {string.Join(" or ", Types(argument))}");
                }

                break;
            case "enum" when argument.ValueKind == JsonValueKind.Array:
                if (!argument.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
                {
                    Add(found, place, $"is to be one of {Shown(argument)}");
                }

                break;
            case "const":
                if (!JsonElement.DeepEquals(argument, value))
                {
                    Add(found, place, $"is to be {Shown(argument)}");
                }

                break;
            case "anyOf" or "oneOf" when argument.ValueKind == JsonValueKind.Array:
                var fitting = argument.EnumerateArray().Count(one => Fits(one, value, place, depth));
                if (fitting == 0 || (keyword == "oneOf" && fitting > 1))
                {
                    Add(found, place, fitting == 0 ? "fits none of the forms that it may have" : "fits more than one of the forms of which it is to have one");
                }

                break;
            case "allOf" when argument.ValueKind == JsonValueKind.Array:
                foreach (var one in argument.EnumerateArray())
                {
                    Check(one, value, place, depth + 1, found);
                }

                break;
            case "not":
                if (Fits(argument, value, place, depth))
                {
                    Add(found, place, "has a form that it may not have");
                }

                break;
            default:
                switch (value.ValueKind)
                {
                    case JsonValueKind.Object:
                        CheckObject(schema, keyword, argument, value, place, depth, found);
                        break;
                    case JsonValueKind.Array:
                        CheckList(keyword, argument, value, place, depth, found);
                        break;
                    case JsonValueKind.String:
                        CheckText(keyword, argument, value.GetString()!, place, found);
                        break;
                    case JsonValueKind.Number:
                        CheckNumber(keyword, argument, value, place, found);
                        break;
                }

                break;
        }
    }

    private void CheckObject(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string place, int depth, List<string> found)
    {
        switch (keyword)
        {
            case "required" when argument.ValueKind == JsonValueKind.Array:
                foreach (var name in argument.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _)))
                {
                    Add(found, $"{place}.{name.GetString()}", "is missing");
                }

                break;
            case "properties" when argument.ValueKind == JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (argument.TryGetProperty(member.Name, out var own))
                    {
                        Check(own, member.Value, $"{place}.{member.Name}", depth + 1, found);
                    }
                }

                break;
            case "additionalProperties":
                foreach (var member in value.EnumerateObject().Where(member => !(schema.TryGetProperty("properties", out var known) && known.ValueKind == JsonValueKind.Object && known.TryGetProperty(member.Name, out _))))
                {
                    Check(argument, member.Value, $"{place}.{member.Name}", depth + 1, found);
                }

                break;
        }
    }

    private void CheckList(string keyword, JsonElement argument, JsonElement value, string place, int depth, List<string> found)
    {
        switch (keyword)
        {
            case "items":
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Check(argument, item, $"{place}[{index++}]", depth + 1, found);
                }

                break;
            case "minItems" when value.GetArrayLength() < Number(argument):
                Add(found, place, $"is to have {Shown(argument)} items or more");
                break;
            case "maxItems" when value.GetArrayLength() > Number(argument):
                Add(found, place, $"is to have {Shown(argument)} items at most");
                break;
        }
    }

    private static void CheckText(string keyword, JsonElement argument, string text, string place, List<string> found)
    {
        switch (keyword)
        {
            case "minLength" when text.EnumerateRunes().Count() < Number(argument):
                Add(found, place, $"is to have {Shown(argument)} characters or more");
                break;
            case "maxLength" when text.EnumerateRunes().Count() > Number(argument):
                Add(found, place, $"is to have {Shown(argument)} characters at most");
                break;
            case "pattern" when argument.ValueKind == JsonValueKind.String && !Matches(argument.GetString()!, text):
                Add(found, place, $"is to match {Shown(argument)}");
                break;
        }
    }

    private static void CheckNumber(string keyword, JsonElement argument, JsonElement value, string place, List<string> found)
    {
        var (number, bound) = (Number(value), Number(argument));
        var problem = keyword switch
        {
            "minimum" when number < bound => "is to be at least ",
            "maximum" when number > bound => "is to be at most ",
            "exclusiveMinimum" when number <= bound => "is to be more than ",
            "exclusiveMaximum" when number >= bound => "is to be less than ",
            _ => null,
        };
        if (problem is not null)
        {
            Add(found, place, problem + Shown(argument));
        }
    }

    private bool Fits(JsonElement schema, JsonElement value, string place, int depth)
    {
        List<string> found = [];
        Check(schema, value, place, depth + 1, found);
        return found.Count == 0;
    }

    private JsonElement? Resolve(JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String || reference.GetString() is not ['#', ..] text)
        {
            return null;
        }

        var at = root;
        foreach (var part in text[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out at))
            {
                return null;
            }
        }

        return at;
    }

    private static bool IsA(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static IEnumerable<string> Types(JsonElement argument) => argument.ValueKind switch
    {
        JsonValueKind.String => [argument.GetString()!],
        JsonValueKind.Array => argument.EnumerateArray().Where(type => type.ValueKind == JsonValueKind.String).Select(type => type.GetString()!),
        _ => ["any"],
    };

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    // A pattern that this program cannot read, or not in time, bounds nothing.
    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.ECMAScript, PatternTime);
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? text[..200] + "…" : value.GetRawText();

    private static void Add(List<string> found, string place, string problem)
    {
        if (found.Count < ProblemsMax)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{EndpointPath.Printable(place)} {problem}."));
        }
    }
}
