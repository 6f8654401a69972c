namespace Gantry.Hub.Transfers;

/// <summary>
/// The pairs and triples of characters in what is searched, as numbers: an index finds the few texts that have all of those of a question. Different ones may
/// share a number, so whatever is found is looked at again.
/// </summary>
internal static class SearchGrams
{
    /// <summary>A shorter question has no pair.</summary>
    public const int QuestionMin = 2;

    public const int QuestionMax = 200;

    private const int TextMax = 4_000;

    /// <summary>What is searched: each line by itself, in lower case.</summary>
    public static string TextOf(IEnumerable<string?> lines)
    {
        var text = string.Join('\n', lines.OfType<string>()).ToLowerInvariant();
        return text.Length <= TextMax ? text : text[..TextMax];
    }

    public static int[] Of(Guid workspace, string text) => [.. Numbers(workspace, text, 2).Concat(Numbers(workspace, text, 3)).Distinct()];

    /// <summary>Of a question, which is in lower case: its triples, or its only pair.</summary>
    public static int[] OfQuestion(Guid workspace, string text) => [.. Numbers(workspace, text, Math.Min(3, text.Length)).Distinct()];

    private static IEnumerable<int> Numbers(Guid workspace, string text, int length)
    {
        var seed = SeedOf(workspace);
        for (var i = 0; i + length <= text.Length; i++)
        {
            var gram = text.AsSpan(i, length);
            if (!gram.Contains('\n'))
                yield return Number(seed, gram);
        }
    }

    // Kept in the database, so it must be the same in every process and version of the program.
    private static uint SeedOf(Guid workspace)
    {
        Span<byte> bytes = stackalloc byte[16];
        workspace.TryWriteBytes(bytes, bigEndian: true, out _);
        var seed = 2166136261u;
        foreach (var part in bytes)
            seed = unchecked((seed ^ part) * 16777619u);
        return seed;
    }

    private static int Number(uint seed, ReadOnlySpan<char> gram)
    {
        var number = seed;
        foreach (var character in gram)
            number = unchecked((number ^ character) * 16777619u);
        return unchecked((int)(number ^ (number >> 15) ^ ((uint)gram.Length << 27)));
    }
}
