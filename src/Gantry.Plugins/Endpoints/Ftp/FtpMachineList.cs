using System.Globalization;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>One line of MLSD or MLST: "type=file;size=1024;modify=20260102030405; the name" (RFC 3659, section 7).</summary>
internal static class FtpMachineList
{
    /// <summary>Null for the folder itself and the one above it, and for a line that is no such line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="name">Of the entry; null to take it from the line.</param>
    public static Entry? Parse(string line, string? name = null)
    {
        // Facts hold no space; the name begins behind the first one and may hold anything.
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return null;
        }

        var entry = new Entry { Name = name ?? line[(space + 1)..], Kind = EntryKind.Other };
        var isTyped = false;
        foreach (var part in line.AsSpan(0, space).Split(';'))
        {
            var fact = line.AsSpan(part);
            var equals = fact.IndexOf('=');
            if (equals <= 0)
            {
                continue;
            }

            var value = fact[(equals + 1)..];
            switch (fact[..equals])
            {
                case var key when Is(key, "type"):
                    if (Is(value, "cdir") || Is(value, "pdir"))
                    {
                        if (name is null)
                        {
                            return null;
                        }

                        value = "dir";
                    }

                    isTyped = true;
                    entry = OfType(entry, value);
                    break;
                case var key when Is(key, "size") && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size):
                    entry = entry with { Size = size };
                    break;
                case var key when Is(key, "modify"):
                    entry = entry with { ModifiedAt = FtpTime.Parse(value) };
                    break;
                case var key when Is(key, "unix.mode") && ModeOf(value) is { } mode:
                    entry = entry with { UnixMode = mode };
                    break;
            }
        }

        return !isTyped ? null : entry.Kind == EntryKind.File ? entry : entry with { Size = 0 };
    }

    /// <summary>Whether a line that tells no entry is none of a file either: it is empty, or tells of the folder itself or of the one above it.</summary>
    public static bool IsNoEntry(string line) =>
        line.AsSpan().Trim().IsEmpty
        || line.Split(' ')[0].Split(';').Any(fact => Is(fact, "type=cdir") || Is(fact, "type=pdir"));

    private static Entry OfType(Entry entry, ReadOnlySpan<char> type)
    {
        if (Is(type, "file") || Is(type, "dir"))
        {
            return entry with { Kind = Is(type, "file") ? EntryKind.File : EntryKind.Folder };
        }

        // "OS.unix=slink:target", "OS.unix=symlink": no standard, but what servers say.
        var equals = type.IndexOf('=');
        var kind = type[(equals + 1)..];
        if (equals < 0 || !(kind.StartsWith("slink", StringComparison.OrdinalIgnoreCase) || kind.StartsWith("symlink", StringComparison.OrdinalIgnoreCase)))
        {
            return entry;
        }

        var colon = kind.IndexOf(':');
        return entry with { Kind = EntryKind.SymbolicLink, LinkTarget = colon < 0 || colon + 1 == kind.Length ? null : kind[(colon + 1)..].ToString() };
    }

    private static int? ModeOf(ReadOnlySpan<char> octal)
    {
        // pyftpdlib writes the number as Python does: 0o644.
        octal = octal.StartsWith("0o") ? octal[2..] : octal;
        var mode = 0;
        foreach (var digit in octal)
        {
            if (digit is < '0' or > '7' || mode > 4095)
            {
                return null;
            }

            mode = (mode * 8) + (digit - '0');
        }

        return octal.IsEmpty ? null : mode & 4095;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
