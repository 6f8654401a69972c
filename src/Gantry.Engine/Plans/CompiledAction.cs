using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>One action of a provider, made ready.</summary>
internal sealed class CompiledAction : CompiledStep
{
    private readonly Template parameters;
    private readonly (JsonElement Parameters, ProviderError? Problem)? constant;
    private readonly string missing;

    public CompiledAction(ActionStep step, int index, string place, ProviderCatalog providers)
        : base(step, index, place)
    {
        Step = step;
        Provider = providers.Find(step.Provider);
        missing = Provider is null ? providers.WhyMissing(step.Provider) : "This program has no such action. 'gantry plan check' finds the nearest one.";
        Action = providers.FindAction(step.Provider, step.Action);
        var path = $"{place}.with";
        Addresses = [.. AddressesIn(step.Parameters, path)];
        parameters = Template.CompileParameters(step.Parameters, TakesSecrets);
        SecretUses = [.. parameters.Texts(path).SelectMany(text => text.Text.Secrets.Select(name => new SecretUse(name, text.Path)))];
        if (parameters.Constant is { } same)
        {
            constant = (Complete(same, out var problem), problem);
        }
    }

    public new ActionStep Step { get; }

    /// <summary>Null when this program does not have it.</summary>
    public IProvider? Provider { get; }

    public ProviderAction? Action { get; }

    public override IReadOnlyList<SecretUse> SecretUses { get; }

    public override IReadOnlyList<(Template Address, string Path)> Addresses { get; }

    public bool IsPure => Action?.IsPure == true;

    protected override IEnumerable<Template> Templates => [parameters];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new StepRunner(at, this, flow).RunAsync();

    /// <summary>The parameters for the call; meaningful only when there is no problem.</summary>
    public async ValueTask<(JsonElement Parameters, ProviderError? Problem)> ResolveAsync(StepAt at, DateTimeOffset now, MemoryShare? memory, CancellationToken cancellationToken)
    {
        if (constant is { } same)
        {
            return same;
        }

        try
        {
            var resolved = Complete(parameters.Evaluate(await at.ScopeAtAsync(now, memory, cancellationToken)), out var problem);
            MaskSecrets(at.Execution, resolved, problem);
            return (resolved, problem);
        }
        catch (ExpressionException exception)
        {
            return (default, Bad($"{at.Name} cannot run: {exception.Message}"));
        }
    }

    /// <summary>The addresses among its parameters, as they are for a call.</summary>
    public IEnumerable<string> AddressesOf(JsonElement resolved) =>
        from setting in Action?.Parameters ?? []
        where setting is { Type: SettingType.Address } or { Items: SettingType.Address }
        where resolved.ValueKind == JsonValueKind.Object && resolved.TryGetProperty(setting.Name, out _)
        let value = resolved.GetProperty(setting.Name)
        from address in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value]
        where address.ValueKind == JsonValueKind.String
        select address.GetString()!;

    /// <summary>Whether an attempt that was cut off may simply be made again.</summary>
    public bool IsRepeatable(JsonElement resolved) =>
        Step.IsRepeatable || Action is { IsPure: true } or { IsRepeatable: true }
        || (resolved.ValueKind == JsonValueKind.Object && Action?.IsRepeatableWith?.Invoke(resolved) == true);

    /// <summary>A secret that came by a reference (a token that an earlier step fetched) is masked like one that was stored.</summary>
    private void MaskSecrets(Execution execution, JsonElement resolved, ProviderError? problem)
    {
        foreach (var setting in Action is null || problem is not null ? [] : Action.Parameters.Where(setting => setting.IsSecret))
        {
            if (resolved.TryGetProperty(setting.Name, out var value) && value.ValueKind == JsonValueKind.String
                && Scalars.TextOf(value) is { } text && SecretText.Plain(text) is { } plain)
            {
                execution.Redactor.Add(new Secret(plain));
            }
        }
    }

    private IEnumerable<(Template Address, string Path)> AddressesIn(JsonElement given, string path)
    {
        foreach (var setting in Action?.Parameters ?? [])
        {
            if (given.TryGetProperty(setting.Name, out var value) && setting is { Type: SettingType.Address } or { Items: SettingType.Address })
            {
                var values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value];
                foreach (var (address, index) in values.Select((address, index) => (address, index)))
                {
                    var place = $"{path}.{setting.Name}";
                    yield return (Template.Compile(address, takesSecrets: false), value.ValueKind == JsonValueKind.Array ? $"{place}[{index}]" : place);
                }
            }
        }
    }

    private bool TakesSecrets(string parameter) =>
        Action?.Parameters.FirstOrDefault(setting => setting.Name == parameter) is { IsSecret: true } or { TakesSecrets: true };

    private JsonElement Complete(JsonElement resolved, out ProviderError? problem)
    {
        problem = null;
        if (Action is null)
        {
            problem = Bad($"{Name} cannot run: {missing}");
            return default;
        }

        var findings = new List<SettingFinding>();
        var complete = SettingCheck.Complete(Action.Parameters, resolved, findings);
        if (findings.Count > 0)
        {
            problem = Bad($"{Name} cannot run: {string.Join(" ", findings.Select(finding => finding.Message))}");
        }

        return complete;
    }
}
