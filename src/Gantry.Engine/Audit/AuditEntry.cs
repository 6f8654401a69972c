using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gantry.Engine.Audit;

/// <summary>One entry of an audit log: who did what to what, from where. Its hash covers every member, its position, and the hash of the entry before it.</summary>
public sealed record AuditEntry
{
    /// <summary>Of the entry that the first one follows.</summary>
    public static readonly byte[] Beginning = new byte[SHA256.HashSizeInBytes];

    private static readonly byte[] Form = "gantry audit entry 1\n"u8.ToArray();

    /// <summary>The number it was written under; these have gaps.</summary>
    public required long Id { get; init; }

    /// <summary>To the microsecond.</summary>
    public required DateTimeOffset Time { get; init; }

    public Guid? WorkspaceId { get; init; }

    public Guid? UserId { get; init; }

    public required string Action { get; init; }

    public string? Target { get; init; }

    public string? Address { get; init; }

    /// <summary>A JSON object.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>The hash of this entry at this place. Spaces, escapes and the order of members in the details do not matter to it.</summary>
    public byte[] HashAt(long position, ReadOnlySpan<byte> previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Form);
        hash.AppendData(previous);
        Append(hash, position);
        Append(hash, Id);
        Append(hash, Time.UtcTicks / TimeSpan.TicksPerMicrosecond);
        Append(hash, WorkspaceId?.ToString());
        Append(hash, UserId?.ToString());
        Append(hash, Action);
        Append(hash, Target);
        Append(hash, Address);
        Append(hash, Details);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, JsonElement value)
    {
        Append(hash, (long)value.ValueKind);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).ToList();
                Append(hash, members.Count);
                foreach (var member in members)
                {
                    Append(hash, member.Name);
                    Append(hash, member.Value);
                }

                break;
            case JsonValueKind.Array:
                Append(hash, value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    Append(hash, item);
                }

                break;
            case JsonValueKind.String:
                Append(hash, value.GetString());
                break;
            case JsonValueKind.Number:
                Append(hash, value.GetRawText());
                break;
        }
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        if (text is null)
        {
            Append(hash, -1);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }

    internal static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
