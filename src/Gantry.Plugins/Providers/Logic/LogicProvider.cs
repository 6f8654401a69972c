using System.Text.Json;
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
        new()
        {
            Id = "filter",
            Help = "Gives the items of a list that meet conditions, in their order.",
            Parameters =
            [
                new() { Name = "items", Type = SettingType.List, IsRequired = true, Help = "The list." },
                new()
                {
                    Name = "where", Type = SettingType.Any, IsRequired = true,
                    Help = "A map of paths and the values that are to be there, such as {customer.country: AT}; or a list of {field, is, value}, where 'is' is one of: "
                        + string.Join(", ", FilterCondition.Operators) + ".",
                },
                new() { Name = "match", Default = Scalars.Text("all"), Choices = ["all", "any"], Help = "Whether an item meets all conditions, or any of them." },
            ],
            IsPure = true,
        },
    ];

    public string? WhereElse(string actionId) => actionId switch
    {
        "if" => "Deciding what runs is a control step of its own: '- if: ${…}' with 'then' and 'else', which hold steps.",
        "switch" => "Deciding what runs is a control step of its own: '- if: ${…}' with 'then' and 'else', where 'else' may hold the next 'if'. For a value by another, index a map: ${input.prices[input.size]}.",
        "foreach" or "for_each" or "each" or "loop" => "Running steps for each item is a control step of its own: '- each: ${…}' with 'steps', in which the item is ${item}.",
        "merge" => "What branches gave is put together by logic.transform: 'value' and 'set' may refer to the outputs of any steps before.",
        _ => null,
    };

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        if (call.Action == "filter")
        {
            return Task.FromResult(Filter(call, cancellationToken));
        }

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

    private static ProviderResult Filter(ProviderCall call, CancellationToken cancellationToken)
    {
        var conditions = FilterCondition.Read(call.Parameters.GetProperty("where"));
        var isAny = call.Parameters.TryGetProperty("match", out var match) && match.ValueEquals("any");
        List<JsonElement> kept = [];
        foreach (var item in call.Parameters.GetProperty("items").EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isAny ? conditions.Any(condition => condition.Fits(item)) : conditions.All(condition => condition.Fits(item)))
            {
                kept.Add(item);
            }
        }

        return ProviderResult.Success(JsonSerializer.SerializeToElement(kept), $"{kept.Count} of {call.Parameters.GetProperty("items").GetArrayLength()} kept.");
    }

    private static ProviderResult Bad(string message) => ProviderResult.Failure(new() { Kind = ProviderErrorKind.BadRequest, Message = message });
}
