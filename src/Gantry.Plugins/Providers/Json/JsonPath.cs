using System.Text.Json;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Json;

/// <summary>
/// A JSONPath (RFC 9535): names, indexes, slices, wildcards, unions, descendants, and filters that compare and combine. Functions it has none. The data that it is held against can be anybody's: what it
/// finds, and how long it looks, is bounded.
/// </summary>
internal sealed class JsonPath
{
    private const int FoundMax = 100_000;
    private const int StepsMax = 5_000_000;

    private readonly IReadOnlyList<JsonPathSegment> segments;

    internal JsonPath(IReadOnlyList<JsonPathSegment> segments) => this.segments = segments;

    public static JsonPath Parse(string path) => new JsonPathReader(path).ReadAll();

    /// <summary>In the order of the document.</summary>
    public IReadOnlyList<JsonElement> Find(JsonElement root, CancellationToken cancellationToken) => Find(root, root, new JsonPathEffort(StepsMax, cancellationToken));

    internal IReadOnlyList<JsonElement> Find(JsonElement root, JsonElement from, JsonPathEffort effort)
    {
        List<JsonElement> found = [from];
        foreach (var segment in segments)
        {
            List<JsonElement> next = [];
            foreach (var value in found)
            {
                segment.Select(root, value, next, effort);
                if (next.Count > FoundMax)
                {
                    throw HttpCall.Bad($"'path' finds more than {FoundMax:N0} values. Make it narrower.");
                }
            }

            found = next;
        }

        return found;
    }
}

/// <summary>How much looking is left.</summary>
internal sealed class JsonPathEffort(int steps, CancellationToken cancellationToken)
{
    private int left = steps;

    public void Count()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (--left < 0)
        {
            throw HttpCall.Bad("'path' takes too long to look through this value. Make it narrower.");
        }
    }
}

/// <summary>One part of a path, [...] or .name, of the value itself or of all that is in it (..).</summary>
internal sealed record JsonPathSegment(bool IsDeep, IReadOnlyList<Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort>> Selectors)
{
    public void Select(JsonElement root, JsonElement value, List<JsonElement> found, JsonPathEffort effort)
    {
        effort.Count();
        foreach (var selector in Selectors)
        {
            selector(root, value, found, effort);
        }

        if (!IsDeep)
        {
            return;
        }

        foreach (var child in JsonPathSelectors.Children(value))
        {
            Select(root, child, found, effort);
        }
    }
}

/// <summary>What stands between brackets.</summary>
internal static class JsonPathSelectors
{
    public static IEnumerable<JsonElement> Children(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Object => value.EnumerateObject().Select(property => property.Value),
        _ => [],
    };

    public static Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort> Name(string name) => (_, value, found, _) =>
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var child))
        {
            found.Add(child);
        }
    };

    public static Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort> Wildcard() => (_, value, found, _) => found.AddRange(Children(value));

    public static Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort> Index(long index) => (_, value, found, _) =>
    {
        if (value.ValueKind == JsonValueKind.Array && (index < 0 ? index + value.GetArrayLength() : index) is var place && place >= 0 && place < value.GetArrayLength())
        {
            found.Add(value[(int)place]);
        }
    };

    public static Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort> Slice(long? start, long? end, long step) => (_, value, found, _) =>
    {
        if (value.ValueKind != JsonValueKind.Array || step == 0)
        {
            return;
        }

        long length = value.GetArrayLength();
        var isForward = step > 0;
        var from = start is { } first ? Within(first, length, isForward) : isForward ? 0 : length - 1;
        var to = end is { } last ? Within(last, length, isForward) : isForward ? length : -1;
        for (var place = from; isForward ? place < to : place > to; place += step)
        {
            found.Add(value[(int)place]);
        }
    };

    public static Action<JsonElement, JsonElement, List<JsonElement>, JsonPathEffort> Filter(Func<JsonElement, JsonElement, JsonPathEffort, bool> test) => (root, value, found, effort) =>
    {
        foreach (var child in Children(value))
        {
            effort.Count();
            if (test(root, child, effort))
            {
                found.Add(child);
            }
        }
    };

    private static long Within(long place, long length, bool isForward)
    {
        place = place < 0 ? place + length : place;
        return isForward ? Math.Clamp(place, 0, length) : Math.Clamp(place, -1, length - 1);
    }
}
