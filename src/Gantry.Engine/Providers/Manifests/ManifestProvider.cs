using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>A manifest as a provider. What stands in the catalogue is known at once; the rest is read when it is first used.</summary>
public sealed class ManifestProvider : IProvider
{
    /// <summary>The parameter that names the connection; every action has it.</summary>
    public const string ConnectionName = "connection";

    /// <summary>The parameter by which a list ends earlier.</summary>
    public const string LimitName = "limit";

    /// <summary>The parameter with the place of a file that is answered.</summary>
    public const string SaveToName = "save_to";

    private readonly Lazy<Manifest> manifest;
    private readonly Lazy<IReadOnlyList<ProviderAction>> actions;
    private readonly ManifestSummary summary;
    private readonly HttpGate gate;

    public ManifestProvider(Manifest manifest, HttpGate? gate = null)
        : this(ManifestSummary.Of(manifest), () => manifest, gate)
    {
    }

    /// <param name="summary">What the catalogue shows.</param>
    /// <param name="read">Reads the manifest, once.</param>
    /// <param name="gate">The way out; null for the usual one.</param>
    public ManifestProvider(ManifestSummary summary, Func<Manifest> read, HttpGate? gate = null)
    {
        this.summary = summary;
        this.gate = gate ?? HttpGate.Shared;
        manifest = new(read);
        actions = new(() => [.. Manifest.Actions.Select(action => ActionOf(Manifest, action))]);
    }

    public string Id => summary.Id;

    public string Title => summary.Name;

    public string Help => summary.Help;

    public string Category => summary.Category;

    public bool IsReadOnDemand => true;

    public IReadOnlyList<string> ActionIds => summary.Actions;

    public IReadOnlyList<ProviderAction> Actions => actions.Value;

    public Manifest Manifest => manifest.Value;

    /// <summary>The way out.</summary>
    internal HttpGate Gate => gate;

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var action = Manifest.FindAction(call.Action) ?? throw Bad($"{Title} has no action '{call.Action}'.");
        var settings = actions.Value.First(known => known.Id == action.Id).Parameters;
        var given = ParameterCheck.Complete(action, settings, call.Parameters);
        call = call with { Parameters = given };
        var connection = await Connection.ReadAsync(Manifest, call, cancellationToken);
        var input = await RevealAsync(action, call, connection, cancellationToken);
        var client = new VendorClient(Manifest, call, connection, AuthChoice.Choose(Manifest, action, connection), gate);
        return await new ActionRun(client, action, input, given).RunAsync(cancellationToken);
    }

    /// <summary>Asks the vendor whose connection it is: the call's parameters name it. Null when the vendor does not say who; a connection that is not good is a <see cref="ProviderException"/>.</summary>
    public async Task<string?> VerifyAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var connection = await Connection.ReadAsync(Manifest, call, cancellationToken);
        var auth = AuthChoice.Choose(Manifest, null, connection);
        if (Manifest.Verify is not { } verify)
        {
            return null;
        }

        var client = new VendorClient(Manifest, call, connection, auth, gate);
        var answer = await client.AskAsync(
            new VendorRequest
            {
                Make = scope => ValueTask.FromResult(OwnRequest.Make(Manifest, verify, scope, hasConstants: true)),
                Errors = Manifest.Errors,
                IsRepeatable = true,
                NeedsTree = verify.Who is not null,
                Timeout = TimeSpan.FromSeconds(30),
            },
            cancellationToken);
        return verify.Who is { } who ? answer.FindText(who) : null;
    }

    /// <summary>Whether the connector itself has a parameter of this name for such an action.</summary>
    internal static bool IsOwnName(ManifestAction action, string name) => name == ConnectionName || (name == SaveToName && action.Response.Form == AnswerForm.File);

    private static ProviderException Bad(string message) => new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = message });

    private static ProviderAction ActionOf(Manifest manifest, ManifestAction action)
    {
        List<Setting> parameters = [];
        if (manifest.Fields.Count > 0)
        {
            parameters.Add(new Setting
            {
                Name = ConnectionName,
                Type = SettingType.Any,
                TakesSecrets = true,
                Help = $"The name of the credential to sign in with, '{manifest.Id}' when left out; or its fields: {string.Join(", ", manifest.Fields.Select(field => field.Name))}.",
            });
        }

        parameters.AddRange(action.Parameters.OrderByDescending(parameter => parameter is { IsRequired: true, Default: null }).Select(parameter => parameter.ToSetting()));
        if (action.Paging is not null && action.Parameters.All(parameter => parameter.Id != LimitName))
        {
            parameters.Add(new Setting { Name = LimitName, Type = SettingType.Integer, Help = "The most items; all of them when left out." });
        }

        if (action.Response.Form == AnswerForm.File)
        {
            parameters.Add(new Setting
            {
                Name = SaveToName,
                Type = SettingType.Address,
                Help = "Where the file is written: an address, or a folder's with '/' at its end. When left out, the file is kept with the execution, and its address answered.",
            });
        }

        return new ProviderAction
        {
            Id = action.Id,
            Help = action.Deprecated is { } why ? $"{action.Help} Deprecated: {why}" : action.Help,
            Parameters = parameters,
            IsRepeatable = action.IsRepeatable,
            AsksAi = manifest.AsksAi(action),
        };
    }

    /// <summary>The action's parameters with secrets in their places.</summary>
    private static async ValueTask<JsonElement> RevealAsync(ManifestAction action, ProviderCall call, Connection connection, CancellationToken cancellationToken)
    {
        if (action.Parameters.All(parameter => !parameter.IsSecret))
        {
            return call.Parameters;
        }

        Dictionary<string, JsonElement> input = new(StringComparer.Ordinal);
        foreach (var parameter in action.Parameters)
        {
            if (!call.Parameters.TryGetProperty(parameter.Id, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (!parameter.IsSecret)
            {
                input[parameter.Id] = value;
                continue;
            }

            var revealed = JsonElement.Parse(await SecretJson.ExpandAsync(value, connection.Sending(parameter.Id), cancellationToken));
            if (ParameterCheck.Problem(parameter with { IsSecret = false }, revealed) is { } problem)
            {
                throw Bad(problem);
            }

            input[parameter.Id] = revealed;
        }

        return JsonSerializer.SerializeToElement(input);
    }
}
