namespace Gantry.Engine.Settings;

/// <summary>Finds the name that was probably meant, for messages.</summary>
public static class NearestName
{
    /// <summary>The nearest of the known names, when it is near enough to be a slip; null otherwise.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > 64)
        {
            return null;
        }

        var (best, bestDistance) = ((string?)null, Math.Max(name.Length < 4 ? 1 : 2, name.Length / 3) + 1);
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) < bestDistance && Distance(name, candidate) is var distance && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>" Did you mean 'url'?", or " Known are: a, b.", or nothing when none is known.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var names = known as IReadOnlyCollection<string> ?? [.. known];
        if (Find(name, names) is { } nearest)
        {
            return $" Did you mean '{nearest}'?";
        }

        return names.Count switch
        {
            0 => "",
            <= 30 => $" Known are: {string.Join(", ", names)}.",
            _ => $" Known are: {string.Join(", ", names.Take(30))}, and {names.Count - 30} more.",
        };
    }

    /// <summary>Letters added, left out, changed or swapped with their neighbour, without regard to case.</summary>
    private static int Distance(string one, string other)
    {
        var distances = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                distances[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1,
                    distances[i - 1, j - 1] + (AreSame(one[i - 1], other[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && AreSame(one[i - 1], other[j - 2]) && AreSame(one[i - 2], other[j - 1]))
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[one.Length, other.Length];
    }

    private static bool AreSame(char one, char other) => char.ToLowerInvariant(one) == char.ToLowerInvariant(other);
}
