using Gantry.Hub.Web;

namespace Gantry.Hub.Operations;

/// <summary>The settings of this hub as they hold now, for administrators. What is secret is never shown.</summary>
internal static class SettingRoutes
{
    public static void MapSettings(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/settings", (HubConfiguration configuration) => new Page<HubSettingView>([.. HubSettings.All.Select(setting => View(setting, configuration))], Next: null))
            .Allow(Access.Administrator).WithSummary("Lists the settings of this hub: what each means, its value, and where that comes from. Secrets are never shown.");

    private static HubSettingView View(HubSetting setting, HubConfiguration configuration)
    {
        var value = setting == HubSettings.Data ? configuration.DataFolder : configuration[setting];
        return new HubSettingView(
            setting.Name,
            setting.Help,
            setting.IsSecret ? null : value,
            setting.Default,
            value is not null,
            configuration.IsGiven(setting),
            value is null ? null : configuration.PlaceOf(setting),
            setting.IsSecret,
            setting.Variable,
            setting.IsSecret ? null : setting.Flag);
    }
}

/// <summary>One setting.</summary>
/// <param name="Value">Null when it has none, or is secret.</param>
/// <param name="Default">What holds when it is not given.</param>
/// <param name="HasValue">It has one, by being given or by its default.</param>
/// <param name="IsGiven">It is not its default.</param>
/// <param name="Source">Where the value comes from: a flag, a variable, a line of gantry.yaml, or its default.</param>
/// <param name="Variable">By which variable it is given.</param>
/// <param name="Flag">By which flag; null for a secret.</param>
internal sealed record HubSettingView(
    string Name, string Help, string? Value, string? Default, bool HasValue, bool IsGiven, string? Source, bool IsSecret, string Variable, string? Flag);
