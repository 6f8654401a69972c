using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What references find while one step of one execution is made ready. Its "now" is the same in every attempt at the step.</summary>
internal sealed class RunScope(Execution execution, CompiledStep step, DateTimeOffset now) : StartScope(execution.Run)
{
    protected override Answer FindRoot(Reference reference, out int taken)
    {
        switch (reference.Root, reference.Segments)
        {
            case ("steps", [var id, var member, ..]):
                taken = 2;
                return FindStep(id, member.Name);
            case ("now", _):
                taken = 0;
                return Scalars.Text(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
            default:
                return base.FindRoot(reference, out taken);
        }
    }

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
