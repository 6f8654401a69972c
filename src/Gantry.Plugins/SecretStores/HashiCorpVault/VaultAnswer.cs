using System.Net;
using System.Text.Json;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>One answer: its status and its JSON, which is undefined when there is none.</summary>
internal sealed record VaultAnswer(HttpStatusCode Status, JsonElement Body)
{
    private const int ErrorsMax = 3;
    private const int ErrorLengthMax = 200;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>A member of a member, such as data.metadata; undefined when one is not there.</summary>
    public JsonElement Find(params ReadOnlySpan<string> path)
    {
        var value = Body;
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return default;
            }
        }

        return value;
    }

    /// <summary>What it says went wrong, on one line; empty when it says nothing.</summary>
    public string Errors => Find("errors") is { ValueKind: JsonValueKind.Array } errors
        ? string.Join("; ", errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.String).Take(ErrorsMax).Select(error => OneLine(error.GetString()!)))
        : "";

    private static string OneLine(string text)
    {
        var line = Engine.Endpoints.EndpointPath.Printable(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return line.Length > ErrorLengthMax ? line[..ErrorLengthMax] + "…" : line;
    }
}
