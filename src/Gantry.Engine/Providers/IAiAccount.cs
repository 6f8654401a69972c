using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Answers;

namespace Gantry.Engine.Providers;

/// <summary>Counts what is used of AIs, and says when it is enough: of one execution, or of a workspace.</summary>
public interface IAiAccount
{
    /// <summary>Takes what a call may use, before it is made. Null when it may be made; otherwise why it may not, and nothing was taken.</summary>
    ValueTask<string?> TakeAsync(long tokens, CancellationToken cancellationToken);

    /// <summary>What was used takes the place of what was taken.</summary>
    ValueTask SettleAsync(long taken, AiUse used);
}

/// <summary>What was used of an AI.</summary>
/// <param name="Tokens">Of questions and answers together.</param>
/// <param name="Cost">In the vendor's currency; 0 when it does not say.</param>
public readonly record struct AiUse(long Tokens, decimal Cost)
{
    /// <summary>What an answer of no stated length is taken to have.</summary>
    private const long AnswerTokens = 1_000;

    private static readonly string[] AnswerBounds = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

    /// <summary>As a call's metadata tell it; null when they do not.</summary>
    public static AiUse? In(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return null;
        }

        var (input, output) = (Number(metadata, TokenUse.Input), Number(metadata, TokenUse.Output));
        decimal? cost = metadata.TryGetValue(TokenUse.Cost, out var text) && decimal.TryParse(text, CultureInfo.InvariantCulture, out var amount) && amount >= 0 ? amount : null;
        return input is null && output is null && cost is null ? null : new AiUse((input ?? 0) + (output ?? 0), cost ?? 0);
    }

    /// <summary>About what a call with these parameters may use: four bytes are a token, and the answer is as long as it may be.</summary>
    public static long Expected(JsonElement parameters)
    {
        var input = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(parameters).Length / 4;
        foreach (var name in AnswerBounds)
        {
            if (parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var most) && most is > 0 and <= int.MaxValue)
            {
                return input + most;
            }
        }

        return input + AnswerTokens;
    }

    private static long? Number(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
