using System.Globalization;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Hub.Planner;

/// <summary>The actions that fit the words of a wish, best first: what an AI is told of the catalogue.</summary>
internal sealed class ActionSearch(ProviderCatalog providers)
{
    private const int ActionsMax = 30;

    /// <summary>So many providers are read for their actions' help; the rest is known by names alone.</summary>
    private const int ProvidersMax = 20;
    private const int PerProviderMax = 8;
    private const int ParametersMax = 25;
    private const int HelpCharactersMax = 160;
    private const int WordLengthMin = 3;

    /// <summary>Plans of every kind need these.</summary>
    private static readonly string[] Always = ["transfer.copy", "transfer.sync", "http.request", "logic.transform", "webhook.post"];

    private static readonly HashSet<string> Empty = new(
        ["the", "and", "for", "from", "with", "that", "this", "then", "when", "all", "are", "our", "you", "into", "each", "every", "have", "has", "new", "not", "but", "its", "over", "please", "want"],
        StringComparer.OrdinalIgnoreCase);

    /// <param name="wish">What a person wrote.</param>
    /// <param name="connected">The names that the caller has credentials for: of two that fit alike, the one that can be used.</param>
    public IReadOnlyList<(IProvider Provider, ProviderAction Action)> Find(string wish, IReadOnlySet<string> connected)
    {
        var words = WordsOf(wish);
        var best = providers.All
            .Select(provider => (Provider: provider, Score: ScoreOf(provider, words) + (connected.Contains(provider.Id) ? 1 : 0)))
            .Where(found => found.Score > 0)
            .OrderByDescending(found => found.Score).ThenBy(found => found.Provider.Id, StringComparer.Ordinal)
            .Take(ProvidersMax);
        var fitting = best
            .SelectMany(found => found.Provider.Actions
                .Select(action => (found.Provider, Action: action, Score: (2 * found.Score) + (2 * Hits(action.Id, words)) + Hits(action.Help, words)))
                .OrderByDescending(action => action.Score).Take(PerProviderMax))
            .OrderByDescending(found => found.Score).ThenBy(found => $"{found.Provider.Id}.{found.Action.Id}", StringComparer.Ordinal)
            .Select(found => (found.Provider, found.Action));
        return [.. Basics().Concat(fitting).DistinctBy(found => (found.Provider.Id, found.Action.Id)).Take(ActionsMax)];
    }

    /// <summary>One action and what it takes, as lines of text.</summary>
    public static string Describe(IProvider provider, ProviderAction action) =>
        $"- {provider.Id}.{action.Id} ({provider.Title}): {Short(action.Help)}\n" + string.Concat(action.Parameters
            .OrderByDescending(parameter => parameter is { IsRequired: true, Default: null }).Take(ParametersMax).Select(Describe));

    private static string Describe(Setting parameter)
    {
        var traits = parameter.Type.ToString().ToLower(CultureInfo.InvariantCulture)
            + (parameter is { IsRequired: true, Default: null } ? ", required" : "") + (parameter.IsSecret ? ", secret" : "")
            + (parameter.Choices.Count > 0 ? $", one of {string.Join(" | ", parameter.Choices.Take(20))}" : "");
        return $"    {parameter.Name} ({traits}): {Short(parameter.Help)}\n";
    }

    private IEnumerable<(IProvider Provider, ProviderAction Action)> Basics()
    {
        foreach (var use in Always)
        {
            var parts = use.Split('.');
            if (providers.Find(parts[0]) is { } provider && provider.Actions.FirstOrDefault(action => action.Id == parts[1]) is { } action) yield return (provider, action);
        }
    }

    private static int ScoreOf(IProvider provider, IReadOnlyList<string> words) =>
        (4 * Hits(provider.Id, words)) + (3 * Hits(provider.Title, words)) + Hits(provider.Category, words) + Hits(provider.Help, words)
        + Math.Min(4, words.Count(word => provider.ActionIds.Any(action => Holds(action, word))));

    private static int Hits(string text, IReadOnlyList<string> words) => words.Count(word => Holds(text, word));

    /// <summary>As a word of its own or the beginning of one: "mail" is in "mailgun", "art" not in "start".</summary>
    private static bool Holds(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1])) return true;
        return false;
    }

    private static IReadOnlyList<string> WordsOf(string wish) =>
    [
        .. string.Concat(wish.Select(character => char.IsLetterOrDigit(character) ? character : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= WordLengthMin && !Empty.Contains(word))
            .Select(word => word.Length > 4 && word.EndsWith('s') ? word[..^1] : word)
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(100),
    ];

    private static string Short(string text) => text.Length <= HelpCharactersMax ? text : text[..HelpCharactersMax] + "…";
}
