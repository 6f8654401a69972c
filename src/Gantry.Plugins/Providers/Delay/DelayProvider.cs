using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Delay;

/// <summary>Waits a little within a step. What is longer is for the control step 'wait', which costs nothing meanwhile and outlives the process.</summary>
public sealed class DelayProvider : IProvider
{
    private static readonly TimeSpan longest = TimeSpan.FromHours(1);

    public string Id => "delay";

    public string Title => "Delay";

    public string Help => "Waits for a time before the plan goes on.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "wait",
            Help = "Waits for a while, or until a time.",
            Parameters =
            [
                new() { Name = "for", Type = SettingType.Duration, Help = "How long: 30s. At most an hour; the step 'wait' of plans waits longer." },
                new() { Name = "until", Help = "Until when: 2026-01-31T12:00:00Z. A time that is over is not waited for." },
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var begin = call.Clock.GetUtcNow();
        var time = TimeOf(parameters, begin);
        if (time > longest)
        {
            throw HttpCall.Bad($"An action waits at most {Duration.Format(longest)}. Use the step 'wait' of plans, which waits as long as it is told: - wait: 2d");
        }

        if (time > TimeSpan.Zero)
        {
            await Task.Delay(time, call.Clock, cancellationToken);
        }

        return ProviderResult.Success(JsonSerializer.SerializeToElement(new { waited_seconds = (call.Clock.GetUtcNow() - begin).TotalSeconds }));
    }

    private static TimeSpan TimeOf(HttpCall parameters, DateTimeOffset now) => (parameters.FindText("for"), parameters.FindText("until")) switch
    {
        ({ } duration, null) when Duration.TryParse(duration, out var time) => time,
        (null, { } text) when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time - now,
        (null, not null) => throw HttpCall.Bad("'until' is a time such as 2026-01-31T12:00:00Z."),
        _ => throw HttpCall.Bad("Give 'for' or 'until', one of them."),
    };
}
