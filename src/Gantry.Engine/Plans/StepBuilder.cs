using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans.Control;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Reads lists of steps, and the lists within them.</summary>
internal sealed class StepBuilder(FieldReader fields)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("{}"u8);

    /// <summary>The list under a name; empty when it is missing, which is a finding where it is needed.</summary>
    public IReadOnlyList<Step> ReadSteps(DocumentNode node, string path, string name, bool isRequired)
    {
        var listPath = path.Length == 0 ? name : $"{path}.{name}";
        switch (node.Find(name)?.Value)
        {
            case null when !isRequired:
                return [];
            case null:
                fields.Find(path, path.Length == 0 ? "A plan needs a list of 'steps'." : $"A list of steps is missing here: '{name}'.");
                return [];
            case { Kind: DocumentKind.List, Items.Count: > 0 } list:
                return ReadSteps(list, listPath);
            case { Kind: DocumentKind.List or DocumentKind.Null }:
                fields.Find(listPath, path.Length == 0 ? $"A plan needs at least one step{(name == "steps" ? "" : $" in '{name}'")}." : $"'{name}' needs at least one step.");
                return [];
            case var other:
                fields.Find(listPath, $"'{name}' is a list{(path.Length == 0 ? "" : " of steps")}, and this is {other.Describe()}.");
                return [];
        }
    }

    private List<Step> ReadSteps(DocumentNode list, string path)
    {
        List<Step> steps = [.. list.Items.Select((node, index) => ReadStep(node, $"{path}[{index}]"))];
        CheckNeeds(steps, path);
        return steps;
    }

    private Step ReadStep(DocumentNode node, string path)
    {
        if (node.Kind != DocumentKind.Map)
        {
            fields.Find(path, $"A step is a map such as {{use: http.get, with: {{url: …}}}}, and this is {node.Describe()}.");
            return new ActionStep { Provider = "", Action = "", Parameters = NoParameters };
        }

        var kinds = KindsOf(node);
        if (kinds.Count > 1)
        {
            fields.Find(path, $"A step does one thing, and this one says {string.Join(" and ", kinds.Select(kind => $"'{kind.Name}'"))}.");
        }

        var kind = kinds.Count > 0 ? kinds[0] : PlanFormat.Action;
        if (kinds.Count <= 1)
        {
            fields.RefuseOthers(node, path, kind.Name is "use" or "provider" ? "field of a step" : $"field of '{kind.Name}'", kinds.Count == 0 ? [.. kind.FieldNames, .. PlanFormat.KindNames] : kind.FieldNames);
        }

        var step = Read(kind, node, path);
        return step with
        {
            Id = ReadId(node, path),
            Needs = fields.ReadNames(node, path, "needs"),
            Timeout = kind.FieldNames.Contains("timeout") ? fields.ReadDuration(node, path, "timeout") : null,
            KeepsGoing = kind.FieldNames.Contains("keep_going") && (fields.ReadBoolean(node, path, "keep_going") ?? false),
        };
    }

    private static List<StepKind> KindsOf(DocumentNode node)
    {
        List<StepKind> kinds = [];
        if (node.Find("use") is not null)
        {
            kinds.Add(PlanFormat.Action);
        }
        else if ((node.Find("provider") ?? node.Find("action")) is not null)
        {
            kinds.Add(PlanFormat.OlderAction);
        }

        kinds.AddRange(PlanFormat.Controls.Where(kind => node.Find(kind.Name) is not null && !(kind.Name == "parallel" && node.Find("each") is not null)));
        return kinds;
    }

    private Step Read(StepKind kind, DocumentNode node, string path) => kind.Name switch
    {
        "if" => new IfStep
        {
            Condition = ReadValue(node, path, "if", "true, false, or a text with a reference", DocumentKind.Boolean, DocumentKind.Text),
            Then = ReadSteps(node, path, "then", isRequired: true),
            Else = ReadSteps(node, path, "else", isRequired: false),
        },
        "each" => new EachStep
        {
            Items = ReadValue(node, path, "each", "a list, or a text with a reference to one", DocumentKind.List, DocumentKind.Text),
            Steps = ReadSteps(node, path, "steps", isRequired: true),
            Parallel = (int)fields.ReadNumber(node, path, "parallel", 1, 1000, isWhole: true, 1),
            FailuresMax = (int)fields.ReadNumber(node, path, "max_failures", 0, int.MaxValue, isWhole: true, 0),
        },
        "parallel" => new ParallelStep { Branches = ReadBranches(node, path) },
        "wait" => ReadWait(node, path),
        "approve" => ReadApprove(node, path),
        "call" => ReadCall(node, path),
        "stop" => ReadStop(node, path),
        "try" => ReadTry(node, path),
        _ => ReadAction(node, path, isOlder: kind == PlanFormat.OlderAction),
    };

    private ActionStep ReadAction(DocumentNode node, string path, bool isOlder)
    {
        var (provider, action) = isOlder ? ReadOlderUse(node, path) : ReadUse(node, path);
        return new ActionStep
        {
            Provider = provider,
            Action = action,
            Parameters = ReadParameters(node, path, isOlder ? "params" : "with"),
            Retry = ReadRetry(node, path),
            IsRepeatable = fields.ReadBoolean(node, path, "repeatable") ?? false,
            Agent = fields.ReadText(node, path, "agent"),
        };
    }

    private List<IReadOnlyList<Step>> ReadBranches(DocumentNode node, string path)
    {
        path += ".parallel";
        var value = node.Find("parallel")!.Value;
        if (value is not { Kind: DocumentKind.List, Items.Count: > 0 })
        {
            fields.Find(path, $"'parallel' is a list of steps and of lists of steps, which run beside each other, and this is {(value.Kind == DocumentKind.List ? "an empty one" : value.Describe())}.");
            return [];
        }

        return [.. value.Items.Select((branch, index) => branch switch
        {
            { Kind: DocumentKind.List, Items.Count: 0 } => Empty($"{path}[{index}]"),
            { Kind: DocumentKind.List } => ReadSteps(branch, $"{path}[{index}]"),
            _ => (IReadOnlyList<Step>)[ReadStep(branch, $"{path}[{index}]")],
        })];

        List<Step> Empty(string place)
        {
            fields.Find(place, "A branch needs at least one step.");
            return [];
        }
    }

    private WaitStep ReadWait(DocumentNode node, string path)
    {
        path += ".wait";
        var value = node.Find("wait")!.Value;
        switch (value.Kind)
        {
            case DocumentKind.Text:
                if (!value.Text.Contains("${", StringComparison.Ordinal) && !value.Text.Contains("{{", StringComparison.Ordinal)
                    && !Duration.TryParse(value.Text, out _) && !WaitRunner.TryParseTime(value.Text, out _))
                {
                    fields.Find(path, $"'wait' is {Duration.Form}; a time such as 2026-01-31T12:00:00Z; or {{event: NAME, within: 2d}}.");
                }

                return new WaitStep { Time = value.ToJson() };
            case DocumentKind.Map:
                fields.RefuseOthers(value, path, "field of 'wait'", [.. PlanFormat.FieldsOf("wait").Select(field => field.Name)]);
                return new WaitStep { Event = ReadText(value, path, "event", "the event's name"), Within = fields.ReadDuration(value, path, "within") };
            default:
                fields.Find(path, $"'wait' is {Duration.Form}; a time such as 2026-01-31T12:00:00Z; or {{event: NAME, within: 2d}}. This is {value.Describe()}.");
                return new WaitStep();
        }
    }

    private ApproveStep ReadApprove(DocumentNode node, string path)
    {
        if (fields.ReadMap(node, path, "approve", "{ask: \"Go live?\", by: [editor], within: 2d}") is not { } map)
        {
            return new ApproveStep { Ask = Scalars.Text("") };
        }

        path += ".approve";
        fields.RefuseOthers(map, path, "field of 'approve'", [.. PlanFormat.FieldsOf("approve").Select(field => field.Name)]);
        return new ApproveStep
        {
            Ask = ReadText(map, path, "ask", "the question") ?? Scalars.Text(""),
            By = fields.ReadNames(map, path, "by") ?? [],
            Within = fields.ReadDuration(map, path, "within"),
        };
    }

    private CallStep ReadCall(DocumentNode node, string path)
    {
        if (fields.ReadMap(node, path, "call", "{plan: NAME, with: {…}}") is not { } map)
        {
            return new CallStep { Plan = "", Inputs = NoParameters };
        }

        path += ".call";
        fields.RefuseOthers(map, path, "field of 'call'", [.. PlanFormat.FieldsOf("call").Select(field => field.Name)]);
        var plan = fields.ReadText(map, path, "plan");
        if (map.Find("plan") is null)
        {
            fields.Find(path, "'plan' is missing: the name of the plan to call.");
        }
        else if (plan is not null && (plan.Length == 0 || plan.Contains("${", StringComparison.Ordinal)))
        {
            fields.Find($"{path}.plan", "'plan' is the name of a plan as it is saved; references are not expanded in it.");
        }

        return new CallStep { Plan = plan ?? "", Inputs = ReadParameters(map, path, "with"), IsAwaited = fields.ReadBoolean(map, path, "wait") ?? true };
    }

    private StopStep ReadStop(DocumentNode node, string path)
    {
        if (node.Find("stop")!.Value.Kind == DocumentKind.Null || fields.ReadMap(node, path, "stop", "{status: failed, message: …}") is not { } map)
        {
            return new StopStep();
        }

        path += ".stop";
        var known = PlanFormat.FieldsOf("stop");
        fields.RefuseOthers(map, path, "field of 'stop'", [.. known.Select(field => field.Name)]);
        return new StopStep
        {
            Status = fields.ReadChoice(map, path, "status", known[0].Choices) switch
            {
                "failed" => ExecutionStatus.Failed,
                "cancelled" => ExecutionStatus.Cancelled,
                _ => ExecutionStatus.Succeeded,
            },
            Message = fields.ReadText(map, path, "message") is { } message ? Scalars.Text(message) : null,
            Output = map.Find("output")?.Value.ToJson(),
        };
    }

    private TryStep ReadTry(DocumentNode node, string path)
    {
        if ((node.Find("catch") ?? node.Find("finally")) is null)
        {
            fields.Find(path, "'try' needs 'catch', 'finally' or both.");
        }

        return new TryStep
        {
            Steps = ReadSteps(node, path, "try", isRequired: true),
            Catch = ReadSteps(node, path, "catch", isRequired: false),
            Finally = ReadSteps(node, path, "finally", isRequired: false),
        };
    }

    private JsonElement ReadValue(DocumentNode node, string path, string name, string what, params DocumentKind[] kinds)
    {
        var value = node.Find(name)!.Value;
        if (!kinds.Contains(value.Kind))
        {
            fields.Find($"{path}.{name}", $"'{name}' is {what}, and this is {value.Describe()}.");
        }

        return value.ToJson();
    }

    /// <summary>A text that is needed.</summary>
    private JsonElement? ReadText(DocumentNode node, string path, string name, string what)
    {
        if (node.Find(name) is null)
        {
            fields.Find(path, $"'{name}' is missing: {what}.");
        }

        return fields.ReadText(node, path, name) is { } text ? Scalars.Text(text) : null;
    }

    /// <summary>What a step needs is in its own list, and nothing needs itself, by whatever way.</summary>
    private void CheckNeeds(List<Step> steps, string path)
    {
        if (!steps.Exists(step => step.Needs is not null))
        {
            return;
        }

        var names = new StepList(steps);
        for (var index = 0; index < steps.Count; index++)
        {
            var needs = steps[index].Needs ?? [];
            for (var number = 0; number < needs.Count; number++)
            {
                if (names.IndexOf(needs[number]) < 0)
                {
                    fields.Find($"{path}[{index}].needs[{number}]", $"There is no step with the id '{needs[number]}' in this list.{NearestName.Hint(needs[number], names.Ids)}");
                }
            }
        }

        if (NeedsCycle.Find(names) is { } cycle)
        {
            fields.Find($"{path}[{cycle[0]}].needs", $"These steps need each other, so that none of them can begin: {string.Join(" → ", cycle.Append(cycle[0]).Select(index => steps[index].Id))}.");
        }
    }

    private string? ReadId(DocumentNode node, string path)
    {
        var id = fields.ReadText(node, path, "id");
        if (id is not null && !PlanNames.IsName(id))
        {
            fields.Find($"{path}.id", $"'{id}' is no id: it begins with a letter or '_', goes on with letters, digits, '_' and '-', and has at most {PlanNames.LengthMax} characters.");
        }

        return id;
    }

    public (string Provider, string Action) ReadUse(DocumentNode node, string path)
    {
        if (node.Find("use") is null)
        {
            fields.Find(path, "The step does not say what to do: it needs 'use: provider.action'.");
            return ("", "");
        }

        if (fields.ReadText(node, path, "use") is not { } use)
        {
            return ("", "");
        }

        var dot = use.IndexOf('.');
        if (dot > 0 && dot < use.Length - 1)
        {
            return (use[..dot], use[(dot + 1)..]);
        }

        fields.Find($"{path}.use", $"'{use}' is not of the form provider.action, such as http.get.");
        return ("", "");
    }

    private (string Provider, string Action) ReadOlderUse(DocumentNode node, string path)
    {
        foreach (var name in (string[])["provider", "action"])
        {
            if (node.Find(name) is null)
            {
                fields.Find(path, $"The step needs '{name}'.");
            }
        }

        return (fields.ReadText(node, path, "provider") ?? "", fields.ReadText(node, path, "action") ?? "");
    }

    public JsonElement ReadParameters(DocumentNode node, string path, string name)
    {
        switch (node.Find(name)?.Value)
        {
            case null or { Kind: DocumentKind.Null }:
                return NoParameters;
            case { Kind: DocumentKind.Map } map:
                return map.ToJson();
            case var other:
                fields.Find($"{path}.{name}", $"'{name}' is a map of parameters, and this is {other.Describe()}.");
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
            fields.Find(path, $"'retry' is a map such as {{attempts: 5, delay: 1s}}, and this is {retry.Describe()}.");
            return null;
        }

        fields.RefuseOthers(retry, path, "field of 'retry'", [.. PlanFormat.RetryFields.Select(field => field.Name)]);
        var defaults = RetryPolicy.Default;
        return new RetryPolicy
        {
            Attempts = (int)fields.ReadNumber(retry, path, "attempts", 1, PlanFormat.RetryFields[0].Max, isWhole: true, defaults.Attempts),
            Delay = fields.ReadDuration(retry, path, "delay", mayBeZero: true) ?? defaults.Delay,
            Factor = (double)fields.ReadNumber(retry, path, "factor", 1, 100, isWhole: false, (decimal)defaults.Factor),
            Max = fields.ReadDuration(retry, path, "max", mayBeZero: true) ?? defaults.Max,
            HasJitter = fields.ReadBoolean(retry, path, "jitter") ?? defaults.HasJitter,
        };
    }
}
