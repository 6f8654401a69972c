using Gantry.Engine.Settings;

namespace Gantry.Cli.CommandLine;

/// <summary>A setting of a kind or an action in the words of a help text.</summary>
internal static class SettingText
{
    /// <summary>"integer, required, one of a, b, default 5".</summary>
    public static string Describe(Setting setting)
    {
        List<string> words = [setting.Type.ToString().ToLowerInvariant()];
        if (setting.IsRequired)
        {
            words.Add("required");
        }

        if (setting.IsSecret)
        {
            words.Add("secret, given as ${cred:NAME}");
        }

        if (setting.Choices.Count > 0)
        {
            words.Add("one of " + string.Join(", ", setting.Choices));
        }

        if (setting.Default is { } value)
        {
            words.Add("default " + value.GetRawText());
        }

        return string.Join(", ", words);
    }
}
