using System.Collections;
using System.Collections.Frozen;

namespace Gantry.Engine.Plans;

/// <summary>
/// What ${env.NAME} may find. On the command line the plan is the user's own and sees the user's environment. A hub's environment holds the hub's
/// keys: there a plan sees only the variables that its administrator named for plans, GANTRY_ENV_NAME, as NAME.
/// </summary>
public static class PlanEnvironment
{
    public const string HubPrefix = "GANTRY_ENV_";

    public static IReadOnlyDictionary<string, string> Empty { get; } = FrozenDictionary<string, string>.Empty;

    /// <summary>All of this process's variables.</summary>
    public static IReadOnlyDictionary<string, string> ForCommandLine() => Read("");

    /// <summary>Those that begin with <see cref="HubPrefix"/>, without it.</summary>
    public static IReadOnlyDictionary<string, string> ForHub() => Read(HubPrefix);

    private static FrozenDictionary<string, string> Read(string prefix) =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(pair => KeyValuePair.Create((string)pair.Key, pair.Value as string ?? ""))
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && pair.Key.Length > prefix.Length)
            .ToFrozenDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
}
