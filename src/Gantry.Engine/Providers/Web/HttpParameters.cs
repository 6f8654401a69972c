using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>The parameters that actions over HTTP have in common, and what <see cref="HttpCall"/> reads.</summary>
public static class HttpParameters
{
    public static Setting Url { get; } = new() { Name = "url", IsRequired = true, Help = "The whole address, with http:// or https://." };

    public static Setting Method { get; } = new()
    {
        Name = "method",
        Default = Scalars.Text("GET"),
        Help = "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.",
    };

    public static Setting Query { get; } = new()
    {
        Name = "query",
        Type = SettingType.Map,
        TakesSecrets = true,
        Help = "Names and values to put behind the '?'; a list repeats its name, a null is left out.",
    };

    public static Setting Headers { get; } = new() { Name = "headers", Type = SettingType.Map, TakesSecrets = true, Help = "Names and values of headers." };

    public static Setting Json { get; } = new() { Name = "json", Type = SettingType.Any, TakesSecrets = true, Help = "Any value, sent as JSON." };

    public static Setting Body { get; } = new() { Name = "body", TakesSecrets = true, Help = "A text, sent as it is." };

    public static Setting Form { get; } = new() { Name = "form", Type = SettingType.Map, TakesSecrets = true, Help = "Names and values, sent as a web form." };

    public static Setting Bearer { get; } = new() { Name = "bearer", IsSecret = true, Help = "A token for the Authorization header: ${cred:NAME}." };

    public static Setting Basic { get; } = new()
    {
        Name = "basic",
        Type = SettingType.Map,
        TakesSecrets = true,
        Help = "{user: …, password: ${cred:NAME}} for the Authorization header.",
    };

    public static Setting Timeout { get; } = new()
    {
        Name = "timeout",
        Type = SettingType.Duration,
        Default = Scalars.Text("100s"),
        Help = "How long the answer may take, to its end.",
    };

    public static Setting ExpectedStatus { get; } = new()
    {
        Name = "expected_status",
        Type = SettingType.List,
        Help = "The statuses that are a success, such as [200, 404]; otherwise those from 200 to 299 are.",
    };

    public static Setting FollowRedirects { get; } = new()
    {
        Name = "follow_redirects",
        Type = SettingType.Boolean,
        Default = Scalars.True,
        Help = "Whether to go where a redirect leads. Credentials never go along to another host.",
    };

    public static Setting MaxBytes { get; } = new()
    {
        Name = "max_bytes",
        Type = SettingType.Integer,
        Default = JsonElement.Parse("10485760"),
        Help = "A longer answer is refused.",
    };

    /// <summary>What every request takes besides its URL and body.</summary>
    public static IReadOnlyList<Setting> Common { get; } = [Query, Headers, Bearer, Basic, Timeout, ExpectedStatus, FollowRedirects, MaxBytes];

    public static IReadOnlyList<Setting> Bodies { get; } = [Json, Body, Form];
}
