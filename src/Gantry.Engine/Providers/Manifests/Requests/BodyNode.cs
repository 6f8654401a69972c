using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>JSON on its way to be sent, to which values are still added.</summary>
internal abstract class BodyNode
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 200 };

    public abstract void Write(Utf8JsonWriter writer);

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            Write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}

internal sealed class BodyValue(JsonElement value) : BodyNode
{
    public JsonElement Value => value;

    public override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}

internal sealed class BodyList : BodyNode
{
    public List<BodyNode> Items { get; } = [];

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.Write(writer);
        }

        writer.WriteEndArray();
    }
}

internal sealed class BodyMap : BodyNode
{
    private readonly List<KeyValuePair<string, BodyNode>> members = [];

    public int Count => members.Count;

    public IEnumerable<KeyValuePair<string, BodyNode>> Members => members;

    /// <summary>Puts it where the names lead, making maps on the way. What stands there is replaced; two maps become one.</summary>
    public void Set(ReadOnlySpan<string> path, BodyNode value)
    {
        var index = IndexOf(path[0]);
        var present = index < 0 ? null : members[index].Value;
        if (path.Length > 1)
        {
            var inner = present as BodyMap ?? (present is BodyValue { Value.ValueKind: JsonValueKind.Object } whole ? Open(whole.Value) : new BodyMap());
            inner.Set(path[1..], value);
            value = inner;
        }
        else if (present is BodyMap map && value is BodyMap other)
        {
            foreach (var (name, member) in other.members)
            {
                map.Set([name], member);
            }

            value = map;
        }

        var entry = KeyValuePair.Create(path[0], value);
        if (index < 0)
        {
            members.Add(entry);
        }
        else
        {
            members[index] = entry;
        }
    }

    public void Set(string dotted, JsonElement value) => Set(dotted.Split('.'), new BodyValue(value));

    /// <summary>A map that others can be added to.</summary>
    public static BodyMap Open(JsonElement map)
    {
        var opened = new BodyMap();
        foreach (var member in map.EnumerateObject())
        {
            opened.members.Add(KeyValuePair.Create<string, BodyNode>(member.Name, new BodyValue(member.Value)));
        }

        return opened;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.Write(writer);
        }

        writer.WriteEndObject();
    }

    private int IndexOf(string name) => members.FindIndex(member => member.Key == name);
}
