namespace Gantry.Engine.Plans;

/// <summary>Finds plans that call each other.</summary>
internal static class CallCycle
{
    /// <summary>
    /// The names on the way from the plan by one of its calls back to the plan; null when there is none, or when it has no name. Saved plans are looked up as
    /// calls name them; without a look-up only a plan that calls itself is found.
    /// </summary>
    public static IReadOnlyList<string>? Find(Plan plan, CallStep call, Func<string, Plan?>? findPlan)
    {
        if (plan.Name is not { } start)
        {
            return null;
        }

        // The way to each plan that was reached, so that each is looked at once.
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal) { [call.Plan] = start };
        var open = new Queue<string>([call.Plan]);
        while (open.TryDequeue(out var name))
        {
            var called = findPlan?.Invoke(name);
            if (name == start || called?.Name == start)
            {
                cameFrom[start] = cameFrom[name];
                return WayBackTo(start, cameFrom);
            }

            foreach (var next in called?.Calls() ?? [])
            {
                if (cameFrom.TryAdd(next, name))
                {
                    open.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static List<string> WayBackTo(string start, Dictionary<string, string> cameFrom)
    {
        List<string> way = [start];
        do
        {
            way.Add(cameFrom[way[^1]]);
        }
        while (way[^1] != start);
        way.Reverse();
        return way;
    }
}
