namespace Gantry.Hub.Triggers;

/// <summary>What the settings say of triggers.</summary>
internal sealed record TriggerOptions
{
    public TimeSpan EventsKept { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many calls a minute one webhook takes.</summary>
    public int PerMinuteOfWebhook { get; init; } = int.MaxValue;
}
