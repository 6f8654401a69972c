using System.Globalization;
using System.Text.Json;

namespace Gantry.Engine.Audit;

/// <summary>An entry in its place of the chain. It is written as one line of JSON.</summary>
/// <param name="Position">From 1 on, without a gap.</param>
/// <param name="Previous">The hash of the entry at the position before.</param>
public sealed record SealedEntry(long Position, byte[] Previous, byte[] Hash, AuditEntry Entry)
{
    public static SealedEntry Seal(AuditEntry entry, long position, byte[] previous) => new(position, previous, entry.HashAt(position, previous), entry);

    /// <summary>What the entry says is what was sealed at this place.</summary>
    public bool IsGenuine => Hash.AsSpan().SequenceEqual(Entry.HashAt(Position, Previous));

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("position", Position);
        json.WriteNumber("id", Entry.Id);
        json.WriteString("time", AuditEntry.Format(Entry.Time));
        json.WriteString("workspace_id", Entry.WorkspaceId?.ToString());
        json.WriteString("user_id", Entry.UserId?.ToString());
        json.WriteString("action", Entry.Action);
        json.WriteString("target", Entry.Target);
        json.WriteString("address", Entry.Address);
        json.WritePropertyName("details");
        Entry.Details.WriteTo(json);
        json.WriteString("previous", Convert.ToHexStringLower(Previous));
        json.WriteString("hash", Convert.ToHexStringLower(Hash));
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is no entry; the message says what is wrong with it.</exception>
    public static SealedEntry Read(JsonElement line)
    {
        var members = new AuditMembers(line);
        var entry = new SealedEntry(members.Number("position"), members.Hash("previous"), members.Hash("hash"), new AuditEntry
        {
            Id = members.Number("id"),
            Time = DateTimeOffset.TryParse(members.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
                : throw new FormatException("its 'time' is no time"),
            WorkspaceId = members.FindId("workspace_id"),
            UserId = members.FindId("user_id"),
            Action = members.Text("action"),
            Target = members.FindText("target"),
            Address = members.FindText("address"),
            Details = members.Object("details"),
        });
        members.RefuseOthers();
        return entry;
    }
}
