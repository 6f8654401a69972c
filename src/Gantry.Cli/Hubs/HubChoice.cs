using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Hubs;

/// <summary>Which hub a command means, and with which key.</summary>
internal static class HubChoice
{
    public const string DefaultHub = "http://127.0.0.1:7300";

    public static Option Option { get; } = new("--hub", "The hub's address; else GANTRY_HUB, the hub of the last login, or " + DefaultHub + ".") { Value = "URL" };

    /// <summary>The hub that was asked for by --hub or GANTRY_HUB; null when none was.</summary>
    public static Uri? Asked(Invocation invocation) =>
        (invocation.Find("--hub") ?? Environment.GetEnvironmentVariable("GANTRY_HUB")) is { Length: > 0 } text ? Parse(text) : null;

    public static HubClient Open(Invocation invocation)
    {
        var logins = HubLogins.Load();
        var hub = Asked(invocation) ?? Parse(logins.Last ?? DefaultHub);
        var key = Environment.GetEnvironmentVariable("GANTRY_API_KEY") is { Length: > 0 } given ? new Secret(given.Trim()) : logins.KeyOf(hub);
        return new HubClient(hub, key);
    }

    public static Uri Parse(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var hub)
        && (hub.Scheme == Uri.UriSchemeHttp || hub.Scheme == Uri.UriSchemeHttps) && hub.UserInfo.Length == 0
            ? new Uri(hub.GetLeftPart(UriPartial.Authority))
            : throw new UsageException($"'{text}' is not the address of a hub. Write it as {DefaultHub}.");
}
