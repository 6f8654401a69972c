using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What references find while one step of one execution is made ready. Its "now" is the same in every attempt at the step.</summary>
internal sealed class RunScope(Execution execution, Frame frame, int index, DateTimeOffset now) : StartScope(execution.Run)
{
    /// <summary>How much of large outputs one step may need at once.</summary>
    internal const int LoadedBytesMax = 64 * 1024 * 1024;

    private Dictionary<StepOutput, JsonElement>? loaded;
    private long loadedBytes;

    /// <summary>Has the large outputs at hand that these refer to, until the scope is let go.</summary>
    /// <param name="references">What is referred to.</param>
    /// <param name="memory">Where their room is taken from; null when nobody counts it.</param>
    /// <param name="cancellationToken">Ends the wait for them.</param>
    public async ValueTask LoadAsync(IReadOnlyList<Reference> references, MemoryShare? memory, CancellationToken cancellationToken)
    {
        foreach (var reference in references)
        {
            if (frame.Ended(reference.Segments[0], index, out _)?.Output is { IsMovable: true } output && loaded?.ContainsKey(output) != true)
            {
                if ((loadedBytes += output.Bytes) > LoadedBytesMax)
                {
                    throw new ExpressionException($"it refers to outputs of more than {LoadedBytesMax / 1024 / 1024} MB together. Refer to them in several steps.");
                }

                if (memory is not null)
                {
                    await memory.TakeAsync(output.Bytes, cancellationToken);
                }

                (loaded ??= [])[output] = await output.LoadAsync(cancellationToken);
            }
        }
    }

    protected override Answer FindRoot(Reference reference, out int taken)
    {
        taken = 0;
        switch (reference.Root, reference.Segments)
        {
            case ("steps", [var id, var member, ..]):
                taken = 2;
                return FindStep(id, member.Name);
            case ("now", _):
                return Scalars.Text(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
            case ("item", _) when Nearest(frame => frame.Item is not null) is { } around:
                return around.Item.GetValueOrDefault();
            case ("index", []) when Nearest(frame => frame.Item is not null) is { } around:
                return JsonElement.Parse(around.Index.ToString(CultureInfo.InvariantCulture));
            case ("error", [var member, ..]) when Nearest(frame => frame.Error is not null) is { Error: { } error }:
                taken = 1;
                return FindError(error, member.Name);
            default:
                return base.FindRoot(reference, out taken);
        }
    }

    private Frame? Nearest(Func<Frame, bool> isIt)
    {
        var at = frame;
        while (at is not null && !isIt(at))
        {
            at = at.Outer;
        }

        return at;
    }

    private static Answer FindError(Failure error, string member) => member switch
    {
        "message" => Scalars.Text(error.Error.Message),
        "kind" => Scalars.Text(ErrorJson.KindOf(error.Error.Kind)),
        "step" => Scalars.Text(error.StepId ?? error.StepPath),
        _ => Answer.None($"of an error there are {string.Join(", ", ReferenceCheck.ErrorMembers)}."),
    };

    private Answer FindStep(Segment id, string member)
    {
        if (frame.Ended(id, index, out var missing) is not { } ended)
        {
            return Answer.None(missing!);
        }

        return member switch
        {
            "output" => ended.Output is { } output ? ValueOf(output) : Answer.None($"step '{id.Name}' gave no output."),
            "message" => ended.Message is { } message ? Scalars.Text(message) : Answer.None($"step '{id.Name}' gave no message."),
            "metadata" => Metadata(ended),
            _ => Answer.None($"after the step stands one of {string.Join(", ", ReferenceCheck.StepMembers)}."),
        };
    }

    private JsonElement ValueOf(StepOutput output) => loaded is not null && loaded.TryGetValue(output, out var value) ? value : output.Value;

    private static JsonElement Metadata(StepAttempt ended) =>
        JsonSerializer.SerializeToElement(ended.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
}
