using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>
/// A JSON value whose texts may hold references, parsed once and evaluated often. A text that is one reference gives its value with its type; references among other text
/// are formatted into it. Values are never looked through for references again. Where secrets are taken, ${cred:NAME} stays for the provider, and
/// what looks like it in a value is escaped.
/// </summary>
internal abstract class Template
{
    /// <summary>Larger parameters are refused; outputs have the same limit.</summary>
    internal const int BytesMax = 16 * 1024 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value when it is the same in every run; null when it is not.</summary>
    public virtual JsonElement? Constant => null;

    public virtual IEnumerable<(TextTemplate Text, string Path)> Texts(string path) => [];

    /// <summary>Fails with <see cref="ExpressionException"/>, which names the reference.</summary>
    public JsonElement Evaluate(Scope scope) => Constant ?? Render(this, scope);

    internal abstract void Write(Utf8JsonWriter writer, Scope scope);

    /// <summary>Errors in texts are found when they are evaluated, or by asking each of <see cref="Texts"/>.</summary>
    public static Template Compile(JsonElement value, bool takesSecrets) => value.ValueKind switch
    {
        JsonValueKind.String => CompileText(value, takesSecrets),
        JsonValueKind.Array => Whole(new ListTemplate([.. value.EnumerateArray().Select(item => Compile(item, takesSecrets))]), value),
        JsonValueKind.Object => Whole(CompileMap(value, _ => takesSecrets), value),
        _ => new ConstantTemplate(value),
    };

    /// <summary>For parameters: whether secrets are taken depends on the name.</summary>
    public static Template CompileParameters(JsonElement value, Func<string, bool> takesSecrets) => Whole(CompileMap(value, takesSecrets), value);

    private static MapTemplate CompileMap(JsonElement value, Func<string, bool> takesSecrets) =>
        new([.. value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Compile(property.Value, takesSecrets(property.Name))))]);

    protected static void WriteRaw(Utf8JsonWriter writer, JsonElement value)
    {
        if (writer.BytesCommitted + writer.BytesPending > BytesMax)
        {
            throw new ExpressionException($"the parameters grow over {BytesMax / 1024 / 1024} MB");
        }

        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private static JsonElement Render(Template template, Scope scope)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            {
                template.Write(writer, scope);
            }

            return JsonElement.Parse(buffer.WrittenSpan);
        }
        catch (JsonException)
        {
            throw new ExpressionException("the parameters are nested more than 64 deep");
        }
        catch (InvalidOperationException)
        {
            // JSON from elsewhere may hold such names; .NET fails on them when they are looked at.
            throw new ExpressionException("a name in a value that is referred to holds half of a surrogate pair, which is no character");
        }
    }

    private static Template CompileText(JsonElement value, bool takesSecrets)
    {
        var text = Scalars.TextOf(value);
        if (text is null || !TextTemplate.MayHoldReferences(text))
        {
            return new ConstantTemplate(value);
        }

        var template = TextTemplate.Parse(text, takesSecrets);
        return template.PlainText is { } plain && template.Problem is null ? new ConstantTemplate(Scalars.Text(plain)) { Source = template } : template;
    }

    private static Template Whole(Template template, JsonElement value) => template switch
    {
        ListTemplate { Items: var items } when items.All(IsVerbatim) => new ConstantTemplate(value),
        MapTemplate { Members: var members } when members.All(member => IsVerbatim(member.Value)) => new ConstantTemplate(value),
        ListTemplate { Items: var items } when items.All(IsConstant) => new ConstantTemplate(Render(template, Scope.Empty)) { Source = template },
        MapTemplate { Members: var members } when members.All(member => IsConstant(member.Value)) => new ConstantTemplate(Render(template, Scope.Empty)) { Source = template },
        _ => template,
    };

    private static bool IsVerbatim(Template template) => template is ConstantTemplate { Source: null };

    private static bool IsConstant(Template template) => template is ConstantTemplate;
}

internal sealed class ConstantTemplate(JsonElement value) : Template
{
    public override JsonElement? Constant => value;

    /// <summary>What it came from, when that had escapes or secrets in it.</summary>
    public Template? Source { get; init; }

    public override IEnumerable<(TextTemplate Text, string Path)> Texts(string path) => Source?.Texts(path) ?? [];

    internal override void Write(Utf8JsonWriter writer, Scope scope) => WriteRaw(writer, value);
}

internal sealed class ListTemplate(IReadOnlyList<Template> items) : Template
{
    public IReadOnlyList<Template> Items => items;

    public override IEnumerable<(TextTemplate Text, string Path)> Texts(string path) => items.SelectMany((item, index) => item.Texts($"{path}[{index}]"));

    internal override void Write(Utf8JsonWriter writer, Scope scope)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            item.Write(writer, scope);
        }

        writer.WriteEndArray();
    }
}

internal sealed class MapTemplate(IReadOnlyList<KeyValuePair<string, Template>> members) : Template
{
    public IReadOnlyList<KeyValuePair<string, Template>> Members => members;

    public override IEnumerable<(TextTemplate Text, string Path)> Texts(string path) => members.SelectMany(member => member.Value.Texts($"{path}.{member.Key}"));

    internal override void Write(Utf8JsonWriter writer, Scope scope)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.Write(writer, scope);
        }

        writer.WriteEndObject();
    }
}
