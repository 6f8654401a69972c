using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.WaitFor;

internal sealed class UrlLook(ProviderCall call, HttpCall parameters) : Look
{
    public override string What => $"{Shown} did not answer as expected";

    /// <summary>Without the query, which is nobody's business.</summary>
    private string Shown => Uri.TryCreate(parameters.FindText("url"), UriKind.Absolute, out var url) ? WebRequest.Display(url) : "The URL";

    public override async Task<Seen> LookAsync(CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        var result = await http.SendAsync(HttpCall.MethodOf(http.FindText("method") ?? "GET"), http.FindText("url") ?? "", cancellationToken);
        if (!result.IsSuccess)
        {
            return new Seen(null, result.Error!.Message);
        }

        return http.FindText("contains") is { } text && !(TextOf(result) ?? "").Contains(text, StringComparison.Ordinal)
            ? new Seen(null, $"{Shown} answered without the text that it has to contain.")
            : new Seen(result.Output, result.Message ?? $"{Shown} answered.");
    }

    private static string? TextOf(ProviderResult result) =>
        HttpAnswer.BodyOf(result) is { } body ? body.ValueKind == System.Text.Json.JsonValueKind.String ? Scalars.TextOf(body) : body.GetRawText() : null;
}
