using System.Buffers.Binary;
using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>One folder's entries, as the kernel gives them.</summary>
internal static class LocalListing
{
    private const int BufferBytes = 32 * 1024;

    // struct linux_dirent64: inode (8), offset (8), record length (2), type (1), name with its NUL.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    public static IEnumerable<Entry> Read(SafeFileHandle folder, string fullPath, CancellationToken cancellationToken)
    {
        using (folder)
        {
            var buffer = new byte[BufferBytes];
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var filled = LinuxFiles.ReadFolder(folder, buffer);
                if (filled < 0)
                {
                    throw LocalErrors.Of(-filled, fullPath);
                }

                if (filled == 0)
                {
                    yield break;
                }

                for (var start = 0; start < filled;)
                {
                    var record = buffer.AsSpan(start);
                    start += BinaryPrimitives.ReadUInt16LittleEndian(record[LengthOffset..]);
                    if (Entry(folder, record[NameOffset..], fullPath) is { } entry)
                    {
                        yield return entry;
                    }
                }
            }
        }
    }

    /// <summary>Null for "." and "..", and for what is gone since the folder was read.</summary>
    private static Entry? Entry(SafeFileHandle folder, ReadOnlySpan<byte> rest, string fullPath)
    {
        var bytes = rest[..rest.IndexOf((byte)0)];
        if (bytes.SequenceEqual("."u8) || bytes.SequenceEqual(".."u8))
        {
            return null;
        }

        var terminated = rest[..(bytes.Length + 1)];
        var descriptor = (int)folder.DangerousGetHandle(); // The iterator owns the handle.
        var answer = LinuxFiles.StatNoFollow(descriptor, terminated, out var stat);
        if (answer == -LocalErrors.NotThere)
        {
            return null;
        }

        var name = NameBytes.Decode(bytes);
        if (answer < 0)
        {
            throw LocalErrors.Of(-answer, $"{fullPath}/{name}");
        }

        return stat.ToEntry(name, stat.Kind == EntryKind.SymbolicLink ? LinuxFiles.ReadLink(descriptor, terminated, out _) : null);
    }
}
