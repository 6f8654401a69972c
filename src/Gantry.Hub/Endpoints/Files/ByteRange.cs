using System.Globalization;
using Gantry.Engine.Endpoints;
using Microsoft.Net.Http.Headers;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>The one part of a file that a request asks for (RFC 9110, section 14).</summary>
/// <param name="Length">0 when nothing of the file lies in it.</param>
internal sealed record ByteRange(long Offset, long Length)
{
    public bool IsEmpty => Length == 0;

    /// <summary>Null when the whole file is to be answered: nothing else is asked for, it cannot be cut, or it is not any more what the asker has a part of.</summary>
    public static ByteRange? Of(IHeaderDictionary headers, Entry entry)
    {
        if (entry.Kind != EntryKind.File || !RangeHeaderValue.TryParse(headers.Range.ToString(), out var asked) || asked is not { Unit.Value: "bytes", Ranges.Count: 1 })
            return null;
        if (headers.IfRange is [{ Length: > 0 } condition] && condition != TagOf(entry))
            return null;
        var range = asked.Ranges.First();
        var (first, last) = range.From is { } from
            ? (from, Math.Min(range.To ?? long.MaxValue, entry.Size - 1))
            : (Math.Max(0, entry.Size - range.To!.Value), entry.Size - 1);
        return first > last ? new ByteRange(0, 0) : new ByteRange(first, last - first + 1);
    }

    /// <summary>Of this version of the file, as far as its endpoint tells versions apart; null when it does not.</summary>
    public static string? TagOf(Entry entry) => entry.Kind == EntryKind.File && (entry.ModifiedAt ?? entry.StoredAt) is { } time
        ? $"\"{entry.Size.ToString("x", CultureInfo.InvariantCulture)}-{time.UtcTicks.ToString("x", CultureInfo.InvariantCulture)}\""
        : null;
}
