namespace Gantry.Cli.Plans;

/// <summary>What two texts differ in, line by line, in the form of "diff -u".</summary>
internal static class LineDiff
{
    private const int Context = 3;

    // Beyond this many comparisons what lies between the common beginning and end is told as replaced.
    private const long CellsMax = 4_000_000;

    /// <summary>Empty when they are the same.</summary>
    public static IReadOnlyList<string> Compare(string before, string after, string beforeName, string afterName)
    {
        var edits = Edits(Lines(before), Lines(after));
        var changed = Enumerable.Range(0, edits.Count).Where(at => edits[at].Kind != ' ').ToList();
        if (changed.Count == 0)
        {
            return [];
        }

        List<string> text = [$"--- {beforeName}", $"+++ {afterName}"];
        for (var at = 0; at < changed.Count;)
        {
            var first = changed[at];
            var last = first;
            while (at < changed.Count && changed[at] - last <= 2 * Context)
            {
                last = changed[at++];
            }

            AddHunk(text, edits, Math.Max(0, first - Context), Math.Min(edits.Count - 1, last + Context));
        }

        return text;
    }

    private static void AddHunk(List<string> text, List<Edit> edits, int first, int last)
    {
        var hunk = edits.GetRange(first, last - first + 1);
        var before = edits.Take(first).Count(edit => edit.Kind != '+');
        var after = edits.Take(first).Count(edit => edit.Kind != '-');
        text.Add($"@@ -{Range(before, hunk.Count(edit => edit.Kind != '+'))} +{Range(after, hunk.Count(edit => edit.Kind != '-'))} @@");
        text.AddRange(hunk.Select(edit => edit.Kind + edit.Line));
    }

    private static string Range(int linesBefore, int count) => count == 0 ? $"{linesBefore},0" : $"{linesBefore + 1},{count}";

    private static string[] Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static List<Edit> Edits(string[] before, string[] after)
    {
        var start = before.AsSpan().CommonPrefixLength(after);
        var end = 0;
        while (end < Math.Min(before.Length, after.Length) - start && before[^(end + 1)] == after[^(end + 1)])
        {
            end++;
        }

        List<Edit> edits = [.. before[..start].Select(line => new Edit(' ', line))];
        AddMiddle(edits, before[start..^end], after[start..^end]);
        edits.AddRange(before[^end..].Select(line => new Edit(' ', line)));
        return edits;
    }

    private static void AddMiddle(List<Edit> edits, string[] before, string[] after)
    {
        var common = (long)before.Length * after.Length <= CellsMax ? CommonLengths(before, after) : null;
        int i = 0, j = 0;
        while (i < before.Length || j < after.Length)
        {
            if (common is not null && i < before.Length && j < after.Length && before[i] == after[j])
            {
                edits.Add(new Edit(' ', before[i++]));
                j++;
            }
            else if (i < before.Length && (j == after.Length || common is null || common[i + 1, j] >= common[i, j + 1]))
            {
                edits.Add(new Edit('-', before[i++]));
            }
            else
            {
                edits.Add(new Edit('+', after[j++]));
            }
        }
    }

    /// <summary>At [i, j]: how many lines the ends of both, from i and j on, can have in common.</summary>
    private static int[,] CommonLengths(string[] before, string[] after)
    {
        var lengths = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = before[i] == after[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    private readonly record struct Edit(char Kind, string Line);
}
