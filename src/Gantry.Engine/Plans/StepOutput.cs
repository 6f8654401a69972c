using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>
/// What a step gave. A large one is at hand only until it rests somewhere: then whoever needs it loads it, and lets it go again.
/// </summary>
public sealed class StepOutput
{
    /// <summary>What is not larger stays at hand.</summary>
    public const int AtHandBytesMax = 64 * 1024;

    /// <summary>Larger ones are not kept at all.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    private static readonly Lock Gate = new();

    private JsonElement value;

    public StepOutput(JsonElement value) => (this.value, Bytes) = (value, JsonMarshal.GetRawUtf8Value(value).Length);

    /// <summary>One that rests already.</summary>
    public StepOutput(OutputPlace place, int bytes) => (Place, Bytes) = (place, bytes);

    /// <summary>Made of others, and larger than is kept: there is only its size.</summary>
    private StepOutput() => Bytes = int.MaxValue;

    /// <summary>As JSON.</summary>
    public int Bytes { get; }

    /// <summary>Where it rests; null while it does not.</summary>
    public OutputPlace? Place { get; private set; }

    /// <summary>Of one that is at hand.</summary>
    public JsonElement Value => TryGet(out var found) ? found : throw new InvalidOperationException("The output rests elsewhere: it has to be loaded.");

    /// <summary>What holds its place in memory, until it rests; null when nothing does.</summary>
    internal MemoryShare? Memory { get; init; }

    /// <summary>It may come to rest at any moment, or does already: whoever needs it loads it first.</summary>
    internal bool IsMovable => Place is not null || Bytes > AtHandBytesMax;

    /// <summary>Stands for what is made of other outputs and would be larger than is kept.</summary>
    internal static StepOutput TooLarge { get; } = new();

    /// <summary>False when it rests.</summary>
    public bool TryGet(out JsonElement found)
    {
        if (!IsMovable)
        {
            found = value;
            return true;
        }

        lock (Gate)
        {
            found = value;
            return found.ValueKind != JsonValueKind.Undefined;
        }
    }

    /// <summary>It rests from now on. A small one stays at hand.</summary>
    public void Rest(OutputPlace place)
    {
        if (Bytes <= AtHandBytesMax)
        {
            return;
        }

        lock (Gate)
        {
            (Place, value) = (place, default);
        }

        Memory?.Dispose();
    }

    public async ValueTask<JsonElement> LoadAsync(CancellationToken cancellationToken) =>
        TryGet(out var found) ? found : (await Place!.ReadAsync(cancellationToken)).RootElement;
}

/// <summary>Where an output rests. Those who read it at the same time share what was read.</summary>
public abstract class OutputPlace
{
    private readonly Lock gate = new();
    private readonly WeakReference<JsonDocument> latest = new(null!);
    private Task<JsonDocument>? reading;

    /// <summary>What was read last, while somebody still uses it; otherwise it is read.</summary>
    public Task<JsonDocument> ReadAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (latest.TryGetTarget(out var known))
            {
                return Task.FromResult(known);
            }

            return reading ??= ReadForAllAsync(cancellationToken);
        }
    }

    /// <summary>Reads it; never answers less than all of it.</summary>
    protected abstract Task<JsonDocument> LoadAsync(CancellationToken cancellationToken);

    private async Task<JsonDocument> ReadForAllAsync(CancellationToken cancellationToken)
    {
        // Not in the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var read = await LoadAsync(cancellationToken);
            lock (gate)
            {
                latest.SetTarget(read);
            }

            return read;
        }
        finally
        {
            lock (gate)
            {
                reading = null;
            }
        }
    }
}
