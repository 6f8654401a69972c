using System.Text;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>One request as it arrived, byte for byte.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Host">As the Host header says it.</param>
/// <param name="Target">The path and the query as they were sent.</param>
/// <param name="Headers">Of several with one name the values are joined by commas.</param>
/// <param name="Body">Empty when there is none.</param>
internal sealed record RecordedRequest(string Method, string Host, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Question < 0 ? Target : Target[..Question];

    public IReadOnlyList<KeyValuePair<string, string>> Query => field ??= Pairs(Question < 0 ? "" : Target[(Question + 1)..]);

    public string Text => Encoding.UTF8.GetString(Body);

    private int Question => Target.IndexOf('?', StringComparison.Ordinal);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Of a query or a form.</summary>
    public static List<KeyValuePair<string, string>> Pairs(string text) =>
        [.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(parts => KeyValuePair.Create(Decoded(parts[0]), parts.Length > 1 ? Decoded(parts[1]) : ""))];

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
