using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>The kernel's struct statx, whose layout is the same on every architecture, as far as it is used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStat
{
    [FieldOffset(16)]
    public readonly uint LinkCount;

    [FieldOffset(28)]
    private readonly ushort mode;

    [FieldOffset(40)]
    private readonly ulong size;

    [FieldOffset(48)]
    private readonly ulong blocks;

    [FieldOffset(112)]
    private readonly long modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint modifiedNanoseconds;

    public EntryKind Kind => (mode & 0xF000) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Folder,
        0xA000 => EntryKind.SymbolicLink,
        _ => EntryKind.Other,
    };

    public long Size => (long)size;

    /// <summary>It takes less of the disk than it is long.</summary>
    public bool HasHoles => blocks * 512 < size;

    /// <summary>Null when it lies outside the years 1 to 9999, which some file systems can say.</summary>
    public DateTimeOffset? ModifiedAt
    {
        get
        {
            const long SecondsMin = -62135596800;
            const long SecondsMax = 253402300799;
            return modifiedSeconds is >= SecondsMin and <= SecondsMax
                ? DateTimeOffset.FromUnixTimeSeconds(modifiedSeconds).AddTicks(modifiedNanoseconds / 100)
                : null;
        }
    }

    public Entry ToEntry(string name, string? linkTarget = null) => new()
    {
        Name = name,
        Kind = Kind,
        Size = Kind == EntryKind.File ? Size : 0,
        ModifiedAt = ModifiedAt,
        UnixMode = mode & 0xFFF,
        LinkTarget = linkTarget,
    };
}
