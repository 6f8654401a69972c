using System.Globalization;
using System.Text.Json;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>What an AI says that its answer used, under whichever of the usual names, as <see cref="ProviderResult.Metadata"/>.</summary>
public static class TokenUse
{
    public const string Input = "input_tokens";
    public const string Output = "output_tokens";
    public const string Cost = "cost";

    /// <summary>The category of the providers whose answers are looked through.</summary>
    internal const string Category = "AI";

    // What was read from or written to a vendor's cache is counted beside 'input_tokens', and is used all the same.
    private static readonly string[][] InputPaths =
    [
        ["usage", "prompt_tokens"], ["usage", "input_tokens"], ["usage", "cache_creation_input_tokens"], ["usage", "cache_read_input_tokens"],
        ["usage", "tokens", "input_tokens"], ["usageMetadata", "promptTokenCount"], ["prompt_eval_count"],
    ];

    private static readonly string[][] OutputPaths =
    [
        ["usage", "completion_tokens"], ["usage", "output_tokens"], ["usage", "tokens", "output_tokens"],
        ["usageMetadata", "candidatesTokenCount"], ["usageMetadata", "thoughtsTokenCount"], ["eval_count"],
    ];

    /// <summary>Nothing is told.</summary>
    internal static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Of two answers together.</summary>
    internal static IReadOnlyDictionary<string, string> Sum(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Concat(other).GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(pair => decimal.Parse(pair.Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>Tokens and, where the vendor says it, what they cost: where the manifest says that they stand, else under whichever of the usual names. Empty when the answer tells nothing.</summary>
    internal static IReadOnlyDictionary<string, string> Of(VendorAnswer answer, Manifest manifest, ManifestAction action)
    {
        if ((action.Response.Usage ?? manifest.Usage) is { } named)
        {
            return Told(Sum(named.Input, answer), Sum(named.Output, answer), named.Cost is { } path ? Number(answer.Find(path)) : null);
        }

        return action.Response.Form == AnswerForm.File ? None : Of(answer.Body);
    }

    /// <summary>By the usual names.</summary>
    public static IReadOnlyDictionary<string, string> Of(JsonElement answer) =>
        Told(Sum(answer, InputPaths), Sum(answer, OutputPaths), Number(Find(answer, ["usage", "cost"])));

    private static Dictionary<string, string> Told(long? input, long? output, decimal? cost)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        if (input is not null) found[Input] = input.Value.ToString(CultureInfo.InvariantCulture);
        if (output is not null) found[Output] = output.Value.ToString(CultureInfo.InvariantCulture);
        if (cost is >= 0) found[Cost] = cost.Value.ToString(CultureInfo.InvariantCulture);
        return found;
    }

    private static long? Sum(IReadOnlyList<AnswerPath> paths, VendorAnswer answer)
    {
        long? sum = null;
        foreach (var path in paths)
        {
            // Several by [*] are a list; headers are texts.
            var value = answer.Find(path);
            foreach (var one in value is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(item => (JsonElement?)item) : [value])
            {
                if (Number(one) is { } number && number is >= 0 and <= int.MaxValue) sum = (sum ?? 0) + (long)decimal.Ceiling(number);
            }
        }

        return sum;
    }

    /// <summary>Null when it is none.</summary>
    private static decimal? Number(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetDecimal(out var amount) ? amount : null,
        { ValueKind: JsonValueKind.String } text => decimal.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null,
        _ => null,
    };

    /// <summary>Null when none of them is there.</summary>
    private static long? Sum(JsonElement answer, string[][] paths)
    {
        long? sum = null;
        foreach (var path in paths)
        {
            if (Find(answer, path) is { } value && value.TryGetInt64(out var tokens) && tokens is >= 0 and <= int.MaxValue) sum = (sum ?? 0) + tokens;
        }

        return sum;
    }

    private static JsonElement? Find(JsonElement value, string[] path)
    {
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value)) return null;
        }

        return value.ValueKind == JsonValueKind.Number ? value : null;
    }
}
