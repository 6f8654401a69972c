using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>Where the API is, by 'servers' or, in version 2, by 'host', 'basePath' and 'schemes'.</summary>
internal sealed partial class ServerList
{
    private static readonly string[] NotTheRealOne = ["sandbox", "staging", "localhost", "127.0.0.1", "test.", "-test", "dev.", "-dev", "demo", "mock", "example.com", "uat"];

    private readonly OpenApiDocument document;
    private readonly OpenApiOptions options;

    private ServerList(OpenApiDocument document, OpenApiOptions options)
    {
        this.document = document;
        this.options = options;
    }

    /// <summary>Without a closing '/'; with ${connection.NAME} where it differs. Empty while it has to be asked for.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>Why it has to be asked for; null when it need not be.</summary>
    public string? Question { get; private set; }

    public IReadOnlyList<string> Choices { get; private set; } = [];

    /// <summary>The fields of the connection that the address has.</summary>
    public JsonObject Fields { get; } = [];

    /// <summary>Hosts of single operations.</summary>
    public SortedSet<string> Hosts { get; } = new(StringComparer.Ordinal);

    public static ServerList Of(OpenApiDocument document, OpenApiOptions options)
    {
        var servers = new ServerList(document, options);
        if (options.BaseUrl is { } given)
        {
            servers.BaseUrl = given.TrimEnd('/');
            return servers;
        }

        servers.Choose(document.IsSwagger ? servers.OfSwagger() : [.. OpenApiDocument.List(document.Root, "servers")]);
        return servers;
    }

    /// <summary>The address of an operation or a path that has servers of its own; null when it has none.</summary>
    public string? Own(DocumentNode item, DocumentNode operation)
    {
        var own = OpenApiDocument.List(operation, "servers") is { Count: > 0 } ofOperation ? ofOperation : OpenApiDocument.List(item, "servers");
        if (own.Count == 0 || options.BaseUrl is not null || Template(own[0]) is not { } url || url == BaseUrl)
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || url.Contains("${", StringComparison.Ordinal))
        {
            document.Warn($"An operation has the server '{Names.Line(url)}' of its own, which is no whole address; it is called at the API's own.");
            return null;
        }

        Hosts.Add(parsed.Authority);
        return url;
    }

    private void Choose(IReadOnlyList<DocumentNode> servers)
    {
        var templates = servers.Select(Template).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        templates.RemoveAll(url => url.StartsWith("http://", StringComparison.Ordinal) && templates.Contains($"https{url[4..]}"));
        var real = templates.Where(IsReal).ToList();
        Choices = [.. real, .. templates.Except(real, StringComparer.Ordinal)];
        Question = templates switch
        {
            [] when servers.Count == 0 => "The document does not say where the API is.",
            [] => "The document has only relative addresses of the API.",
            _ when real.Count == 0 => "The document names no address but one for trying out.",
            _ when !IsReal(templates[0]) => "The document names an address for trying out first.",
            _ => null,
        };
        if (Question is null)
        {
            BaseUrl = templates[0];
            if (real.Count > 1)
            {
                document.Warn($"The API has {real.Count} addresses; {real[0]} was chosen. Others: {string.Join(", ", real.Skip(1).Take(5))}.");
            }

            if (BaseUrl.StartsWith("http://", StringComparison.Ordinal))
            {
                document.Warn($"{BaseUrl} is not encrypted: what is sent there, secrets included, can be read on the way.");
            }
        }
    }

    private static bool IsReal(string url) => !NotTheRealOne.Any(sign => url.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private IReadOnlyList<DocumentNode> OfSwagger()
    {
        var host = OpenApiDocument.Text(document.Root, "host");
        var path = OpenApiDocument.Text(document.Root, "basePath") ?? "";
        var schemes = OpenApiDocument.List(document.Root, "schemes").Select(scheme => scheme.Text).ToList();
        var scheme = schemes.Contains("https") || schemes.Count == 0 ? "https" : schemes[0];
        var url = host is null ? path : $"{scheme}://{host}{(path is "/" ? "" : path)}";
        return url.Length == 0
            ? []
            : [new DocumentNode { Kind = DocumentKind.Map, Position = document.Root.Position, Members = [new("url", document.Root.Position, new() { Kind = DocumentKind.Text, Position = document.Root.Position, Text = url })] }];
    }

    /// <summary>A server's address with its variables as fields of the connection. Null when it cannot be completed.</summary>
    private string? Template(DocumentNode server)
    {
        var url = server.Kind == DocumentKind.Map ? OpenApiDocument.Text(server, "url")?.Trim() : null;
        if (string.IsNullOrEmpty(url) || url == "/" && options.ReadFrom is null)
        {
            return null;
        }

        url = url.StartsWith("//", StringComparison.Ordinal) ? $"https:{url}" : url;
        if (!url.Contains("://", StringComparison.Ordinal))
        {
            if (url.StartsWith('{') || (url[0] != '/' && url[0] != '.' && url.Split('/')[0].Contains('.', StringComparison.Ordinal)))
            {
                url = $"https://{url}";
                document.Warn($"The server '{Names.Line(url[8..])}' has no scheme; https is taken.");
            }
            else if (options.ReadFrom is { } from && Uri.TryCreate(from, url, out var whole))
            {
                url = whole.AbsoluteUri;
            }
            else
            {
                return null;
            }
        }

        var variables = OpenApiDocument.Map(server, "variables");
        var template = Variable().Replace(url, match => Field(match.Groups["name"].Value, variables));
        return Uri.TryCreate(Variable().Replace(url, "x"), UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? template.Split('#')[0].Split('?')[0].TrimEnd('/')
            : null;
    }

    private string Field(string name, DocumentNode? variables)
    {
        var field = Names.Id(name);
        var variable = variables is null ? null : OpenApiDocument.Map(variables, name);
        var value = new JsonObject { ["help"] = variable is null || OpenApiDocument.Text(variable, "description") is not { Length: > 0 } said ? $"The part '{Names.Line(name)}' of the address." : Names.Line(said) };
        var choices = variable is null ? [] : OpenApiDocument.List(variable, "enum").Select(choice => choice.Text).Distinct(StringComparer.Ordinal).ToList();
        if (choices.Count > 0)
        {
            value["enum"] = new JsonArray([.. choices.Select(choice => JsonValue.Create(choice))]);
        }

        var standard = variable is null ? null : OpenApiDocument.Text(variable, "default");
        if (standard is { Length: > 0 } && (choices.Count == 0 || choices.Contains(standard)) && !standard.Contains("${", StringComparison.Ordinal))
        {
            value["default"] = standard;
        }
        else
        {
            value["required"] = true;
        }

        Fields[field] = value;
        return $"${{connection.{field}}}";
    }

    [GeneratedRegex(@"\{(?<name>[^{}]+)\}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
