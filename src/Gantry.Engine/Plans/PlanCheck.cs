using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Finds what can be found in a plan without running it: all of it at once, in the order of the document.</summary>
public static class PlanCheck
{
    /// <summary>
    /// What the reader found, and what only the providers tell. Empty when the plan can be run. With <paramref name="findPlan"/>, which answers the saved plan that a call names, or null,
    /// plans that call each other in a circle are found too; <paramref name="name"/> is what a plan is saved as that says no name itself.
    /// </summary>
    public static IReadOnlyList<PlanFinding> Check(PlanDocument document, ProviderCatalog providers, Func<string, Plan?>? findPlan = null, string? name = null)
    {
        var findings = document.Findings.ToList();
        if (document.Draft is { } plan)
        {
            new Checker(plan with { Name = plan.Name ?? name }, document.Source, providers, findPlan, findings).Check();
        }

        return [.. findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)];
    }

    private sealed class Checker(Plan plan, SourceMap source, ProviderCatalog providers, Func<string, Plan?>? findPlan, List<PlanFinding> findings)
    {
        private static readonly string[] Roles = ["owner", "editor", "operator", "viewer"];

        private readonly ReferenceCheck references = new(plan);

        public void Check()
        {
            if (plan.Concurrency is { } concurrency)
            {
                CheckTemplate(concurrency.Key, "concurrency.key", null, 0);
            }

            var list = new StepList(plan.Steps);
            CheckList(list, "steps");
            CheckList(list.Handling(plan.OnFailure), "on_failure");
            for (var index = 0; index < plan.Notify?.Count; index++)
            {
                // It is told by an execution of its own, which knows nothing of this plan's steps and inputs.
                var step = plan.Notify[index].StepWith(providers);
                var other = new Checker(new Plan { Steps = [step] }, source, providers, null, findings);
                other.CheckAction(step, new StepList([step]), 0, $"notify[{index}]");
            }
        }

        private void CheckList(StepList list, string path)
        {
            for (var index = 0; index < list.Steps.Count; index++)
            {
                // A branch that is a single step is not written as a list.
                var place = list.Steps.Count == 1 && !source.HasValue($"{path}[0]") ? path : $"{path}[{index}]";
                CheckId(list, index, place);
                CheckStep(list, index, place);
            }
        }

        private void CheckId(StepList list, int index, string path)
        {
            if (list.Steps[index].Id is not { } id)
            {
                return;
            }

            if (list.IndexOf(id) is var first && first != index)
            {
                Find($"{path}.id", $"The id '{id}' is already that of step {first}. Each step needs its own.");
                return;
            }

            for (var outer = list.Outer; outer is not null; outer = outer.Outer)
            {
                if (outer.IndexOf(id) >= 0)
                {
                    Find($"{path}.id", $"The id '{id}' is already that of a step around this one, or beside that. Each step needs its own.");
                    return;
                }
            }
        }

        private void CheckStep(StepList list, int index, string path)
        {
            switch (list.Steps[index])
            {
                case ActionStep step:
                    CheckAction(step, list, index, path);
                    break;
                case IfStep step:
                    CheckTemplate(step.Condition, $"{path}.if", list, index);
                    CheckConstant(step.Condition, SettingType.Boolean, $"{path}.if", "'if' is true, false, or a reference to either");
                    CheckList(list.Within(step.Then, index), $"{path}.then");
                    CheckList(list.Within(step.Else, index), $"{path}.else");
                    break;
                case EachStep step:
                    CheckTemplate(step.Items, $"{path}.each", list, index);
                    CheckConstant(step.Items, SettingType.List, $"{path}.each", "'each' is a list, or a reference to one");
                    CheckList(list.Within(step.Steps, index, hasItem: true), $"{path}.steps");
                    break;
                case ParallelStep step:
                    for (var number = 0; number < step.Branches.Count; number++)
                    {
                        CheckList(list.Within(step.Branches[number], index), $"{path}.parallel[{number}]");
                    }

                    break;
                case TryStep step:
                    var tried = list.Within(step.Steps, index);
                    CheckList(tried, $"{path}.try");
                    CheckList(tried.Handling(step.Catch), $"{path}.catch");
                    CheckList(new StepList(step.Finally, tried, StepList.AfterAll) { HasItem = list.HasItem, HasError = list.HasError }, $"{path}.finally");
                    break;
                case WaitStep step:
                    CheckTemplate(step.Time, $"{path}.wait", list, index);
                    CheckTemplate(step.Event, $"{path}.wait.event", list, index);
                    break;
                case ApproveStep step:
                    CheckTemplate(step.Ask, $"{path}.approve.ask", list, index);
                    CheckBy(step, path);
                    break;
                case CallStep step:
                    CheckTemplate(step.Inputs, $"{path}.call.with", list, index);
                    CheckCall(step, path);
                    break;
                case StopStep step:
                    CheckTemplate(step.Message, $"{path}.stop.message", list, index);
                    CheckTemplate(step.Output, $"{path}.stop.output", list, index);
                    break;
            }
        }

        private void CheckTemplate(JsonElement? value, string path, StepList? list, int index)
        {
            if (value is not { } given)
            {
                return;
            }

            foreach (var (text, textPath) in Template.Compile(given, takesSecrets: false).Texts(path))
            {
                CheckText(text, textPath, list, index);
            }
        }

        private void CheckConstant(JsonElement value, SettingType type, string path, string what)
        {
            if (Template.Compile(value, takesSecrets: false).Constant is { } constant && constant.ValueKind == JsonValueKind.String && Scalars.Convert(type, constant) is null)
            {
                Find(path, $"{what}, and not this text. A reference is written ${{steps.ID.output}}.");
            }
        }

        private void CheckBy(ApproveStep step, string path)
        {
            for (var index = 0; index < step.By.Count; index++)
            {
                var name = step.By[index];
                if (!name.Contains('@') && !Roles.Contains(name, StringComparer.Ordinal))
                {
                    Find($"{path}.approve.by[{index}]", $"There is no role '{name}'.{NearestName.Hint(name, Roles)} A user is named by the address with which they sign in.");
                }
            }
        }

        private void CheckCall(CallStep step, string path)
        {
            if (CallCycle.Find(plan, step, findPlan) is { } way)
            {
                Find($"{path}.call.plan", $"The plans call each other without end: {string.Join(" → ", way)}.");
            }
        }

        private void CheckAction(ActionStep step, StepList list, int index, string path)
        {
            var action = CheckUse(step, path);
            if (step.Agent is not null)
            {
                Find($"{path}.agent", "Steps are run by the hub itself: this version has no agents yet. Leave 'agent' out.");
            }

            var name = source.HasName($"{path}.params") ? "params" : "with";
            var parametersPath = $"{path}.{name}";
            foreach (var property in step.Parameters.EnumerateObject())
            {
                CheckParameter(property, action, $"{parametersPath}.{property.Name}", list, index);
            }

            foreach (var setting in action?.Parameters ?? [])
            {
                if (setting is { IsRequired: true, Default: null }
                    && (!step.Parameters.TryGetProperty(setting.Name, out var value) || (value.ValueKind == JsonValueKind.Null && setting.Type != SettingType.Any)))
                {
                    Find(source.HasName(parametersPath) ? parametersPath : path, $"The parameter '{setting.Name}' of {step.Use} is missing. {setting.Help}");
                }
            }
        }

        /// <summary>Null when there is no such action, or the step does not name one.</summary>
        private ProviderAction? CheckUse(ActionStep step, string path)
        {
            if (step.Provider.Length == 0 || step.Action.Length == 0)
            {
                return null;
            }

            var isOlder = !source.HasName($"{path}.use");
            if (providers.Find(step.Provider) is not { } provider)
            {
                Find($"{path}.{(isOlder ? "provider" : "use")}", providers.WhyMissing(step.Provider));
                return null;
            }

            var action = providers.FindAction(step.Provider, step.Action);
            if (action is null)
            {
                Find($"{path}.{(isOlder ? "action" : "use")}",
                    $"The provider '{provider.Id}' has no action '{step.Action}'.{HintFor(provider, step.Action)}");
            }

            return action;
        }

        private static string HintFor(IProvider provider, string action) =>
            provider.WhereElse(action) is { } elsewhere ? $" {elsewhere}" : NearestName.Hint(action, provider.Actions.Select(known => known.Id));

        private void CheckParameter(JsonProperty property, ProviderAction? action, string path, StepList? list, int stepIndex)
        {
            var setting = action?.Parameters.FirstOrDefault(setting => property.NameEquals(setting.Name));
            if (action is not null && setting is null)
            {
                FindName(path, $"There is no parameter '{property.Name}'.{NearestName.Hint(property.Name, action.Parameters.Select(known => known.Name))}");
            }

            // Where the parameter is not known, only the references are worth looking at.
            var template = Template.Compile(property.Value, setting is null or { IsSecret: true } or { TakesSecrets: true });
            foreach (var (text, textPath) in template.Texts(path))
            {
                CheckText(text, textPath, list, stepIndex);
            }

            if (setting is not null && (property.Value.ValueKind != JsonValueKind.Null || setting.Type == SettingType.Any))
            {
                CheckValue(setting, template, property.Value, path);
            }
        }

        private void CheckText(TextTemplate text, string path, StepList? list, int stepIndex)
        {
            if (text.Problem is { } problem)
            {
                Find(path, $"The reference in this text is malformed: {problem.Message}, at character {problem.Offset + 1}. A plain ${{ is written $${{.");
            }

            foreach (var reference in text.Expressions.SelectMany(ReferenceCheck.ReferencesIn))
            {
                // Of an item within map and filter the parser says whether it is one.
                if (!reference.IsPerItem && references.Problem(reference, list, stepIndex) is { } message)
                {
                    Find(path, $"{reference}: {message}");
                }
            }
        }

        private void CheckValue(Setting setting, Template template, JsonElement value, string path)
        {
            var message = template switch
            {
                TextTemplate text => text is { IsWhole: false, Problem: null } && setting.Type is SettingType.List or SettingType.Map
                    ? SettingCheck.Mismatch(setting, value)
                    : null,
                ConstantTemplate { Constant: { } constant } => setting.IsSecret && !IsSecretReference(template)
                    ? $"'{setting.Name}' is a secret and must not stand in a plan. Store it as a credential and write ${{cred:NAME}}."
                    : SettingCheck.Mismatch(setting, constant),
                _ => Scalars.Convert(setting.Type, value) is null ? SettingCheck.Mismatch(setting, value) : null,
            };
            if (message is not null)
            {
                Find(path, message);
            }
        }

        private static bool IsSecretReference(Template template) => template.Texts("").Any(pair => pair.Text.Secrets.Count > 0);

        private void Find(string path, string message) => Add(path, source.ValueAt(path), message);

        private void FindName(string path, string message) => Add(path, source.NameAt(path), message);

        private void Add(string path, Documents.DocumentPosition position, string message) => findings.Add(new(path, position.Line, position.Column, message));
    }
}
