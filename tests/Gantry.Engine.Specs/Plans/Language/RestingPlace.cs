using System.Text.Json;
using Gantry.Engine.Plans;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>A place that is a text, and counts how often it was read.</summary>
internal sealed class RestingPlace(string text) : OutputPlace
{
    private int reads;

    public int Reads => reads;

    protected override Task<JsonDocument> LoadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref reads);
        return Task.FromResult(JsonDocument.Parse(text));
    }
}
