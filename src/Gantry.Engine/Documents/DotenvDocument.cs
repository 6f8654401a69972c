using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Documents;

/// <summary>
/// Dotenv text as python-dotenv reads it, changed without touching what is not meant: order, comments, blank lines, quoting and line ends of all other entries stay as
/// they are. It works on bytes, and disposing of it overwrites them. A later entry of the same name counts.
/// </summary>
public sealed class DotenvDocument : IDisposable
{
    private readonly List<DotenvLine> lines;
    private readonly Dictionary<string, DotenvLine> byName = new(StringComparer.Ordinal);
    private readonly byte[] newline;

    /// <summary>The line that is no entry right above an entry; null while nobody has asked since the last change.</summary>
    private Dictionary<DotenvLine, DotenvLine>? above;

    private DotenvDocument(List<DotenvLine> lines)
    {
        this.lines = lines;
        newline = lines.Exists(line => line.After.AsSpan().EndsWith("\r\n"u8)) ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
        foreach (var line in lines.Where(line => line.Name is not null))
        {
            byName[line.Name!] = line;
        }
    }

    /// <summary>In the order of their first appearance.</summary>
    public IEnumerable<string> Names => lines.Where(line => line.Name is not null).Select(line => line.Name!).Distinct(StringComparer.Ordinal);

    /// <summary>A line that is neither an entry nor a comment is passed over, and kept.</summary>
    public static DotenvDocument Parse(ReadOnlySpan<byte> utf8) => new(DotenvReader.Read(utf8));

    public bool Has(string name) => byName.ContainsKey(name);

    /// <summary>The value with its escapes resolved, in a buffer of the caller's own; null when there is no such entry.</summary>
    public byte[]? FindValue(string name) => byName.TryGetValue(name, out var line) ? DotenvValue.Decode(line.Value) : null;

    /// <summary>What the comment right above the entry says behind this marker, with its line end; empty when there is none.</summary>
    public ReadOnlySpan<byte> FindNote(string name, string marker)
    {
        above ??= lines.Zip(lines.Skip(1)).Where(pair => pair.First.Name is null && pair.Second.Name is not null).ToDictionary(pair => pair.Second, pair => pair.First);
        return byName.TryGetValue(name, out var line) && above.TryGetValue(line, out var note) && IsNote(note, marker)
            ? note.After.AsSpan(marker.Length)
            : default;
    }

    /// <summary>Changes the value where the entry stands, or appends it. The note becomes the comment right above it, in the place of one with the same marker.</summary>
    public void Put(string name, ReadOnlySpan<byte> value, string marker, string note)
    {
        above = null;
        if (!byName.TryGetValue(name, out var line))
        {
            EndLastLine();
            line = new DotenvLine(name, Encoding.UTF8.GetBytes(name + "="), [], newline);
            lines.Add(line);
            byName.Add(name, line);
        }

        line.Change(DotenvValue.Encode(value));
        var at = lines.IndexOf(line);
        DotenvLine comment = new(null, [], [], [.. Encoding.UTF8.GetBytes(marker + note), .. newline]);
        if (at > 0 && IsNote(lines[at - 1], marker))
        {
            lines[at - 1] = comment;
        }
        else
        {
            lines.Insert(at, comment);
        }
    }

    /// <summary>Removes every entry of that name, with its note. False when there was none.</summary>
    public bool Remove(string name, string marker)
    {
        above = null;
        for (var at = lines.Count - 1; at >= 0; at--)
        {
            if (lines[at].Name == name)
            {
                lines[at].Dispose();
                lines.RemoveAt(at);
                if (at > 0 && IsNote(lines[at - 1], marker))
                {
                    lines.RemoveAt(--at);
                }
            }
        }

        return byName.Remove(name);
    }

    /// <summary>The whole text, in a buffer of the caller's own.</summary>
    public byte[] ToArray()
    {
        var text = GC.AllocateUninitializedArray<byte>(lines.Sum(line => line.Length), pinned: true);
        var at = 0;
        foreach (var line in lines)
        {
            line.CopyTo(text.AsSpan(at));
            at += line.Length;
        }

        return text;
    }

    public void Dispose() => lines.ForEach(line => line.Dispose());

    /// <summary>Markers are ASCII.</summary>
    private static bool IsNote(DotenvLine line, string marker) =>
        line.Name is null && line.After.Length >= marker.Length && Ascii.Equals(line.After.AsSpan(0, marker.Length), marker);

    private void EndLastLine()
    {
        if (lines.Count > 0 && lines[^1] is var last && (last.After.Length == 0 || last.After[^1] is not ((byte)'\n' or (byte)'\r')))
        {
            lines[^1] = new DotenvLine(last.Name, last.Before, last.Value, [.. last.After, .. newline]);
            if (last.Name is not null)
            {
                byName[last.Name] = lines[^1];
            }
        }
    }
}

/// <summary>An entry ("export NAME=" value " # comment\n"), or, without a name, any other line.</summary>
internal sealed class DotenvLine(string? name, byte[] before, byte[] value, byte[] after) : IDisposable
{
    public string? Name => name;

    public byte[] Before => before;

    /// <summary>As it is written, with quotes and escapes.</summary>
    public byte[] Value { get; private set; } = value;

    public byte[] After => after;

    public int Length => before.Length + Value.Length + after.Length;

    public void Change(byte[] written)
    {
        CryptographicOperations.ZeroMemory(Value);
        Value = written;
    }

    public void CopyTo(Span<byte> target)
    {
        before.CopyTo(target);
        Value.CopyTo(target[before.Length..]);
        after.CopyTo(target[(before.Length + Value.Length)..]);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(Value);
}
