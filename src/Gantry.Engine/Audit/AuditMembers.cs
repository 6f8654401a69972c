using System.Text.Json;

namespace Gantry.Engine.Audit;

/// <summary>Strict reading of an object: what is missing, of another type, twice there or unknown is a <see cref="FormatException"/>.</summary>
internal sealed class AuditMembers
{
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    public AuditMembers(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, member.Value))
            {
                throw new FormatException($"its '{member.Name}' stands there twice");
            }
        }
    }

    public long Number(string name) =>
        Take(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw Wrong(name);

    public string Text(string name) => FindText(name) ?? throw Wrong(name);

    public string? FindText(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(name),
    };

    public Guid? FindId(string name) => FindText(name) is not { } text ? null : Guid.TryParseExact(text, "D", out var id) ? id : throw Wrong(name);

    public bool Boolean(string name) => Take(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name),
    };

    public JsonElement Object(string name) => Take(name) is { ValueKind: JsonValueKind.Object } value ? value : throw Wrong(name);

    public byte[] Hash(string name)
    {
        var text = Text(name);
        return text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(text) : throw Wrong(name);
    }

    public byte[] Bytes(string name)
    {
        var text = Text(name);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : throw Wrong(name);
    }

    /// <summary>Nobody signed or hashed what is not read.</summary>
    public void RefuseOthers()
    {
        if (members.Keys.FirstOrDefault(name => !read.Contains(name)) is { } other)
        {
            throw new FormatException($"it has a member '{other}', which no entry has");
        }
    }

    private JsonElement Take(string name)
    {
        read.Add(name);
        return members.TryGetValue(name, out var value) ? value : throw new FormatException($"it has no '{name}'");
    }

    private static FormatException Wrong(string name) => new($"its '{name}' is not of the right form");
}
