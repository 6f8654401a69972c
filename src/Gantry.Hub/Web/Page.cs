using System.Globalization;

namespace Gantry.Hub.Web;

/// <summary>A part of a list.</summary>
/// <param name="Next">The cursor for the part that follows, given back as the parameter 'after'; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>From <paramref name="found"/> rows, which were asked for as one more than <paramref name="limit"/>.</summary>
    public static Page<T> From(IReadOnlyList<T> found, int limit, Func<T, string> cursor) =>
        found.Count <= limit ? new Page<T>(found, null) : new Page<T>([.. found.Take(limit)], cursor(found[limit - 1]));
}

/// <summary>The query values that every list takes.</summary>
public static class PageQuery
{
    public const int LimitDefault = 50;
    public const int LimitMax = 500;

    /// <summary>How many items are wanted.</summary>
    /// <exception cref="ProblemException">The text is no number from 1 to 500.</exception>
    public static int Limit(string? text)
    {
        if (text is null) return LimitDefault;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LimitMax ? limit
            : throw ProblemException.Invalid($"The parameter 'limit' must be a whole number from 1 to {LimitMax}.");
    }

    /// <summary>Null at the beginning of a list by id.</summary>
    public static Guid? AfterId(string? text) => text is null ? null
        : Guid.TryParseExact(text, "D", out var id) ? id : throw BadCursor();

    /// <summary>Null at the beginning of a list by number.</summary>
    public static long? AfterNumber(string? text) => text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw BadCursor();

    /// <summary>An id from a path. What is no id names nothing.</summary>
    public static Guid Id(string text, string what) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw ProblemException.NotFound($"There is no {what} '{Shorten(text)}'.");

    private static ProblemException BadCursor() =>
        ProblemException.Invalid("The parameter 'after' is no cursor of this list. Take the 'next' of the page before, as it is.");

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
