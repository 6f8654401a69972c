using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Makes a plan of a document's nodes, and a finding of everything that has no place in one.</summary>
internal sealed class PlanBuilder(SourceMap source, List<PlanFinding> findings)
{
    private const int NameLengthMax = 200;
    private const int AttemptsMax = 1000;

    private static readonly JsonElement NoParameters = JsonElement.Parse("{}"u8);

    /// <summary>Null when the document is no map.</summary>
    public Plan? Build(DocumentNode root)
    {
        if (root.Kind != DocumentKind.Map)
        {
            Find("", $"A plan is a map with a list of 'steps', and this is {root.Describe()}.");
            return null;
        }

        RefuseOthers(root, "", "plan field", "name", "description", "inputs", "on", "steps");
        return new Plan
        {
            Name = ReadName(root),
            Description = ReadText(root, "", "description"),
            Inputs = ReadInputs(root),
            Triggers = new TriggerReader(Find, FindName).ReadAll(root.Find("on")?.Value),
            Steps = ReadSteps(root),
        };
    }

    private string? ReadName(DocumentNode root)
    {
        var name = ReadText(root, "", "name");
        if (name is not null && (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl) || name.Trim() != name))
        {
            Find("name", $"A plan's name has 1 to {NameLengthMax} characters, none of them a control character, and no space at its ends.");
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
            Find("inputs", $"'inputs' is a map of names and types (site: string), and this is {node.Describe()}.");
            return [];
        }

        return [.. node.Members.Select(ReadInput)];
    }

    private PlanInput ReadInput(DocumentMember member)
    {
        var path = $"inputs.{member.Name}";
        if (!PlanNames.IsName(member.Name))
        {
            FindName(path, $"'{member.Name}' is no name for an input: it begins with a letter or '_', and goes on with letters, digits, '_' and '-'.");
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
        RefuseOthers(node, path, "field of an input", "type", "default", "required", "description");
        var type = node.Find("type") is { } typeMember ? ReadType(typeMember.Value, $"{path}.type") : SettingType.Any;
        var isRequired = ReadBoolean(node, path, "required");
        var fallback = node.Find("default") is { Value.Kind: not DocumentKind.Null } given ? ReadDefault(given.Value, type, $"{path}.default") : null;
        if (isRequired == true && fallback is not null)
        {
            Find($"{path}.required", "An input with a default is never missing. Leave out 'required' or 'default'.");
        }

        return new PlanInput
        {
            Name = member.Name,
            Type = type,
            Default = fallback,
            IsRequired = isRequired ?? node.Find("default") is null,
            Description = ReadText(node, path, "description"),
        };
    }

    private JsonElement? ReadDefault(DocumentNode node, SettingType type, string path)
    {
        var value = node.ToJson();
        if (node.Kind == DocumentKind.Text && node.Text.Contains("${", StringComparison.Ordinal))
        {
            Find(path, "A default is used as it is written; references are not expanded in it.");
        }

        if (Scalars.Convert(type, value) is { } converted)
        {
            return converted;
        }

        Find(path, $"The default must be {SettingCheck.Describe(type)}, and this is {node.Describe()}.");
        return null;
    }

    private SettingType ReadType(DocumentNode node, string path)
    {
        if (node.Kind == DocumentKind.Text && PlanNames.InputTypes.TryGetValue(node.Text, out var type))
        {
            return type;
        }

        Find(path, node.Kind == DocumentKind.Text
            ? $"There is no type '{node.Text}'.{NearestName.Hint(node.Text, PlanNames.InputTypes.Keys)}"
            : $"A type is expected here (string, integer, …), and this is {node.Describe()}.");
        return SettingType.Any;
    }

    private List<Step> ReadSteps(DocumentNode root)
    {
        switch (root.Find("steps")?.Value)
        {
            case null:
                Find("", "A plan needs a list of 'steps'.");
                return [];
            case { Kind: DocumentKind.List, Items.Count: > 0 } list:
                return [.. list.Items.Select((node, index) => ReadStep(node, $"steps[{index}]"))];
            case { Kind: DocumentKind.List or DocumentKind.Null }:
                Find("steps", "A plan needs at least one step.");
                return [];
            case var other:
                Find("steps", $"'steps' is a list, and this is {other.Describe()}.");
                return [];
        }
    }

    private ActionStep ReadStep(DocumentNode node, string path)
    {
        if (node.Kind != DocumentKind.Map)
        {
            Find(path, $"A step is a map such as {{use: http.get, with: {{url: …}}}}, and this is {node.Describe()}.");
            return new ActionStep { Provider = "", Action = "", Parameters = NoParameters };
        }

        var isOlder = node.Find("use") is null && (node.Find("provider") ?? node.Find("action")) is not null;
        RefuseOthers(node, path, "field of a step", isOlder
            ? ["id", "provider", "action", "params", "retry", "timeout", "repeatable", "keep_going"]
            : ["id", "use", "with", "retry", "timeout", "repeatable", "keep_going"]);
        var (provider, action) = isOlder ? ReadOlderUse(node, path) : ReadUse(node, path);
        return new ActionStep
        {
            Id = ReadId(node, path),
            Provider = provider,
            Action = action,
            Parameters = ReadParameters(node, path, isOlder ? "params" : "with"),
            Retry = ReadRetry(node, path),
            Timeout = ReadDuration(node, path, "timeout"),
            IsRepeatable = ReadBoolean(node, path, "repeatable") ?? false,
            KeepsGoing = ReadBoolean(node, path, "keep_going") ?? false,
        };
    }

    private string? ReadId(DocumentNode node, string path)
    {
        var id = ReadText(node, path, "id");
        if (id is not null && !PlanNames.IsName(id))
        {
            Find($"{path}.id", $"'{id}' is no id: it begins with a letter or '_', goes on with letters, digits, '_' and '-', and has at most {PlanNames.LengthMax} characters.");
        }

        return id;
    }

    private (string Provider, string Action) ReadUse(DocumentNode node, string path)
    {
        if (node.Find("use") is null)
        {
            Find(path, "The step does not say what to do: it needs 'use: provider.action'.");
            return ("", "");
        }

        if (ReadText(node, path, "use") is not { } use)
        {
            return ("", "");
        }

        var dot = use.IndexOf('.');
        if (dot > 0 && dot < use.Length - 1)
        {
            return (use[..dot], use[(dot + 1)..]);
        }

        Find($"{path}.use", $"'{use}' is not of the form provider.action, such as http.get.");
        return ("", "");
    }

    private (string Provider, string Action) ReadOlderUse(DocumentNode node, string path)
    {
        foreach (var name in (string[])["provider", "action"])
        {
            if (node.Find(name) is null)
            {
                Find(path, $"The step needs '{name}'.");
            }
        }

        return (ReadText(node, path, "provider") ?? "", ReadText(node, path, "action") ?? "");
    }

    private JsonElement ReadParameters(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return NoParameters;
            case { Kind: DocumentKind.Map } map:
                return map.ToJson();
            case var other:
                Find($"{path}.{name}", $"'{name}' is a map of parameters, and this is {other.Describe()}.");
                return NoParameters;
        }
    }

    private RetryPolicy? ReadRetry(DocumentNode node, string path)
    {
        if (node.Find("retry")?.Value is not { } retry)
        {
            return null;
        }

        path += ".retry";
        if (retry.Kind != DocumentKind.Map)
        {
            Find(path, $"'retry' is a map such as {{attempts: 5, delay: 1s}}, and this is {retry.Describe()}.");
            return null;
        }

        RefuseOthers(retry, path, "field of 'retry'", "attempts", "delay", "factor", "max", "jitter");
        var defaults = RetryPolicy.Default;
        return new RetryPolicy
        {
            Attempts = (int)ReadNumber(retry, path, "attempts", 1, AttemptsMax, isWhole: true, defaults.Attempts),
            Delay = ReadDuration(retry, path, "delay", mayBeZero: true) ?? defaults.Delay,
            Factor = (double)ReadNumber(retry, path, "factor", 1, 100, isWhole: false, (decimal)defaults.Factor),
            Max = ReadDuration(retry, path, "max", mayBeZero: true) ?? defaults.Max,
            HasJitter = ReadBoolean(retry, path, "jitter") ?? defaults.HasJitter,
        };
    }

    private decimal ReadNumber(DocumentNode node, string path, string name, decimal min, decimal max, bool isWhole, decimal fallback)
    {
        if (node.Find(name)?.Value is not { } value)
        {
            return fallback;
        }

        if (value.Kind == DocumentKind.Number && decimal.TryParse(value.Text, out var number) && number >= min && number <= max
            && (!isWhole || decimal.IsInteger(number)))
        {
            return number;
        }

        Find($"{path}.{name}", $"'{name}' must be a {(isWhole ? "whole " : "")}number from {min} to {max}.");
        return fallback;
    }

    private TimeSpan? ReadDuration(DocumentNode node, string path, string name, bool mayBeZero = false)
    {
        if (node.Find(name)?.Value is not { } value)
        {
            return null;
        }

        if (value.Kind == DocumentKind.Text && Duration.TryParse(value.Text, out var duration) && (mayBeZero || duration > TimeSpan.Zero)
            && duration <= PlanNames.DurationMax)
        {
            return duration;
        }

        Find($"{path}.{name}", $"'{name}' must be {Duration.Form}, {(mayBeZero ? "" : "more than 0 and ")}at most {Duration.Format(PlanNames.DurationMax)}.");
        return null;
    }

    private bool? ReadBoolean(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Boolean } value:
                return value.Text == "true";
            case var other:
                Find($"{path}.{name}", $"'{name}' is true or false, and this is {other.Describe()}.");
                return null;
        }
    }

    /// <summary>Null when it is not there or is no text.</summary>
    private string? ReadText(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null:
                return null;
            case { Kind: DocumentKind.Text } value:
                return value.Text;
            case var other:
                Find(path.Length == 0 ? name : $"{path}.{name}", $"'{name}' is a text, and this is {other.Describe()}. Put it in quotes if it is meant so.");
                return null;
        }
    }

    private void RefuseOthers(DocumentNode node, string path, string noun, params string[] known)
    {
        foreach (var member in node.Members.Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            FindName(path.Length == 0 ? member.Name : $"{path}.{member.Name}", $"There is no {noun} '{member.Name}'.{NearestName.Hint(member.Name, known)}");
        }
    }

    private void Find(string path, string message) => Add(path, source.ValueAt(path), message);

    private void FindName(string path, string message) => Add(path, source.NameAt(path), message);

    private void Add(string path, DocumentPosition position, string message) => findings.Add(new(path, position.Line, position.Column, message));
}
