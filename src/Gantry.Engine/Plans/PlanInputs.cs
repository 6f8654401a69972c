using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>The values a plan is started with.</summary>
public static class PlanInputs
{
    private static readonly JsonElement None = JsonElement.Parse("{}"u8);

    /// <summary>
    /// An object with every declared input: what was given, in its type, else the default, else null. What is missing, of another type or not declared becomes a
    /// finding; the object is meaningful only when there is none. Null stands for no inputs at all.
    /// </summary>
    public static JsonElement Complete(Plan plan, JsonElement? given, ICollection<SettingFinding> findings)
    {
        var values = given is { ValueKind: not JsonValueKind.Null } value ? value : None;
        if (values.ValueKind != JsonValueKind.Object)
        {
            findings.Add(new("inputs", $"The inputs are a map of names and values, not {SettingCheck.Describe(values)}."));
            return None;
        }

        return SettingCheck.Complete([.. plan.Inputs.Select(Describe)], values, findings, "input");
    }

    /// <summary>An input as forms and command-line help see it.</summary>
    public static Setting Describe(PlanInput input) => new()
    {
        Name = input.Name,
        Type = input.Type,
        IsRequired = input.IsRequired,
        Default = input.Default ?? (input.IsRequired ? null : Scalars.Null),
        Help = input.Description ?? "",
    };
}
