using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Makes a plan of a document's nodes, and a finding of everything that has no place in one.</summary>
internal sealed class PlanBuilder(FieldReader fields)
{
    private const int NameLengthMax = 200;

    /// <summary>Null when the document is no map.</summary>
    public Plan? Build(DocumentNode root)
    {
        if (root.Kind != DocumentKind.Map)
        {
            fields.Find("", $"A plan is a map with a list of 'steps', and this is {root.Describe()}.");
            return null;
        }

        fields.RefuseOthers(root, "", "plan field", [.. PlanFormat.Plan.Select(field => field.Name)]);
        var steps = new StepBuilder(fields);
        return new Plan
        {
            Name = ReadName(root),
            Description = fields.ReadText(root, "", "description"),
            Inputs = ReadInputs(root),
            Triggers = new TriggerReader(fields.Find, fields.FindName).ReadAll(root.Find("on")?.Value),
            Concurrency = ReadConcurrency(root),
            Budget = ReadBudget(root),
            Timeout = fields.ReadDuration(root, "", "timeout"),
            Steps = steps.ReadSteps(root, "", "steps", isRequired: true),
            OnFailure = steps.ReadSteps(root, "", "on_failure", isRequired: false),
            Notify = new NotifyReader(fields, steps).Read(root, "notify"),
        };
    }

    private string? ReadName(DocumentNode root)
    {
        var name = fields.ReadText(root, "", "name");
        if (name is not null && (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl) || name.Trim() != name))
        {
            fields.Find("name", $"A plan's name has 1 to {NameLengthMax} characters, none of them a control character, and no space at its ends.");
        }

        return name;
    }

    private List<PlanInput> ReadInputs(DocumentNode root)
    {
        if (root.Find("inputs")?.Value is not { Kind: not DocumentKind.Null } node)
        {
            return [];
        }

        if (node.Kind != DocumentKind.Map)
        {
            fields.Find("inputs", $"'inputs' is a map of names and types (site: string), and this is {node.Describe()}.");
            return [];
        }

        return [.. node.Members.Select(ReadInput)];
    }

    private PlanInput ReadInput(DocumentMember member)
    {
        var path = $"inputs.{member.Name}";
        if (!PlanNames.IsName(member.Name))
        {
            fields.FindName(path, $"'{member.Name}' is no name for an input: it begins with a letter or '_', and goes on with letters, digits, '_' and '-'.");
        }

        return member.Value.Kind == DocumentKind.Map ? ReadLongInput(member, path) : new PlanInput
        {
            Name = member.Name,
            Type = ReadType(member.Value, path),
            IsRequired = true,
        };
    }

    private PlanInput ReadLongInput(DocumentMember member, string path)
    {
        var node = member.Value;
        fields.RefuseOthers(node, path, "field of an input", [.. PlanFormat.Input.Select(field => field.Name)]);
        var type = node.Find("type") is { } typeMember ? ReadType(typeMember.Value, $"{path}.type") : SettingType.Any;
        var isRequired = fields.ReadBoolean(node, path, "required");
        var fallback = node.Find("default") is { Value.Kind: not DocumentKind.Null } given ? ReadDefault(given.Value, type, $"{path}.default") : null;
        if (isRequired == true && fallback is not null)
        {
            fields.Find($"{path}.required", "An input with a default is never missing. Leave out 'required' or 'default'.");
        }

        return new PlanInput
        {
            Name = member.Name,
            Type = type,
            Default = fallback,
            IsRequired = isRequired ?? node.Find("default") is null,
            Description = fields.ReadText(node, path, "description"),
        };
    }

    private JsonElement? ReadDefault(DocumentNode node, SettingType type, string path)
    {
        var value = node.ToJson();
        if (node.Kind == DocumentKind.Text && node.Text.Contains("${", StringComparison.Ordinal))
        {
            fields.Find(path, "A default is used as it is written; references are not expanded in it.");
        }

        if (Scalars.Convert(type, value) is { } converted)
        {
            return converted;
        }

        fields.Find(path, $"The default must be {SettingCheck.Describe(type)}, and this is {node.Describe()}.");
        return null;
    }

    private SettingType ReadType(DocumentNode node, string path)
    {
        if (node.Kind == DocumentKind.Text && PlanNames.InputTypes.TryGetValue(node.Text, out var type))
        {
            return type;
        }

        fields.Find(path, node.Kind == DocumentKind.Text
            ? $"There is no type '{node.Text}'.{NearestName.Hint(node.Text, PlanNames.InputTypes.Keys)}"
            : $"A type is expected here (string, integer, …), and this is {node.Describe()}.");
        return SettingType.Any;
    }

    private PlanBudget? ReadBudget(DocumentNode root)
    {
        const string Path = "budget";
        if (fields.ReadMap(root, "", Path, "{tokens: 100000}") is not { } map)
        {
            return null;
        }

        var known = PlanFormat.Plan.First(field => field.Name == Path).Fields;
        fields.RefuseOthers(map, Path, "field of 'budget'", [.. known.Select(field => field.Name)]);
        return new PlanBudget
        {
            Tokens = map.Find("tokens") is null ? null : (long)fields.ReadNumber(map, Path, "tokens", known[0].Min, known[0].Max, isWhole: true, 0),
            Cost = map.Find("cost") is null ? null : fields.ReadNumber(map, Path, "cost", known[1].Min, known[1].Max, isWhole: false, 0),
        };
    }

    private PlanConcurrency? ReadConcurrency(DocumentNode root)
    {
        const string Path = "concurrency";
        if (fields.ReadMap(root, "", Path, "{key: \"${input.site}\", limit: 1, when_full: queue}") is not { } map)
        {
            return null;
        }

        var known = PlanFormat.Plan.First(field => field.Name == Path).Fields;
        fields.RefuseOthers(map, Path, "field of 'concurrency'", [.. known.Select(field => field.Name)]);
        if (map.Find("key") is null)
        {
            fields.Find(Path, "'key' is missing: executions with the same key run at most 'limit' at once.");
        }

        return new PlanConcurrency
        {
            Key = Scalars.Text(fields.ReadText(map, Path, "key") ?? ""),
            Limit = (int)fields.ReadNumber(map, Path, "limit", known[1].Min, known[1].Max, isWhole: true, 1),
            WhenFull = fields.ReadChoice(map, Path, "when_full", known[2].Choices) switch
            {
                "skip" => WhenFull.Skip,
                "cancel_oldest" => WhenFull.CancelOldest,
                _ => WhenFull.Queue,
            },
        };
    }
}
