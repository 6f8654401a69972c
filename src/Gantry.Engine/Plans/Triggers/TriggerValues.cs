using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>What a trigger's 'when' and 'inputs' come to for one thing that it saw.</summary>
public static class TriggerValues
{
    /// <summary>Whether an execution is started for it.</summary>
    /// <exception cref="PlanFormatException">'when' refers to what is not there, or gives neither true nor false.</exception>
    public static bool Wants(Trigger trigger, JsonElement seen, DateTimeOffset now)
    {
        if (trigger.When is not { } when)
        {
            return true;
        }

        var value = Evaluate("when", when, seen, now);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw new PlanFormatException($"'when' gives {SettingCheck.Describe(value)}, and not true or false."),
        };
    }

    /// <summary>
    /// What the execution is given. A trigger that says nothing of inputs gives, of a webhook's JSON body, the members that the plan has inputs for; null
    /// stands for none at all.
    /// </summary>
    /// <exception cref="PlanFormatException">'inputs' refers to what is not there.</exception>
    public static JsonElement? Inputs(Trigger trigger, Plan plan, JsonElement seen, DateTimeOffset now)
    {
        if (trigger.Inputs is { } inputs)
        {
            return Evaluate("inputs", inputs, seen, now);
        }

        if (trigger is not WebhookTrigger || plan.Inputs.Count == 0 || !seen.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var members = body.EnumerateObject().Where(member => plan.Inputs.Any(input => member.NameEquals(input.Name))).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        return JsonSerializer.SerializeToElement(members);
    }

    private static JsonElement Evaluate(string what, JsonElement value, JsonElement seen, DateTimeOffset now)
    {
        try
        {
            return Template.Compile(value, takesSecrets: false).Evaluate(new SeenScope(seen, now));
        }
        catch (ExpressionException exception)
        {
            throw new PlanFormatException($"The trigger's '{what}': {exception.Message}");
        }
    }

    private sealed class SeenScope(JsonElement seen, DateTimeOffset now) : Scope
    {
        protected override Answer FindRoot(Reference reference, out int taken)
        {
            taken = 0;
            return reference.Root switch
            {
                "trigger" => seen,
                "now" => Scalars.Text(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
                _ => Answer.None($"there is no '{reference}' to refer to here: a trigger knows ${{trigger.…}} and ${{now}}."),
            };
        }
    }
}
