using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Settings;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints;

/// <summary>The limits of an endpoint as they are saved: texts by their names.</summary>
internal static class EndpointLimitsText
{
    /// <summary>The limits with the changes over them; null takes one away.</summary>
    /// <exception cref="ProblemException">One of them makes no sense.</exception>
    public static IReadOnlyDictionary<string, string> Complete(IReadOnlyDictionary<string, string>? saved, IReadOnlyDictionary<string, JsonElement>? changes)
    {
        var limits = new Dictionary<string, string>(saved ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in changes ?? new Dictionary<string, JsonElement>())
        {
            if (TextOf(name, value) is { } text)
                limits[name] = text;
            else
                limits.Remove(name);
        }

        try
        {
            LimitSettings.Parse(limits);
            return limits;
        }
        catch (EndpointException wrong)
        {
            throw ProblemException.Invalid(wrong.Message);
        }
    }

    private static string? TextOf(string name, JsonElement value) => value.ValueKind == JsonValueKind.Null ? null
        : Scalars.Convert(SettingType.Text, value) is { } text && Scalars.TextOf(text) is { } given ? given
        : throw ProblemException.Invalid($"The limit '{name}' must be a text or a number.");
}
