using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Settings;
using Gantry.Hub.Endpoints;

namespace Gantry.Hub.Providers;

/// <param name="Category">What it stands with in the catalogue.</param>
/// <param name="Own">It was added to this hub, and is no part of the program.</param>
/// <param name="Actions">Their ids.</param>
internal sealed record ProviderSummary(string Id, string Title, string Help, string Category, bool Own, IReadOnlyList<string> Actions);

/// <param name="Id">What steps would call it by.</param>
/// <param name="IsFile">It lies in the hub's data folder, and is changed there; else it is in the database, and changed over the API.</param>
/// <param name="Findings">All that is wrong with it.</param>
/// <param name="Advice">What makes it usable.</param>
internal sealed record UnusableProviderView(string Id, bool IsFile, IReadOnlyList<ManifestFindingView> Findings, string Advice)
{
    public static UnusableProviderView Of(UnusableManifest manifest, bool isFile) => new(
        EndpointPath.Printable(manifest.Id), isFile,
        [.. manifest.Findings.Select(finding => new ManifestFindingView(EndpointPath.Printable(finding.File), finding.Position.Line, finding.Position.Column, EndpointPath.Printable(finding.Message)))], manifest.Advice);
}

/// <param name="File">Its name.</param>
internal sealed record ManifestFindingView(string File, int Line, int Column, string Message);

/// <param name="Own">It was added to this hub, and is no part of the program.</param>
/// <param name="Docs">Where the vendor describes its API; null of what is code alone.</param>
/// <param name="CheckedOn">When the manifest was last compared with that; null of what is code alone.</param>
/// <param name="Connection">What signing in needs; null of what is code alone.</param>
internal sealed record ProviderView(
    string Id, string Title, string Help, string Category, bool Own, string? Docs, string? CheckedOn, ConnectionNeedsView? Connection, IReadOnlyList<ActionView> Actions)
{
    public static ProviderView Of(IProvider provider, ProviderCatalog catalog)
    {
        var manifest = catalog.FindManifest(provider.Id)?.Manifest;
        return new ProviderView(
            provider.Id, provider.Title, provider.Help, provider.Category, !catalog.IsShipped(provider.Id), manifest?.Docs, manifest?.CheckedOn,
            manifest is null ? null : ConnectionNeedsView.Of(ConnectionNeeds.Of(manifest)), ActionsOf(provider));
    }

    public static IReadOnlyList<ActionView> ActionsOf(IProvider provider) =>
        [.. provider.Actions.Select(action => new ActionView(
            action.Id, $"{provider.Id}.{action.Id}", action.Help, action.IsRepeatable, [.. action.Parameters.Select(SettingView.Of)]))];
}

/// <param name="Use">How a step names it: "provider.action".</param>
/// <param name="Repeatable">Doing it twice does no more than doing it once.</param>
internal sealed record ActionView(string Id, string Use, string Help, bool Repeatable, IReadOnlyList<SettingView> Parameters);

/// <param name="Fields">Whichever way one signs in.</param>
/// <param name="Ways">The ways to sign in: the first of which all required fields are there is taken.</param>
internal sealed record ConnectionNeedsView(IReadOnlyList<ConnectionFieldView> Fields, IReadOnlyList<ConnectionWayView> Ways)
{
    public static ConnectionNeedsView Of(ConnectionNeeds needs) => new(
        [.. needs.Fields.Select(ConnectionFieldView.Of)],
        [.. needs.Ways.Select(way => new ConnectionWayView(way.Id, way.Name, way.Help, way.NeedsConsent, [.. way.Fields.Select(ConnectionFieldView.Of)]))]);
}

/// <param name="Name">In words: "an API key".</param>
/// <param name="NeedsConsent">A person has to agree in a browser.</param>
internal sealed record ConnectionWayView(string Id, string Name, string? Help, bool NeedsConsent, IReadOnlyList<ConnectionFieldView> Fields);

/// <param name="Label">What forms call it; null when the name does.</param>
/// <param name="Secret">It is never shown.</param>
/// <param name="Choices">The only values allowed; empty means any.</param>
internal sealed record ConnectionFieldView(
    string Name, SettingType Type, string? Label, bool Required, bool Secret, JsonElement? Default, IReadOnlyList<string> Choices, string Help)
{
    public static ConnectionFieldView Of(ConnectionField field) =>
        new(field.Name, field.Type, field.Label, field.IsRequired, field.IsSecret, field.Default, field.Choices, field.Help);
}
