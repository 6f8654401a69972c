using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Xml;

/// <summary>Values as XML: what <see cref="XmlValue"/> does, the other way round.</summary>
internal static class XmlBuilding
{
    private const string Declaration = "@xmlns";

    public static string Write(JsonElement value, HttpCall parameters)
    {
        var members = value.EnumerateObject().ToList();
        if (members.Count != 1 || members[0].Value.ValueKind == JsonValueKind.Array)
        {
            throw HttpCall.Bad("'value' is a map with one member, the outermost element: {feed: {title: …}}.");
        }

        var text = new EncodedWriter(TextFile.EncodingOf(parameters));
        try
        {
            var document = new XDocument(Element(members[0].Name, members[0].Value, new Dictionary<string, string>(StringComparer.Ordinal), depth: 1));
            using var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = parameters.Find("indent") is { ValueKind: JsonValueKind.True }, NewLineChars = "\n", NewLineHandling = NewLineHandling.None });
            document.Save(xml);
        }
        catch (Exception exception) when (exception is ArgumentException or XmlException or InvalidOperationException)
        {
            throw HttpCall.Bad($"'value' cannot be written as XML: {exception.Message}");
        }

        return text.ToString();
    }

    private static XElement Element(string name, JsonElement value, IReadOnlyDictionary<string, string> around, int depth)
    {
        if (depth > XmlDocuments.DepthMax)
        {
            throw HttpCall.Bad($"'value' is nested more than {XmlDocuments.DepthMax} deep.");
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return new XElement(NameOf(name, around, isElement: true), value.ValueKind == JsonValueKind.Null ? null : TextOf(value));
        }

        var scope = new Dictionary<string, string>(around, StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().Where(member => member.Name == Declaration || member.Name.StartsWith(Declaration + ":", StringComparison.Ordinal)))
        {
            scope[member.Name.Length > Declaration.Length ? member.Name[(Declaration.Length + 1)..] : ""] = TextOf(member.Value);
        }

        var element = new XElement(NameOf(name, scope, isElement: true));
        foreach (var member in value.EnumerateObject())
        {
            element.Add(Contents(member, scope, depth));
        }

        return element;
    }

    private static IEnumerable<object> Contents(JsonProperty member, Dictionary<string, string> scope, int depth)
    {
        if (member.Name == "#text")
        {
            return [new XText(TextOf(member.Value))];
        }

        if (member.Name.StartsWith('@'))
        {
            return [new XAttribute(AttributeNameOf(member.Name[1..], scope), TextOf(member.Value))];
        }

        return member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().Select(item => Element(member.Name, item, scope, depth + 1))
            : [Element(member.Name, member.Value, scope, depth + 1)];
    }

    private static XName AttributeNameOf(string name, Dictionary<string, string> scope) => name.Split(':') switch
    {
        ["xmlns", var prefix] => XNamespace.Xmlns + prefix,
        ["xml", var local] => XNamespace.Xml + local,
        _ => NameOf(name, scope, isElement: false),
    };

    private static XName NameOf(string name, IReadOnlyDictionary<string, string> scope, bool isElement)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return isElement && scope.TryGetValue("", out var usual) ? XName.Get(XmlConvert.VerifyNCName(name), usual) : XName.Get(XmlConvert.VerifyNCName(name));
        }

        return scope.TryGetValue(name[..colon], out var declared)
            ? XName.Get(XmlConvert.VerifyNCName(name[(colon + 1)..]), declared)
            : throw HttpCall.Bad($"The prefix of '{name}' is not declared: give '{Declaration}:{name[..colon]}' in that element or in one around it.");
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => Scalars.TextOf(value) ?? "",
        JsonValueKind.Object or JsonValueKind.Array => throw HttpCall.Bad("Attributes, '#text' and items of lists within lists are texts, numbers, true or false."),
        _ => value.GetRawText(),
    };

    private sealed class EncodedWriter(Encoding encoding) : StringWriter
    {
        public override Encoding Encoding => encoding;
    }
}
