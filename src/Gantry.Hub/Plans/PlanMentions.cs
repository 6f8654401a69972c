using System.Text.RegularExpressions;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;

namespace Gantry.Hub.Plans;

/// <summary>Something that a document of steps names.</summary>
internal abstract record PlanMention;

/// <summary>An action.</summary>
/// <param name="Name">provider.action, as it is written.</param>
/// <param name="Provider">Null when this hub has none of the name, or not such an action.</param>
/// <param name="Action">Null together with the provider.</param>
/// <param name="With">Its parameters.</param>
internal sealed record ActionMention(string Name, IProvider? Provider, ProviderAction? Action, DocumentNode? With) : PlanMention
{
    /// <summary>The credential that it signs in with; null when it needs none, or is given its fields one by one.</summary>
    public string? Connection
    {
        get
        {
            if (Provider is null || Action!.Parameters.All(parameter => parameter.Name != ManifestProvider.ConnectionName)) return null;
            var given = With?.Find(ManifestProvider.ConnectionName)?.Value;
            if (given is { Kind: DocumentKind.Map } || given?.Text.Contains("${", StringComparison.Ordinal) == true) return null;
            return given is { Kind: DocumentKind.Text } ? given.Text : Provider.Id;
        }
    }
}

/// <summary>A secret, by a reference in a text.</summary>
internal sealed record SecretMention(string Name) : PlanMention;

/// <summary>What documents of steps, of settings and of rules name. What stands in their comments is not meant.</summary>
internal static partial class PlanMentions
{
    /// <summary>In the order of the document; what is named twice is told twice.</summary>
    public static IEnumerable<PlanMention> Of(DocumentNode root, ProviderCatalog providers)
    {
        foreach (var node in NodesOf(root))
        {
            if (node.Kind == DocumentKind.Map && ActionOf(node, providers) is { } action)
            {
                yield return action;
            }
            else if (node.Kind == DocumentKind.Text)
            {
                foreach (Match reference in References().Matches(node.Text))
                    yield return new SecretMention(reference.Groups["name"].Value);
            }
        }
    }

    private static ActionMention? ActionOf(DocumentNode node, ProviderCatalog providers)
    {
        var with = (node.Find("with") ?? node.Find("params"))?.Value;
        var text = node.Find("use")?.Value is { Kind: DocumentKind.Text } use ? use.Text
            : node.Find("provider")?.Value is { Kind: DocumentKind.Text } provider && node.Find("action")?.Value is { Kind: DocumentKind.Text } action ? $"{provider.Text}.{action.Text}"
            : null;
        if (text is null) return null;
        var parts = text.Split('.', 2);
        return parts.Length == 2 && providers.Find(parts[0]) is { } found && found.Actions.FirstOrDefault(action => action.Id == parts[1]) is { } known
            ? new ActionMention(text, found, known, with)
            : new ActionMention(text, null, null, with);
    }

    private static IEnumerable<DocumentNode> NodesOf(DocumentNode node) =>
        node.Items.Concat(node.Members.Select(member => member.Value)).SelectMany(NodesOf).Prepend(node);

    // After another '$' it is the text itself.
    [GeneratedRegex(@"(?<!\$)\$\{\s*cred:(?<name>[^}\s]{1,200})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex References();
}
