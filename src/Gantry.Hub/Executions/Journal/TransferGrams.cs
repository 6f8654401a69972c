using System.Globalization;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions.Journal;

/// <summary>
/// What a transfer is found by, as numbers: the pairs and triples of characters in its texts, its endpoints and template, and the month, day and hour in which it was
/// accepted. An index finds the few transfers that have all numbers of a question. Different things may share a number, so whatever is found is looked
/// at again.
/// </summary>
internal static class TransferGrams
{
    /// <summary>A shorter question has no pair.</summary>
    public const int QuestionMin = 2;

    public const int QuestionMax = 200;

    private const int TextMax = 4_000;

    /// <summary>From long to short.</summary>
    public static IReadOnlyList<string> Periods { get; } = ["yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd HH"];

    /// <summary>What is searched: each line by itself, in lower case.</summary>
    public static string TextOf(IEnumerable<string?> lines)
    {
        var text = string.Join('\n', lines.OfType<string>()).ToLowerInvariant();
        return text.Length <= TextMax ? text : text[..TextMax];
    }

    public static int[] Of(Guid workspace, Guid execution, TransferRecord transfer)
    {
        var accepted = ExecutionTime.Of(execution);
        return
        [
            .. Parts(workspace, transfer.SearchText, 2)
                .Concat(Parts(workspace, transfer.SearchText, 3))
                .Concat(transfer.Endpoints.Select(endpoint => OfEndpoint(workspace, endpoint)))
                .Concat(transfer.TemplateId is { } template ? [OfTemplate(workspace, template)] : [])
                .Concat(Periods.Select(period => OfPeriod(workspace, accepted, period)))
                .Distinct(),
        ];
    }

    /// <summary>Of a text in lower case: its triples, or its only pair.</summary>
    public static IEnumerable<int> OfQuestion(Guid workspace, string text) => Parts(workspace, text, Math.Min(3, text.Length)).Distinct();

    public static int OfEndpoint(Guid workspace, string endpoint) => Number(workspace, "endpoint\n" + endpoint);

    public static int OfTemplate(Guid workspace, Guid template) => Number(workspace, "template\n" + template);

    /// <param name="workspace">Whose.</param>
    /// <param name="time">Any time in it.</param>
    /// <param name="period">One of <see cref="Periods"/>.</param>
    public static int OfPeriod(Guid workspace, DateTimeOffset time, string period) =>
        Number(workspace, "period\n" + time.UtcDateTime.ToString(period, CultureInfo.InvariantCulture));

    private static IEnumerable<int> Parts(Guid workspace, string text, int length)
    {
        for (var i = 0; i + length <= text.Length; i++)
        {
            var part = text.AsSpan(i, length);
            if (!part.Contains('\n'))
                yield return Number(workspace, part);
        }
    }

    // FNV-1a. Kept in the database, so it must be the same in every process and version of the program.
    private static int Number(Guid workspace, ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        workspace.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = 2166136261u;
        foreach (var part in bytes)
            number = unchecked((number ^ part) * 16777619u);
        foreach (var character in text)
            number = unchecked((((number ^ (character & 0xFFu)) * 16777619u) ^ ((uint)character >> 8)) * 16777619u);
        return unchecked((int)number);
    }
}
