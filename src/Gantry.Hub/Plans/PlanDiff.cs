using System.Text;
using System.Text.Json;
using Gantry.Engine.Documents;

namespace Gantry.Hub.Plans;

/// <summary>What two versions of a plan differ in, by what they say and not by how it is written.</summary>
/// <param name="From">The one version.</param>
/// <param name="To">The other.</param>
/// <param name="Members">The plan's members that differ, besides its steps: "inputs", "on".</param>
/// <param name="Steps">The steps that differ, in their order.</param>
/// <param name="Before">The text of the one version.</param>
/// <param name="After">The text of the other.</param>
internal sealed record PlanDiff(int From, int To, IReadOnlyList<string> Members, IReadOnlyList<StepDiff> Steps, string Before, string After)
{
    /// <exception cref="DocumentException">One of them cannot be read any more.</exception>
    public static PlanDiff Of(int from, string before, int to, string after)
    {
        var (one, other) = (Read(before), Read(after));
        var members = Differing(one, other).Where(name => name != "steps").ToList();
        return new PlanDiff(from, to, members, StepDiff.Of(StepsOf(one), StepsOf(other)), before, after);
    }

    /// <summary>The members of both that are not the same, by name.</summary>
    internal static IEnumerable<string> Differing(JsonElement one, JsonElement other) => NamesOf(one).Union(NamesOf(other), StringComparer.Ordinal)
        .Where(name => !(one.TryGetProperty(name, out var left) && other.TryGetProperty(name, out var right) && JsonElement.DeepEquals(left, right)));

    private static IEnumerable<string> NamesOf(JsonElement value) => value.EnumerateObject().Select(member => member.Name);

    private static JsonElement Read(string text) => DocumentReader.Read(Encoding.UTF8.GetBytes(text)).ToJson();

    private static List<JsonElement> StepsOf(JsonElement plan) =>
        plan.TryGetProperty("steps", out var steps) && steps.ValueKind == JsonValueKind.Array ? [.. steps.EnumerateArray()] : [];
}

/// <summary>A step that differs.</summary>
/// <param name="Step">Its id, or its number in the version that has it.</param>
/// <param name="Change">added, removed, moved or changed.</param>
/// <param name="Members">What differs in a changed one: "with", "timeout". Steps within a control step are members of it.</param>
internal sealed record StepDiff(string Step, string Change, IReadOnlyList<string> Members)
{
    public static IReadOnlyList<StepDiff> Of(List<JsonElement> before, List<JsonElement> after)
    {
        var (old, now) = (ByName(before), ByName(after));
        List<StepDiff> found = [];
        foreach (var (name, (place, step)) in now)
        {
            if (!old.TryGetValue(name, out var known))
                found.Add(new StepDiff(name, "added", []));
            else if (PlanDiff.Differing(known.Step, step).ToList() is { Count: > 0 } members)
                found.Add(new StepDiff(name, "changed", members));
            else if (known.Place != place && before.Count == after.Count)
                found.Add(new StepDiff(name, "moved", []));
        }

        found.AddRange(old.Keys.Where(name => !now.ContainsKey(name)).Select(name => new StepDiff(name, "removed", [])));
        return found;
    }

    private static Dictionary<string, (int Place, JsonElement Step)> ByName(List<JsonElement> steps)
    {
        var named = new Dictionary<string, (int, JsonElement)>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].ValueKind == JsonValueKind.Object)
                named.TryAdd(steps[i].TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : $"{i}", (i, steps[i]));
        }

        return named;
    }
}
