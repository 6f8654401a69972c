using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Lines of LIST, for which there is no standard: as `ls -l` writes them, as MS-DOS does, and EPLF. Their times are rough and in the server's own
/// zone; they are taken as UTC.
/// </summary>
internal sealed class FtpPlainList(DateTimeOffset now)
{
    private const int FieldsBeforeDate = 3;
    private static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] dosDates = ["MM-dd-yy", "MM-dd-yyyy", "yyyy-MM-dd", "MM/dd/yy", "MM/dd/yyyy", "yyyy/MM/dd"];
    private static readonly string[] dosTimes = ["hh:mmtt", "HH:mm", "h:mmtt", "hh:mm:sstt", "HH:mm:ss"];

    /// <summary>Null for a line that tells of no entry, and for "." and "..".</summary>
    public Entry? Parse(string line)
    {
        var entry = line.Length == 0 ? null
            : line[0] == '+' ? ParseEplf(line)
            : char.IsAsciiDigit(line[0]) ? ParseDos(line)
            : ParseUnix(line);
        return entry?.Name is "." or ".." ? null : entry;
    }

    /// <summary>Whether the line tells of the folder itself, which only a listing of everything does.</summary>
    public bool IsFolderItself(string line) => line.Length > 0 && line[0] == 'd' && line.EndsWith(" .", StringComparison.Ordinal);

    /// <summary>
    /// Whether a line that tells no entry is none of a file either: it is empty, a sum ("total 12", in the server's language), the folder itself or the one
    /// above it, or what `dir` of MS-DOS writes around a listing. Anything else may be a file that is not understood.
    /// </summary>
    public bool IsNoEntry(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0
            || (words.Length is 2 or 3 && IsSum(words))
            || IsAroundDosListing(line, words)
            || words[^1] is "." or ".."
            || line.EndsWith("\t.", StringComparison.Ordinal) || line.EndsWith("\t..", StringComparison.Ordinal);
    }

    /// <summary>"total 12", "total 4.0K", "insgesamt 12", "total: 12", "total of 12"; never what could be rights and a name.</summary>
    private static bool IsSum(string[] words) =>
        words[0].Length > 2
        && words[0].TrimEnd(':').All(char.IsLetter)
        && (words.Length == 2 || words[0].StartsWith("total", StringComparison.OrdinalIgnoreCase))
        && char.IsAsciiDigit(words[^1][0])
        && words[^1].All(letter => char.IsAsciiDigit(letter) || letter is '.' or ',' or 'K' or 'M' or 'G' or 'T');

    /// <summary>
    /// "Volume in drive C is X", "Volume Serial Number is 12AB-34CD", "Directory of C:\x", "3 File(s) 1,024 bytes", "2 Dir(s) 9,999 bytes free".
    /// </summary>
    private static bool IsAroundDosListing(string line, string[] words) =>
        line.TrimStart() is var text
        && (text.StartsWith("Directory of ", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("Volume in drive ", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("Volume Serial Number ", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("Total Files Listed:", StringComparison.OrdinalIgnoreCase)
            || (words.Length >= 2 && words[0].All(char.IsAsciiDigit) && words[1].TrimEnd(',').ToLowerInvariant() is "file(s)" or "dir(s)"));

    private Entry? ParseUnix(string line)
    {
        // NetWare puts a space behind the letter, and its rights in brackets.
        if (line.Length < 2 || line[1] == ' ' || line[0] is not ('-' or 'd' or 'l' or 'b' or 'c' or 'p' or 's' or 'D'))
        {
            return null;
        }

        // Owner and group may hold spaces, and either may be missing: the date is looked for, which stands behind the size.
        var fields = Fields(line);
        for (var i = FieldsBeforeDate - 1; i < fields.Count - 2; i++)
        {
            if (DateAt(line, fields, i) is not var (time, nameAt) || nameAt >= line.Length)
            {
                continue;
            }

            var isDevice = line[0] is 'b' or 'c';
            if (!long.TryParse(line.AsSpan(fields[i - 1]), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && !isDevice)
            {
                continue;
            }

            return OfUnix(line, line[nameAt..], size, time);
        }

        return null;
    }

    /// <summary>A date whose first field that is, and where the name begins behind it; null when there is none.</summary>
    private (DateTimeOffset Time, int NameAt)? DateAt(string line, List<Range> fields, int i)
    {
        var first = line.AsSpan(fields[i]);
        if (i + 1 < fields.Count
            && first.Length == 10
            && DateTime.TryParseExact(
                $"{first} {line.AsSpan(fields[i + 1])}",
                ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var iso))
        {
            return (new DateTimeOffset(iso), fields[i + 1].End.Value + 1);
        }

        if (i + 2 >= fields.Count)
        {
            return null;
        }

        var second = line.AsSpan(fields[i + 1]);
        var (month, day) = (MonthOf(first), DayOf(second));
        if (month == 0)
        {
            (month, day) = (MonthOf(second), DayOf(first));
        }

        return month > 0 && day > 0 && TimeOf(month, day, line.AsSpan(fields[i + 2])) is { } time ? (time, fields[i + 2].End.Value + 1) : null;
    }

    private DateTimeOffset? TimeOf(int month, int day, ReadOnlySpan<char> yearOrTime)
    {
        if (yearOrTime.Length == 4 && int.TryParse(yearOrTime, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year >= 1900)
        {
            return DateOf(year, month, day);
        }

        if (!TimeSpan.TryParseExact(yearOrTime, [@"h\:mm", @"hh\:mm", @"hh\:mm\:ss"], CultureInfo.InvariantCulture, out var time))
        {
            return null;
        }

        // Without a year it is within the last twelve months; a day is left for clocks and zones.
        var thisYear = DateOf(now.Year, month, day)?.Add(time);
        return thisYear is { } date && date <= now.AddDays(1) ? date : DateOf(now.Year - 1, month, day)?.Add(time);
    }

    private static DateTimeOffset? DateOf(int year, int month, int day) =>
        year is > 0 and < 9999 && day <= DateTime.DaysInMonth(year, month) ? new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero) : null;

    private static Entry OfUnix(string line, string name, long size, DateTimeOffset time)
    {
        var entry = new Entry { Name = name, Kind = KindOf(line[0]), ModifiedAt = time, UnixMode = ModeOf(line) };
        if (entry.Kind == EntryKind.File)
        {
            return entry with { Size = size };
        }

        if (entry.Kind != EntryKind.SymbolicLink)
        {
            return entry;
        }

        // A link is as long as what it points to: so a name that holds an arrow is told apart.
        const string Arrow = " -> ";
        for (var at = name.IndexOf(Arrow, StringComparison.Ordinal); at >= 0; at = name.IndexOf(Arrow, at + 1, StringComparison.Ordinal))
        {
            if (NameBytes.Count(name[(at + Arrow.Length)..]) == size || name.IndexOf(Arrow, at + 1, StringComparison.Ordinal) < 0)
            {
                return entry with { Name = name[..at], LinkTarget = name[(at + Arrow.Length)..] };
            }
        }

        return entry;
    }

    private static EntryKind KindOf(char type) => type switch
    {
        '-' => EntryKind.File,
        'd' => EntryKind.Folder,
        'l' => EntryKind.SymbolicLink,
        _ => EntryKind.Other,
    };

    /// <summary>"-rwsr-x--t": null when it does not look like that.</summary>
    private static int? ModeOf(string line)
    {
        const string Letters = "rwxrwxrwx";
        const int SetUser = 0x800;
        if (line.Length < 10)
        {
            return null;
        }

        var mode = 0;
        for (var i = 0; i < Letters.Length; i++)
        {
            var letter = line[i + 1];
            var bit = 1 << (8 - i);
            var isExecute = i % 3 == 2;
            if (letter == Letters[i])
            {
                mode |= bit;
            }
            else if (isExecute && char.ToLowerInvariant(letter) == (i == 8 ? 't' : 's'))
            {
                mode |= (SetUser >> (i / 3)) | (char.IsAsciiLetterLower(letter) ? bit : 0);
            }
            else if (letter != '-')
            {
                return null;
            }
        }

        return mode;
    }

    /// <summary>"10-23-26  04:45PM       &lt;DIR&gt;          name", "2026-10-23  16:45   1,024 name".</summary>
    private static Entry? ParseDos(string line)
    {
        var fields = Fields(line);
        if (fields.Count < 4
            || !DateTime.TryParseExact(line.AsSpan(fields[0]), dosDates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || !DateTime.TryParseExact(line.AsSpan(fields[1]), dosTimes, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time))
        {
            return null;
        }

        // A file's size ends one space before the name; a mark such as <DIR> is followed by ten.
        const int MarkWidth = 15;
        var mark = line.AsSpan(fields[2]);
        var isFolder = mark is "<DIR>";
        var behind = fields[2].End.Value + 1;
        var nameAt = mark.StartsWith('<') ? Math.Min(fields[3].Start.Value, fields[2].Start.Value + MarkWidth) : behind;
        var entry = new Entry
        {
            Name = line[nameAt..],
            Kind = isFolder ? EntryKind.Folder : mark is "<SYMLINK>" or "<SYMLINKD>" or "<JUNCTION>" ? EntryKind.SymbolicLink : EntryKind.File,
            ModifiedAt = new DateTimeOffset(date.Date + time.TimeOfDay, TimeSpan.Zero),
        };
        if (entry.Kind != EntryKind.File)
        {
            return entry;
        }

        return long.TryParse(mark, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var size) ? entry with { Size = size } : null;
    }

    /// <summary>"+i8388621.48594,m825718503,r,s280,\tname" (Easily Parsed LIST Format).</summary>
    private static Entry? ParseEplf(string line)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        if (tab < 0)
        {
            return null;
        }

        var entry = new Entry { Name = line[(tab + 1)..], Kind = EntryKind.Other };
        foreach (var fact in line[1..tab].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            entry = fact[0] switch
            {
                '/' => entry with { Kind = EntryKind.Folder },
                'r' when entry.Kind == EntryKind.Other => entry with { Kind = EntryKind.File },
                's' when long.TryParse(fact.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var size) => entry with { Size = size },
                'm' when long.TryParse(fact.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800 =>
                    entry with { ModifiedAt = DateTimeOffset.FromUnixTimeSeconds(seconds) },
                _ => entry,
            };
        }

        return entry.Kind == EntryKind.File ? entry : entry with { Size = 0 };
    }

    private static int MonthOf(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < months.Length; i++)
        {
            if (text.Equals(months[i], StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static int DayOf(ReadOnlySpan<char> text) =>
        text.Length <= 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is > 0 and <= 31 ? day : 0;

    private static List<Range> Fields(string line)
    {
        const int FieldsMax = 16;
        List<Range> fields = [];
        for (var at = 0; at < line.Length && fields.Count < FieldsMax;)
        {
            if (line[at] == ' ')
            {
                at++;
                continue;
            }

            var end = line.IndexOf(' ', at);
            end = end < 0 ? line.Length : end;
            fields.Add(new Range(at, end));
            at = end;
        }

        return fields;
    }
}
