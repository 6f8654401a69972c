using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>One item of a plan's 'notify' list: on what occasion somebody is told, and by which action.</summary>
public sealed record NotifyRule
{
    public const string Failure = "failure";
    public const string Success = "success";

    /// <summary>The first success after a failure.</summary>
    public const string Recovery = "recovery";

    /// <summary>What should have come did not, or cannot come any more.</summary>
    public const string ExpectationMissed = "expectation_missed";

    public static IReadOnlyList<string> Occasions { get; } = [Failure, Success, Recovery, ExpectationMissed];

    /// <summary>At least one of <see cref="Occasions"/>.</summary>
    public required IReadOnlyList<string> On { get; init; }

    public required string Provider { get; init; }

    public required string Action { get; init; }

    /// <summary>An object. Its references find what is told of in ${trigger}.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>Of the same cause is told at most once within this; null means each time.</summary>
    public TimeSpan? AtMostEvery { get; init; }

    public string Use => $"{Provider}.{Action}";

    /// <summary>
    /// The step that tells it: where the rule leaves it open, the action's own parameters for telling something (<see cref="ProviderAction.Tells"/>) are filled in. A crash in
    /// the middle of it leads to another attempt: hearing of a failure twice is better than not at all.
    /// </summary>
    public ActionStep StepWith(ProviderCatalog providers)
    {
        var parameters = Parameters.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);
        foreach (var (name, template) in providers.FindAction(Provider, Action)?.Tells ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            parameters.TryAdd(name, Settings.Scalars.Text(template));
        }

        return new ActionStep
        {
            Id = "tell",
            Provider = Provider,
            Action = Action,
            Parameters = JsonSerializer.SerializeToElement(parameters),
            IsRepeatable = true,
            Retry = new RetryPolicy { Attempts = 8, Delay = TimeSpan.FromSeconds(5), Factor = 3, Max = TimeSpan.FromMinutes(15), HasJitter = true },
        };
    }
}
