using System.Buffers;
using System.Text.Json;
using System.Xml.Linq;

namespace Gantry.Plugins.Providers.Xml;

/// <summary>An element as a value: only text is a text, nothing at all is null; else a map of its attributes (@name), its elements by name, and its text (#text).</summary>
internal static class XmlValue
{
    /// <summary>{root: value}.</summary>
    public static JsonElement Of(XDocument document, IReadOnlySet<string> lists) => Written(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(NameOf(document.Root!, document.Root!.Name));
        Write(json, document.Root!, lists);
        json.WriteEndObject();
    });

    public static JsonElement Of(XElement element, IReadOnlySet<string> lists) => Written(json => Write(json, element, lists));

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = 3 * Engine.Providers.Texts.XmlDocuments.DepthMax });
    }

    private static void Write(Utf8JsonWriter json, XElement element, IReadOnlySet<string> lists)
    {
        var text = string.Concat(element.Nodes().OfType<XText>().Select(node => node.Value));
        var isMixed = element.HasElements;
        text = isMixed && string.IsNullOrWhiteSpace(text) ? "" : text;
        if (!element.HasAttributes && !isMixed)
        {
            if (element.IsEmpty)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStringValue(text);
            }

            return;
        }

        json.WriteStartObject();
        foreach (var attribute in element.Attributes())
        {
            json.WriteString("@" + (attribute.IsNamespaceDeclaration && attribute.Name.NamespaceName.Length > 0 ? $"xmlns:{attribute.Name.LocalName}" : NameOf(element, attribute.Name)), attribute.Value);
        }

        foreach (var group in element.Elements().GroupBy(child => NameOf(child, child.Name), StringComparer.Ordinal))
        {
            json.WritePropertyName(group.Key);
            var isList = lists.Contains(group.Key) || group.Skip(1).Any();
            if (isList)
            {
                json.WriteStartArray();
            }

            foreach (var child in group)
            {
                Write(json, child, lists);
            }

            if (isList)
            {
                json.WriteEndArray();
            }
        }

        if (text.Length > 0)
        {
            json.WriteString("#text", text);
        }

        json.WriteEndObject();
    }

    /// <summary>With its prefix, as the document has it.</summary>
    private static string NameOf(XElement scope, XName name) =>
        name.NamespaceName.Length > 0 && scope.GetPrefixOfNamespace(name.Namespace) is { Length: > 0 } prefix ? $"{prefix}:{name.LocalName}" : name.LocalName;
}
