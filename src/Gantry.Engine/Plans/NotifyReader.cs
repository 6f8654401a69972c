using Gantry.Engine.Documents;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Reads a 'notify' list; what has no place in one becomes a finding.</summary>
internal sealed class NotifyReader(FieldReader fields, StepBuilder steps)
{
    private const int RulesMax = 20;

    private static readonly string[] Known = ["on", "use", "with", "at_most_every"];

    /// <summary>Null when nothing is said, which leaves it to the workspace; empty when nobody is to be told.</summary>
    public IReadOnlyList<NotifyRule>? Read(DocumentNode root, string name)
    {
        switch (root.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return null;
            case { Kind: DocumentKind.List, Items.Count: <= RulesMax } list:
                return [.. list.Items.Select((node, index) => ReadRule(node, $"{name}[{index}]")).OfType<NotifyRule>()];
            case { Kind: DocumentKind.List }:
                fields.Find(name, $"'{name}' has at most {RulesMax} items.");
                return [];
            case var other:
                fields.Find(name, $"'{name}' is a list such as [{{on: [failure, recovery], use: slack.post_message, with: {{…}}}}], empty when nobody is to be told; this is {other.Describe()}.");
                return [];
        }
    }

    private NotifyRule? ReadRule(DocumentNode node, string path)
    {
        if (node.Kind != DocumentKind.Map)
        {
            fields.Find(path, $"An item is a map such as {{on: failure, use: smtp.send, with: {{…}}}}, and this is {node.Describe()}.");
            return null;
        }

        fields.RefuseOthers(node, path, "field of 'notify'", Known);
        var occasions = fields.ReadNames(node, path, "on") ?? [];
        if (occasions.Count == 0)
        {
            fields.Find(path, $"The item does not say when: it needs 'on', of {string.Join(", ", NotifyRule.Occasions)}.");
        }

        foreach (var unknown in occasions.Where(occasion => !NotifyRule.Occasions.Contains(occasion, StringComparer.Ordinal)))
        {
            fields.Find($"{path}.on", $"There is no occasion '{unknown}'.{NearestName.Hint(unknown, NotifyRule.Occasions)} They are {string.Join(", ", NotifyRule.Occasions)}.");
        }

        var (provider, action) = steps.ReadUse(node, path);
        return new NotifyRule
        {
            On = occasions,
            Provider = provider,
            Action = action,
            Parameters = steps.ReadParameters(node, path, "with"),
            AtMostEvery = fields.ReadDuration(node, path, "at_most_every"),
        };
    }
}
