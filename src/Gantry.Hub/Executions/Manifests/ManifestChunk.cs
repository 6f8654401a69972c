using System.IO.Compression;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Hub.Executions.Manifests;

/// <summary>
/// Some thousand lines of a manifest as one compressed row. A path is kept as the bytes it has on disk, without what it shares with the one before it.
/// </summary>
internal sealed class ManifestChunk
{
    /// <summary>A chunk with so many is full.</summary>
    public const int FilesMax = 2_000;

    private const byte Format = 1;
    private const byte SamePath = 1;
    private const byte OtherPath = 2;

    private readonly List<ManifestEntry> files = new(FilesMax);

    public IReadOnlyList<ManifestEntry> Files => files;

    public bool IsFull => files.Count >= FilesMax;

    public void Add(in ManifestEntry file) => files.Add(file);

    public SealedChunk Seal() => new(
        files.Count, Count(FileOutcome.Copied), Count(FileOutcome.Skipped), Count(FileOutcome.Deleted), Count(FileOutcome.Failed), Encode());

    private int Count(FileOutcome outcome) => files.Count(file => file.Outcome == outcome);

    private byte[] Encode()
    {
        // Compressed in one go: each of the small writes would be a call into the compressor.
        using var plain = new MemoryStream(files.Count * 64);
        using var writer = new BinaryWriter(plain, Encoding.UTF8);
        writer.Write7BitEncodedInt(files.Count);
        var before = new Previous();
        foreach (var file in files)
            Write(writer, file, before);
        using var bytes = new MemoryStream(1 + ((int)plain.Length / 4));
        bytes.WriteByte(Format);
        using (var compressed = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            compressed.Write(plain.GetBuffer(), 0, (int)plain.Length);
        return bytes.ToArray();
    }

    public static IReadOnlyList<ManifestEntry> Decode(byte[] content)
    {
        if (content.Length == 0 || content[0] != Format)
            throw new InvalidDataException("This part of the manifest was written by a newer program.");
        using var compressed = new BrotliStream(new MemoryStream(content, 1, content.Length - 1), CompressionMode.Decompress);
        using var reader = new BinaryReader(new BufferedStream(compressed, 16 * 1024), Encoding.UTF8);
        var files = new ManifestEntry[reader.Read7BitEncodedInt()];
        var before = new Previous();
        for (var i = 0; i < files.Length; i++)
            files[i] = Read(reader, before);
        return files;
    }

    private static void Write(BinaryWriter writer, in ManifestEntry file, Previous before)
    {
        writer.Write((byte)((byte)file.Outcome | (file.IsTransient ? 0x80 : 0)));
        before.Path = WritePath(writer, file.Path, before.Path);
        var path = file.TargetPath is null ? (byte)0 : file.TargetPath == file.Path ? SamePath : OtherPath;
        writer.Write(path);
        if (path == OtherPath)
            before.TargetPath = WritePath(writer, file.TargetPath!, before.TargetPath);
        writer.Write7BitEncodedInt64(file.Size is { } size ? size + 1 : 0);
        writer.Write7BitEncodedInt64(file.ModifiedAt is { } time ? time.UtcTicks : 0);
        writer.Write7BitEncodedInt64(file.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
        writer.Write7BitEncodedInt64(file.ResumedBytes);
        writer.Write(file.Reason ?? "");
        writer.Write(file.Hash ?? "");
    }

    private static ManifestEntry Read(BinaryReader reader, Previous before)
    {
        var outcome = reader.ReadByte();
        before.Path = ReadPath(reader, before.Path);
        var kind = reader.ReadByte();
        if (kind == OtherPath)
            before.TargetPath = ReadPath(reader, before.TargetPath);
        var path = NameBytes.Decode(before.Path);
        var size = reader.Read7BitEncodedInt64();
        var time = reader.Read7BitEncodedInt64();
        return new ManifestEntry
        {
            Path = path,
            TargetPath = kind switch { SamePath => path, OtherPath => NameBytes.Decode(before.TargetPath), _ => null },
            Outcome = (FileOutcome)(outcome & 0x7F),
            IsTransient = (outcome & 0x80) != 0,
            Size = size == 0 ? null : size - 1,
            ModifiedAt = time == 0 ? null : new DateTimeOffset(time, TimeSpan.Zero),
            Duration = TimeSpan.FromMicroseconds(reader.Read7BitEncodedInt64()),
            ResumedBytes = reader.Read7BitEncodedInt64(),
            Reason = reader.ReadString() is { Length: > 0 } reason ? reason : null,
            Hash = reader.ReadString() is { Length: > 0 } hash ? hash : null,
        };
    }

    private static byte[] WritePath(BinaryWriter writer, string path, byte[] before)
    {
        var bytes = BytesOf(path);
        var shared = bytes.AsSpan().CommonPrefixLength(before);
        writer.Write7BitEncodedInt(shared);
        writer.Write7BitEncodedInt(bytes.Length - shared);
        writer.Write(bytes.AsSpan(shared));
        return bytes;
    }

    /// <summary>A name that no file has by its bytes, which some object store may tell, is kept as near as text can be.</summary>
    private static byte[] BytesOf(string path)
    {
        try
        {
            var bytes = new byte[NameBytes.Count(path)];
            NameBytes.Encode(path, bytes);
            return bytes;
        }
        catch (EndpointException)
        {
            return Encoding.UTF8.GetBytes(path);
        }
    }

    private static byte[] ReadPath(BinaryReader reader, byte[] before)
    {
        var shared = reader.Read7BitEncodedInt();
        var rest = reader.ReadBytes(reader.Read7BitEncodedInt());
        return [.. before.AsSpan(0, shared), .. rest];
    }

    /// <summary>What the next paths leave out.</summary>
    private sealed class Previous
    {
        public byte[] Path { get; set; } = [];

        public byte[] TargetPath { get; set; } = [];
    }
}

/// <summary>A chunk as its row has it.</summary>
internal sealed record SealedChunk(int Files, int Copied, int Skipped, int Deleted, int Failed, byte[] Content);
