using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using System.Xml.XPath;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Xml;

/// <summary>XML, read into values, written from them, and searched by XPath. A document type is refused: it can name files and grow without bound.</summary>
public sealed class XmlProvider : IProvider
{
    private const int FoundMax = 100_000;
    private static readonly HashSet<string> noLists = [];

    public string Id => "xml";

    public string Title => "XML";

    public string Help => "Reads, writes and searches XML.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "parse",
            Help = "Reads XML into a value: elements by their names, attributes as @name, text as #text beside either.",
            Parameters =
            [
                .. TextFile.Reading,
                new() { Name = "lists", Type = SettingType.List, Items = SettingType.Text, Help = "Names of elements that are lists, also where there is one of them only." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "build",
            Help = "Writes a value as XML, in the form that parse gives.",
            Parameters =
            [
                new() { Name = "value", Type = SettingType.Map, IsRequired = true, Help = "A map with one member: the name of the outermost element and what is in it." },
                new() { Name = "indent", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether it is laid out for people." },
                TextFile.To,
                TextFile.Encoding,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "query",
            Help = "Finds what an XPath names.",
            Parameters =
            [
                .. TextFile.Reading,
                new() { Name = "xpath", IsRequired = true, Help = "An XPath 1.0, such as //item[@id='5']/title." },
                new() { Name = "namespaces", Type = SettingType.Map, Help = "Prefixes used in the XPath, and the namespaces they stand for." },
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        if (call.Action == "build")
        {
            return await TextFile.WriteAsync(call, parameters, XmlBuilding.Write(call.Parameters.GetProperty("value"), parameters), cancellationToken);
        }

        var document = await ReadAsync(call, parameters, cancellationToken);
        if (call.Action == "parse")
        {
            var lists = parameters.Find("lists")?.EnumerateArray().Select(item => Scalars.TextOf(item) ?? "").ToHashSet(StringComparer.Ordinal) ?? [];
            return ProviderResult.Success(XmlValue.Of(document, lists));
        }

        return Query(document, parameters);
    }

    private static async Task<XDocument> ReadAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken) =>
        parameters.Find("from") is null
            ? XmlDocuments.Read(await TextFile.ReadAsync(call, parameters, cancellationToken))
            : XmlDocuments.Read(await TextFile.ReadBytesAsync(call, parameters, cancellationToken));

    private static ProviderResult Query(XDocument document, HttpCall parameters)
    {
        var names = new XmlNamespaceManager(new NameTable());
        object result;
        try
        {
            foreach (var pair in parameters.Find("namespaces")?.EnumerateObject() ?? [])
            {
                names.AddNamespace(pair.Name, Scalars.TextOf(pair.Value) ?? "");
            }

            result = document.XPathEvaluate(parameters.FindText("xpath") ?? "", names);
        }
        catch (Exception exception) when (exception is XPathException or ArgumentException or XmlException)
        {
            throw HttpCall.Bad($"'xpath' cannot be used: {exception.Message}");
        }

        List<JsonElement> values = [.. (result is IEnumerable<object> found ? found : [result]).Take(FoundMax + 1).Select(ValueOf)];
        return values.Count <= FoundMax
            ? ProviderResult.Success(
                JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["first"] = values.Count > 0 ? values[0] : null,
                    ["values"] = values,
                    ["count"] = values.Count,
                }),
                $"{values.Count} found.")
            : throw HttpCall.Bad($"'xpath' finds more than {FoundMax:N0} nodes. Make it narrower.");
    }

    private static JsonElement ValueOf(object found) => found switch
    {
        XElement element => XmlValue.Of(element, noLists),
        XAttribute attribute => Scalars.Text(attribute.Value),
        XText text => Scalars.Text(text.Value),
        bool truth => truth ? Scalars.True : Scalars.False,
        double number => double.IsFinite(number) ? JsonSerializer.SerializeToElement(number) : Scalars.Null,
        string text => Scalars.Text(text),
        XDocument document => XmlValue.Of(document, noLists),
        _ => Scalars.Text(found.ToString() ?? ""),
    };
}
