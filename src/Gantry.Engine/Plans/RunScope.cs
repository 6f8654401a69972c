using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What references find while one step of one execution is made ready. Its "now" is the same in every attempt at the step.</summary>
internal sealed class RunScope(Execution execution, CompiledStep step, DateTimeOffset now) : Scope
{
    private static readonly string Roots = string.Join(", ", ReferenceCheck.Roots);

    protected override Answer FindRoot(Reference reference, out int taken)
    {
        taken = 0;
        switch (reference.Root, reference.Segments)
        {
            case ("input", _):
                return execution.Run.Inputs;
            case ("steps", [var id, var member, ..]):
                taken = 2;
                return FindStep(id, member.Name);
            case ("env", [var name, ..]):
                taken = 1;
                return FindVariable(name.Name);
            case (var variable, []) when ReferenceCheck.IsVariable(reference):
                return FindVariable(variable);
            case ("now", _):
                return Scalars.Text(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
            case ("execution", [{ Name: "id" }, ..]):
                taken = 1;
                return Scalars.Text(execution.Run.ExecutionId.ToString());
            case ("plan", [{ Name: "name" }, ..]):
                taken = 1;
                return execution.Run.Plan.Name is { } planName ? Scalars.Text(planName) : Answer.None("this plan has no name.");
            default:
                return Answer.None($"there is no '{reference}' to refer to. References begin with {Roots}.");
        }
    }

    private Answer FindVariable(string name) => execution.Run.Environment.TryGetValue(name, out var value)
        ? Scalars.Text(value)
        : Answer.None($"there is no variable '{name}' in the environment that plans see.");

    private Answer FindStep(Segment id, string member)
    {
        var index = execution.Plan.References.IndexOf(id);
        if (index < 0)
        {
            return Answer.None($"there is no step '{id.Name}'.");
        }

        if (index >= step.Index || execution.Ended(index) is not { } ended)
        {
            return Answer.None($"step '{id.Name}' has not run before this one.");
        }

        return member switch
        {
            "output" => ended.Output is { } output ? output : Answer.None($"step '{id.Name}' gave no output."),
            "message" => ended.Message is { } message ? Scalars.Text(message) : Answer.None($"step '{id.Name}' gave no message."),
            "metadata" => Metadata(ended),
            _ => Answer.None($"after the step stands one of {string.Join(", ", ReferenceCheck.StepMembers)}."),
        };
    }

    private static JsonElement Metadata(StepAttempt ended) =>
        JsonSerializer.SerializeToElement(ended.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
}
