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

        var (best, bestDistance) = ((string?)null, Math.Max(1, name.Length / 3) + 1);
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

    private static int Distance(string one, string other)
    {
        Span<int> row = other.Length < 128 ? stackalloc int[128] : new int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var cost = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
