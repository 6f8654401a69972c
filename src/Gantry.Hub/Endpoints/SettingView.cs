using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Hub.Endpoints;

/// <summary>A setting as it describes itself.</summary>
/// <param name="Secret">It is given as ${cred:NAME}.</param>
/// <param name="Default">Null when there is none.</param>
/// <param name="Choices">The only values allowed; empty means any.</param>
internal sealed record SettingView(
    string Name, SettingType Type, bool Required, bool Secret, JsonElement? Default, IReadOnlyList<string> Choices, string Help)
{
    public static SettingView Of(Setting setting) =>
        new(setting.Name, setting.Type, setting.IsRequired, setting.IsSecret, setting.Default, setting.Choices, setting.Help);
}
