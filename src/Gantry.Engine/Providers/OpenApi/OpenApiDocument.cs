using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>The document's parts, references within it followed, and what was found wrong with it.</summary>
internal sealed class OpenApiDocument
{
    private const int ReferencesMax = 32;

    /// <summary>Schemas, properties and choices looked at: several times what the largest documents of vendors take. A small document can describe more than there are stars.</summary>
    private const int LooksMax = 20_000_000;

    private readonly Dictionary<string, DocumentNode?> byReference = new(StringComparer.Ordinal);
    private readonly Dictionary<DocumentNode, Dictionary<string, DocumentNode>> byName = [];
    private readonly List<string> warnings = [];
    private readonly HashSet<string> warned = new(StringComparer.Ordinal);

    private int looks;

    public OpenApiDocument(DocumentNode root)
    {
        Root = root;
        var version = Text(root, "openapi");
        var swagger = Text(root, "swagger");
        IsSwagger = version is null && swagger is not null;
        if (root.Kind != DocumentKind.Map || (version is null && swagger is null))
        {
            throw new DocumentException(root.Position, "This is no OpenAPI document: it has neither 'openapi' nor 'swagger' at its top.");
        }

        if (IsSwagger ? !swagger!.StartsWith('2') : !version!.StartsWith('3'))
        {
            throw new DocumentException(root.Position, $"OpenAPI {version ?? swagger} is not understood; 2.0, 3.0 and 3.1 are.");
        }

        var info = Map(root, "info");
        Title = (info is null ? null : Text(info, "title")) is { Length: > 0 } title ? Names.Line(title) : "Imported API";
        Description = info is null ? null : Text(info, "description");
        Version = (info is null ? null : Text(info, "version")) is { Length: > 0 } said ? Names.Line(said) : "unknown";
        DocsUrl = new[] { Map(root, "externalDocs") is { } docs ? Text(docs, "url") : null, info is null ? null : Map(info, "contact") is { } contact ? Text(contact, "url") : null }
            .FirstOrDefault(url => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https");
    }

    public DocumentNode Root { get; }

    /// <summary>Version 2, whose bodies are parameters and whose servers are three fields.</summary>
    public bool IsSwagger { get; }

    public string Title { get; }

    public string? Description { get; }

    public string Version { get; }

    public string? DocsUrl { get; }

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Once each.</summary>
    public void Warn(string message)
    {
        if (warned.Add(message))
        {
            warnings.Add(message);
        }
    }

    /// <summary>False, with a warning, when more of the document was looked at than any honest one needs.</summary>
    public bool MayLook(int count)
    {
        if (looks < LooksMax)
        {
            looks += Math.Min(count, LooksMax);
            return true;
        }

        Warn("The document's schemas refer to each other so often that not all of them are written out; what is left out takes anything.");
        return false;
    }

    /// <summary>What a node says, or what its $ref leads to. Null, with a warning, when it leads nowhere.</summary>
    public DocumentNode? Resolve(DocumentNode? node)
    {
        for (var hops = 0; node is { Kind: DocumentKind.Map } && Text(node, "$ref") is { } reference; hops++)
        {
            if (hops == ReferencesMax)
            {
                Warn($"{node.Position.Line}:{node.Position.Column}: '{EndpointPath.Printable(reference)}' leads back to itself.");
                return null;
            }

            if (Follow(reference) is not { } next)
            {
                Warn(reference.StartsWith('#')
                    ? $"{node.Position.Line}:{node.Position.Column}: '{EndpointPath.Printable(reference)}' leads nowhere; anything is taken there."
                    : $"{node.Position.Line}:{node.Position.Column}: '{EndpointPath.Printable(reference)}' is in another document, which is not fetched; anything is taken there. Bundle the documents into one to have it.");
                return null;
            }

            node = next;
        }

        return node;
    }

    /// <summary>A member of a large map, found quickly.</summary>
    public DocumentNode? Member(DocumentNode map, string name)
    {
        if (map.Members.Count < 16)
        {
            return map.Find(name)?.Value;
        }

        if (!byName.TryGetValue(map, out var members))
        {
            byName[map] = members = map.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        }

        return members.GetValueOrDefault(name);
    }

    public static string? Text(DocumentNode map, string name) =>
        map.Find(name)?.Value is { Kind: DocumentKind.Text or DocumentKind.Number } value ? value.Text : null;

    public static bool IsTrue(DocumentNode map, string name) => map.Find(name)?.Value is { } value && string.Equals(value.Text, "true", StringComparison.OrdinalIgnoreCase);

    public static DocumentNode? Map(DocumentNode map, string name) => map.Find(name)?.Value is { Kind: DocumentKind.Map } value ? value : null;

    public static IReadOnlyList<DocumentNode> List(DocumentNode map, string name) => map.Find(name)?.Value.Items ?? [];

    /// <summary>RFC 6901, within this document.</summary>
    private DocumentNode? Follow(string reference)
    {
        if (byReference.TryGetValue(reference, out var known))
        {
            return known;
        }

        DocumentNode? node = reference.StartsWith("#/", StringComparison.Ordinal) ? Root : null;
        foreach (var part in node is null ? [] : reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node?.Kind switch
            {
                DocumentKind.Map => Member(node, name),
                DocumentKind.List => int.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var index) ? node.Items.ElementAtOrDefault(index) : null,
                _ => null,
            };
        }

        return byReference[reference] = node;
    }
}
