namespace Gantry.Engine.Plans;

/// <summary>Finds steps that need each other.</summary>
internal static class NeedsCycle
{
    /// <summary>The indexes on the way from a step back to it, in the order of needing; null when there is no such way.</summary>
    public static IReadOnlyList<int>? Find(StepList list)
    {
        var isDone = new bool[list.Steps.Count];
        for (var start = 0; start < isDone.Length; start++)
        {
            if (!isDone[start] && FindFrom(list, start, isDone) is { } cycle)
            {
                return cycle;
            }
        }

        return null;
    }

    /// <summary>Goes down as far as it can, with a list of its own rather than the stack's.</summary>
    private static List<int>? FindFrom(StepList list, int start, bool[] isDone)
    {
        var way = new List<int> { start };
        var isOnWay = new HashSet<int> { start };
        var rest = new Stack<Queue<int>>([new Queue<int>(list.NeededBy(start))]);
        while (rest.TryPeek(out var needed))
        {
            if (!needed.TryDequeue(out var next))
            {
                rest.Pop();
                isDone[way[^1]] = true;
                isOnWay.Remove(way[^1]);
                way.RemoveAt(way.Count - 1);
            }
            else if (isOnWay.Contains(next))
            {
                return way[way.IndexOf(next)..];
            }
            else if (!isDone[next])
            {
                way.Add(next);
                isOnWay.Add(next);
                rest.Push(new Queue<int>(list.NeededBy(next)));
            }
        }

        return null;
    }
}
