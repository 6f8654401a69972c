using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What a server tells about a file; null where it does not.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SftpAttributes(long? Size, uint? Mode, uint? ModifiedAt)
{
    /// <summary>The kind by the mode's type bits; null when there are none.</summary>
    public EntryKind? Kind => (Mode & 0xF000) switch
    {
        null or 0 => null,
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Folder,
        0xA000 => EntryKind.SymbolicLink,
        _ => EntryKind.Other,
    };

    /// <param name="name">The last segment of its path.</param>
    /// <param name="longName">As of `ls -l`: its first letter is the type where a server sends no mode. Empty when there is none.</param>
    public Entry ToEntry(string name, ReadOnlySpan<byte> longName)
    {
        var kind = Kind ?? KindOf(longName);
        return new Entry
        {
            Name = name,
            Kind = kind,
            Size = kind == EntryKind.File ? Size ?? 0 : 0,
            ModifiedAt = ModifiedAt is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            UnixMode = (int?)(Mode & 0xFFF),
        };
    }

    private static EntryKind KindOf(ReadOnlySpan<byte> longName) => longName.IsEmpty ? EntryKind.File : longName[0] switch
    {
        (byte)'d' => EntryKind.Folder,
        (byte)'l' => EntryKind.SymbolicLink,
        (byte)'b' or (byte)'c' or (byte)'p' or (byte)'s' => EntryKind.Other,
        _ => EntryKind.File,
    };
}
