using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests.Reading;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Reads a manifest (providers/README.md) and checks all of it: what can be wrong with one is found here, and not when a plan runs.</summary>
public static class ManifestReader
{
    public const string Schema = "provider/v1";

    public const int BytesMax = 32 * 1024 * 1024;

    /// <summary>What a provider can be listed under.</summary>
    public static IReadOnlyList<string> Categories => ManifestNames.Categories;

    /// <summary>What a large vendor's whole API takes.</summary>
    private static readonly DocumentLimits Limits = new() { BytesMax = BytesMax, EventsMax = 6_000_000 };

    private static readonly ManifestPattern IdPattern = new("[a-z0-9][a-z0-9_-]{0,48}");

    private static readonly ManifestPattern DocsPattern = new("https?://\\S+");

    private static readonly ManifestPattern DatePattern = new("\\d{4}-\\d{2}-\\d{2}");

    /// <summary>Whether a provider can be called so.</summary>
    public static bool IsId(string text) => IdPattern.Fits(text);

    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">What the file is called, for messages; 'acme.yaml' must have the id 'acme'.</param>
    /// <exception cref="ManifestException">It cannot be used; it says all that is wrong.</exception>
    public static Manifest Read(string text, string name)
    {
        var findings = new ManifestFindings(name);
        Manifest? manifest = null;
        try
        {
            var root = Tree(text);
            manifest = Read(root, name, findings);
            if (findings.All.Count == 0)
            {
                new ManifestCheck(manifest, root, findings).Check();
            }
        }
        catch (DocumentException exception)
        {
            findings.Add(exception.Position, exception.Message);
        }

        return findings.All is { Count: > 0 } all ? throw new ManifestException(all) : manifest!;
    }

    /// <summary>All that is wrong with it; empty when it can be used.</summary>
    public static IReadOnlyList<ManifestFinding> Check(string text, string name)
    {
        try
        {
            Read(text, name);
            return [];
        }
        catch (ManifestException exception)
        {
            return exception.Findings;
        }
    }

    /// <summary>The document as it is written, within the limits of manifests.</summary>
    internal static DocumentNode Tree(string text) => DocumentReader.Read(text, limits: Limits);

    private static Manifest Read(DocumentNode root, string file, ManifestFindings findings)
    {
        var fields = new ManifestFields(root, findings, "The manifest");
        if (fields.Text("schema", isRequired: true) is { } schema && schema != Schema)
        {
            findings.Add(fields.Find("schema")!.Position, $"'schema' is {Schema}.");
        }

        var id = fields.Matching("id", IdPattern, "lower-case letters, digits, '_' and '-', at most 49", isRequired: true) ?? "";
        if (file.EndsWith(".yaml", StringComparison.Ordinal) && id.Length > 0 && Path.GetFileNameWithoutExtension(file) != id)
        {
            findings.Add(fields.Find("id")!.Position, $"The id of a provider is the name of its file: '{Path.GetFileNameWithoutExtension(file)}', and not '{id}'.");
        }

        var category = fields.Text("category", isRequired: true) ?? "";
        if (category.Length > 0 && !ManifestNames.Categories.Contains(category, StringComparer.Ordinal))
        {
            findings.Add(fields.Find("category")!.Position, $"There is no category '{category}'.{Settings.NearestName.Hint(category, ManifestNames.Categories)}");
        }

        var check = fields.Require("checked") is { } checkedNode ? new ManifestFields(checkedNode, findings, "'checked'") : null;
        var reader = new ActionReader(findings, ReadPagings(fields, findings));
        var actions = fields.Map("actions");
        if (fields.Require("actions") is { Kind: DocumentKind.Map } && actions.Count == 0)
        {
            findings.Add(fields.Find("actions")!.Position, "There is no action.");
        }

        var manifest = new Manifest
        {
            Id = id,
            Name = fields.Text("name", isRequired: true) ?? "",
            Category = category,
            Help = fields.Help(isRequired: true) ?? "",
            Docs = fields.Matching("docs", DocsPattern, "an address that begins with http:// or https://", isRequired: true) ?? "",
            CheckedOn = check?.Matching("date", DatePattern, "a day such as 2026-11-21", isRequired: true) ?? "",
            CheckedAgainst = check?.Text("against", isRequired: true) ?? "",
            Deprecated = fields.Text("deprecated"),
            BaseUrl = fields.Template("base_url", isRequired: true) ?? new ManifestText(""),
            Hosts = [.. fields.TextNodes("hosts").Select(node => fields.TemplateOf(node, node.Text))],
            Connection = AuthReader.ReadFields(fields, "connection"),
            Auth = AuthReader.Read(fields),
            Constants = new ManifestConstants(fields.Templates("headers"), fields.Templates("query"), fields.Templates("body").Count > 0 ? fields.Value("body") : null),
            Verify = fields.Find("verify") is { } verify ? AuthReader.ReadRequest(verify, findings, "'verify'") : null,
            Limits = fields.Find("limits") is { } limits ? ReadLimits(limits, findings) : new ManifestLimits(),
            Errors = fields.Find("errors") is { } errors ? reader.ReadErrors(errors) : new ManifestErrors(),
            Usage = fields.Find("usage") is { } usage ? reader.ReadUsage(usage) : null,
            Actions = [.. actions.Select(reader.Read)],
        };
        check?.End();
        fields.End();
        return manifest.Indexed();
    }

    private static Dictionary<string, ManifestPaging> ReadPagings(ManifestFields fields, ManifestFindings findings)
    {
        var reader = new ActionReader(findings, new Dictionary<string, ManifestPaging>(StringComparer.Ordinal));
        return fields.Map("paging").ToDictionary(member => member.Name, member => reader.ReadPaging(member.Value), StringComparer.Ordinal);
    }

    private static ManifestLimits ReadLimits(DocumentNode node, ManifestFindings findings)
    {
        var fields = new ManifestFields(node, findings, "'limits'");
        var limits = new ManifestLimits
        {
            PerSecond = fields.Number("per_second", isPositive: true),
            PerMinute = fields.Number("per_minute", isPositive: true),
            Concurrent = fields.Integer("concurrent", 1),
            RetryStatus = fields.Integers("retry_status"),
            RetryAfter = fields.Texts("retry_after"),
            ResetAt = fields.Texts("reset_at"),
            Remaining = fields.Text("remaining"),
            BodyAfter = fields.Path("body_after"),
            WaitMax = fields.Seconds("max_wait_seconds") ?? TimeSpan.FromSeconds(60),
        };
        fields.End();
        return limits;
    }
}
