namespace Gantry.Hub.Operations;

/// <summary>The nearest known name, for people who mistyped.</summary>
internal static class DidYouMean
{
    /// <summary>" Did you mean 'x'?", or nothing when no name is near.</summary>
    public static string Among(IEnumerable<string> names, string typed)
    {
        var best = names.Select(name => (Name: name, Distance: Distance(name, typed))).MinBy(pair => pair.Distance);
        return best.Name is not null && best.Distance <= Math.Max(2, typed.Length / 3) ? $" Did you mean '{best.Name}'?" : "";
    }

    private static int Distance(string one, string other)
    {
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var current = new int[other.Length + 1];
            current[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replace = previous[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[^1];
    }
}
