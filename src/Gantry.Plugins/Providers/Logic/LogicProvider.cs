using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Logic;

/// <summary>Shapes values between steps. References and functions do the work; the result is what they give.</summary>
public sealed class LogicProvider : IProvider
{
    public string Id => "logic";

    public string Title => "Logic";

    public string Help => "Builds values out of what earlier steps gave.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "transform",
            Help = "Gives the value that 'value' or 'set' builds.",
            Parameters =
            [
                new() { Name = "value", Type = SettingType.Any, Help = "The output itself: any value." },
                new() { Name = "set", Type = SettingType.Map, Help = "The output as a map of names and values." },
            ],
            IsPure = true,
        },
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var hasValue = call.Parameters.TryGetProperty("value", out var value);
        var hasSet = call.Parameters.TryGetProperty("set", out var set);
        return Task.FromResult((hasValue, hasSet) switch
        {
            (true, false) => ProviderResult.Success(value),
            (false, true) => ProviderResult.Success(set),
            (true, true) => Bad("Give 'value' or 'set', not both: each is the whole output."),
            _ => Bad("Give 'value' (any value) or 'set' (a map): it becomes the output."),
        });
    }

    private static ProviderResult Bad(string message) => ProviderResult.Failure(new() { Kind = ProviderErrorKind.BadRequest, Message = message });
}
