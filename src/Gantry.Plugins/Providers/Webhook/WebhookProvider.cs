using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Webhook;

/// <summary>Tells another program about something, by posting JSON to the URL it gave.</summary>
public sealed class WebhookProvider : IProvider
{
    public string Id => "webhook";

    public string Title => "Webhook";

    public string Help => "Calls other programs' webhooks.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "post",
            Help = "Posts a value as JSON to a webhook.",
            Tells = new Dictionary<string, string>(StringComparer.Ordinal) { ["payload"] = "${trigger}" },
            Parameters =
            [
                HttpParameters.Url,
                new()
                {
                    Name = "payload",
                    Type = SettingType.Any,
                    TakesSecrets = true,
                    Default = JsonElement.Parse("{}"u8),
                    Help = "Any value, sent as JSON.",
                },
                .. HttpParameters.Common,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        await http.SetJsonAsync(call.Parameters.GetProperty("payload"), cancellationToken);
        return await http.SendAsync(HttpMethod.Post, http.FindText("url") ?? "", cancellationToken);
    }
}
