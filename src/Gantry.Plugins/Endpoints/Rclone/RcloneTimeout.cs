using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>The setting that says how long what is behind rclone may say and do nothing. Rclone gives the connection up then, which is tried as often as <see cref="RcloneRemote.Tries"/> tells.</summary>
internal static class RcloneTimeout
{
    private const string Name = "timeout";
    private static readonly TimeSpan connectingMax = TimeSpan.FromSeconds(20);

    /// <summary>Where none is given.</summary>
    public static TimeSpan Usual { get; } = TimeSpan.FromMinutes(2);

    public static Setting Setting { get; } = new()
    {
        Name = Name,
        Type = SettingType.Duration,
        Help = $"How long the server may say and do nothing before a connection is given up; {Usual.TotalMinutes:0}m when none is given.",
    };

    public static void Check(EndpointSettings settings)
    {
        if (settings.Find(Name) is { } text && !IsGood(text, out _))
        {
            throw new EndpointException(
                EndpointError.BadSetting, $"The setting '{Name}' has the value '{EndpointPath.Printable(text)}', which is no duration from a second to a day, such as 60s.");
        }
    }

    public static TimeSpan Of(EndpointSettings settings) => settings.Find(Name) is { } text && IsGood(text, out var time) ? time : Usual;

    /// <summary>How long a connection may take to be made.</summary>
    public static TimeSpan ToConnect(TimeSpan timeout) => timeout < connectingMax ? timeout : connectingMax;

    private static bool IsGood(string text, out TimeSpan time) => Duration.TryParse(text, out time) && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(1);
}
