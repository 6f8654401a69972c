using System.Text.Json;
using Gantry.Engine.Plans.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Finds what can be found in a plan without running it: all of it at once, in the order of the document.</summary>
public static class PlanCheck
{
    /// <summary>What the reader found, and what only the providers tell. Empty when the plan can be run.</summary>
    public static IReadOnlyList<PlanFinding> Check(PlanDocument document, ProviderCatalog providers)
    {
        var findings = document.Findings.ToList();
        if (document.Draft is { } plan)
        {
            new Checker(plan, document.Source, providers, findings).Check();
        }

        return [.. findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)];
    }

    private sealed class Checker(Plan plan, SourceMap source, ProviderCatalog providers, List<PlanFinding> findings)
    {
        private readonly ReferenceCheck references = new(plan);

        public void Check()
        {
            var ids = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var index = 0; index < plan.Steps.Count; index++)
            {
                var step = (ActionStep)plan.Steps[index];
                if (step.Id is { } id && !ids.TryAdd(id, index))
                {
                    Find($"steps[{index}].id", $"The id '{id}' is already that of step {ids[id]}. Each step needs its own.");
                }

                CheckStep(step, index);
            }
        }

        private void CheckStep(ActionStep step, int index)
        {
            var path = $"steps[{index}]";
            var action = CheckUse(step, path);
            var name = source.HasName($"{path}.params") ? "params" : "with";
            var parametersPath = $"{path}.{name}";
            foreach (var property in step.Parameters.EnumerateObject())
            {
                CheckParameter(property, action, $"{parametersPath}.{property.Name}", index);
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
                Find($"{path}.{(isOlder ? "provider" : "use")}",
                    $"There is no provider '{step.Provider}'.{NearestName.Hint(step.Provider, providers.All.Select(known => known.Id))}");
                return null;
            }

            var action = providers.FindAction(step.Provider, step.Action);
            if (action is null)
            {
                Find($"{path}.{(isOlder ? "action" : "use")}",
                    $"The provider '{provider.Id}' has no action '{step.Action}'.{NearestName.Hint(step.Action, provider.Actions.Select(known => known.Id))}");
            }

            return action;
        }

        private void CheckParameter(JsonProperty property, ProviderAction? action, string path, int stepIndex)
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
                CheckText(text, textPath, stepIndex);
            }

            if (setting is not null && (property.Value.ValueKind != JsonValueKind.Null || setting.Type == SettingType.Any))
            {
                CheckValue(setting, template, property.Value, path);
            }
        }

        private void CheckText(TextTemplate text, string path, int stepIndex)
        {
            if (text.Problem is { } problem)
            {
                Find(path, $"The reference in this text is malformed: {problem.Message}, at character {problem.Offset + 1}. A plain ${{ is written $${{.");
            }

            foreach (var reference in text.Expressions.SelectMany(ReferenceCheck.ReferencesIn))
            {
                if (references.Problem(reference, stepIndex) is { } message)
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
