namespace Gantry.Engine.Providers.Manifests;

/// <summary>What the catalogue shows of a provider.</summary>
/// <param name="Actions">Their ids.</param>
public sealed record ManifestSummary(string Id, string Name, string Category, string Help, IReadOnlyList<string> Actions)
{
    private const string ActionIndent = "  ";

    public static ManifestSummary Of(Manifest manifest) => new(manifest.Id, manifest.Name, manifest.Category, manifest.Help, [.. manifest.Actions.Select(action => action.Id)]);

    /// <summary>
    /// Looked for in the text, line by line, which is a hundred times quicker than reading it: for manifests that are written as all of ours are, with each field of the top on a line of its own. Null
    /// of others, which have to be read.
    /// </summary>
    public static ManifestSummary? Scan(string text)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        List<string> actions = [];
        var isInActions = false;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var colon = line.IndexOf(':');
            if (line[0] is not (' ' or '-' or '}' or ']'))
            {
                isInActions = line.StartsWith("actions:");
                if (colon > 0 && line[..colon] is "id" or "name" or "category" or "help")
                {
                    fields[line[..colon].ToString()] = Plain(line[(colon + 1)..].Trim());
                }
            }
            else if (isInActions && colon > 0 && line.StartsWith(ActionIndent) && char.IsAsciiLetterLower(line[ActionIndent.Length]))
            {
                actions.Add(line[ActionIndent.Length..colon].ToString());
            }
        }

        return fields.Count == 4 && actions.Count > 0 && fields.Values.All(value => value.Length > 0)
            ? new(fields["id"], fields["name"], fields["category"], fields["help"], actions)
            : null;
    }

    /// <summary>Empty where it is more than a plain or a simply quoted text.</summary>
    private static string Plain(ReadOnlySpan<char> value)
    {
        if (value.Length > 1 && value[0] is '"' or '\'' && value[^1] == value[0])
        {
            var inside = value[1..^1];
            return inside.IndexOfAny(value[0], '\\') >= 0 ? "" : inside.ToString();
        }

        return value.Length == 0 || value[0] is '"' or '\'' or '|' or '>' or '{' or '[' || value.IndexOf(" #") >= 0 ? "" : value.ToString();
    }
}
