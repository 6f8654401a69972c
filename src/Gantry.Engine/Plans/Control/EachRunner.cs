using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledEach : CompiledStep
{
    public CompiledEach(EachStep step, int index, string place, StepList names, CompiledPlan plan)
        : base(step, index, place)
    {
        Step = step;
        Items = Template.Compile(step.Items, takesSecrets: false);
        Steps = plan.Compile(names.Within(step.Steps, index, hasItem: true), $"{place}.steps");
    }

    public new EachStep Step { get; }

    public Template Items { get; }

    public CompiledList Steps { get; }

    public override IReadOnlyList<CompiledList> Lists => [Steps];

    protected override IEnumerable<Template> Templates => [Items];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new EachRunner(at, this, flow).RunAsync();
}

/// <summary>
/// Runs a list of steps for each item, several items at once when it says so. The record says how many items there were and what their hash was, so that an earlier
/// run's items are never taken for others.
/// </summary>
internal sealed class EachRunner(StepAt at, CompiledEach step, Flow flow) : ControlRunner(at, step, flow)
{
    private const string Count = "items";
    private const string Hash = "items_hash";
    private const int ErrorsKeptMax = 20;

    /// <summary>How each of them ended is held as long as the step runs, and again by whoever takes the execution up.</summary>
    internal const int ItemsMax = 250_000;

    private readonly Lock gate = new();
    private readonly List<(int Index, Failure Failure)> failures = [];
    private JsonElement.ArrayEnumerator items;

    /// <summary>What each item answered: bytes, or, when it is large, an output that may rest elsewhere.</summary>
    private object?[] outputs = [];
    private long outputBytes;
    private int taken;

    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        var list = step.Items.Evaluate(await At.ScopeAtAsync(attempt.StartedAt));
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new ExpressionException($"'each' needs a list, and got {SettingCheck.Describe(list)}");
        }

        var count = list.GetArrayLength();
        if (count > ItemsMax)
        {
            throw new ExpressionException($"'each' takes at most {ItemsMax} items, and got {count}. Take fewer at once, or call a plan for each part of the list");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(list)).AsSpan(0, 16));
        if (isRecorded && attempt.Metadata?.GetValueOrDefault(Hash) is { } known && known != hash)
        {
            return await FailAsync(attempt, ProviderErrorKind.Conflict,
                $"{At.Name} cannot go on: it began with {attempt.Metadata.GetValueOrDefault(Count)} items, and its list is another one now. Run the execution again from this step.");
        }

        attempt = attempt with
        {
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Count] = count.ToString(CultureInfo.InvariantCulture), [Hash] = hash },
        };
        await BeginAsync(attempt, isRecorded);
        return await EndAsAsync(await RunItemsAsync(list, count) is var end && failures.Count > 0 ? WithErrors(attempt) : attempt, end, OutputAsync);
    }

    private async Task<ListEnd?> RunItemsAsync(JsonElement list, int count)
    {
        items = list.EnumerateArray();
        outputs = new object?[count];
        if (count == 0)
        {
            return ListEnd.Succeeded;
        }

        var workers = Math.Min(step.Step.Parallel, count);
        using var branches = new Branches(Execution, Flow, workers);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => branches.RunAsync(own => WorkAsync(own, () => branches.IsEnding))));
        return branches.End;
    }

    /// <summary>Takes one item after the other until there is none left, or it is enough.</summary>
    private async Task<ListEnd?> WorkAsync(Flow own, Func<bool> isEnding)
    {
        while (true)
        {
            Frame frame;
            lock (gate)
            {
                if (isEnding())
                {
                    return ListEnd.Cancelled;
                }

                if (!items.MoveNext())
                {
                    return ListEnd.Succeeded;
                }

                frame = new Frame(step.Steps, At.Frame, $"{At.Path}.items[{taken.ToString(CultureInfo.InvariantCulture)}].") { Item = items.Current, Index = taken };
                taken++;
            }

            var end = await ListRunner.RunAsync(Execution, frame, own);
            if (end is null or { Stop: not null } or { Status: StepStatus.Cancelled })
            {
                return end;
            }

            if (end.Failure is { } failure)
            {
                if (Note(frame.Index, failure) is { } tooMany)
                {
                    return ListEnd.Failed(tooMany);
                }
            }
            else if (await KeepAsync(frame) is { } tooLarge)
            {
                return ListEnd.Failed(tooLarge);
            }
        }
    }

    /// <summary>The failure of the step when this was one too many; null when items may fail so often.</summary>
    private Failure? Note(int index, Failure failure)
    {
        lock (gate)
        {
            failures.Add((index, failure));
            if (failures.Count <= step.Step.FailuresMax)
            {
                return null;
            }
        }

        return failure with
        {
            Error = failure.Error with
            {
                Message = step.Step.FailuresMax == 0
                    ? $"Item {index}: {failure.Error.Message}"
                    : $"More than {step.Step.FailuresMax} items failed, the last of them item {index}: {failure.Error.Message}",
            },
        };
    }

    /// <summary>Keeps what the item answered; the failure of the step when that is too much, and somebody needs it.</summary>
    private async ValueTask<Failure?> KeepAsync(Frame frame)
    {
        if (await frame.OutputAsync(CancellationToken.None) is not { } output)
        {
            return null;
        }

        if (Interlocked.Add(ref outputBytes, output.Bytes + 1L) <= StepOutput.BytesMax)
        {
            outputs[frame.Index] = output.IsMovable ? output : JsonMarshal.GetRawUtf8Value(output.Value).ToArray();
            return null;
        }

        if (!step.IsAskedFor)
        {
            // Nobody will see them.
            Array.Clear(outputs);
            return null;
        }

        return new Failure(At.Path, step.Step.Id, new ProviderError
        {
            Kind = ProviderErrorKind.BadRequest,
            Message = $"The items of {At.Name} answer more than the 16 MB that are kept. Let the steps within answer less.",
        }, Now);
    }

    private StepAttempt WithErrors(StepAttempt attempt)
    {
        var metadata = MetadataOf(attempt);
        failures.Sort((one, other) => one.Index.CompareTo(other.Index));
        metadata["failed"] = failures.Count.ToString(CultureInfo.InvariantCulture);
        metadata["errors"] = JsonBuilder.Build(writer =>
        {
            writer.WriteStartArray();
            foreach (var (index, failure) in failures.Take(ErrorsKeptMax))
            {
                writer.WriteStartObject();
                writer.WriteNumber("item", index);
                writer.WriteString("step", failure.StepPath);
                writer.WriteString("kind", ErrorJson.KindOf(failure.Error.Kind));
                writer.WriteString("message", failure.Error.Message);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }).GetRawText();
        return attempt with { Metadata = metadata };
    }

    /// <summary>Null when it is too much to keep and nobody asks for it.</summary>
    private async ValueTask<StepOutput?> OutputAsync(CancellationToken cancellationToken)
    {
        if (outputBytes > StepOutput.BytesMax)
        {
            return null;
        }

        return new StepOutput(await JsonBuilder.ListAsync(outputs, async (writer, item) =>
        {
            switch (item)
            {
                case byte[] bytes:
                    writer.WriteRawValue(bytes, skipInputValidation: true);
                    break;
                case StepOutput output:
                    (await output.LoadAsync(cancellationToken)).WriteTo(writer);
                    break;
                default:
                    writer.WriteNullValue();
                    break;
            }
        }));
    }
}
