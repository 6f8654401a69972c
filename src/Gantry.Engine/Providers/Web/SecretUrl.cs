using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>A URL that is itself a secret, since whoever has it can use it. No spelling of its path or its query is ever shown.</summary>
public static class SecretUrl
{
    /// <summary>Posts JSON to the URL that the parameter of this name stands for.</summary>
    public static async Task<ProviderResult> PostAsync(HttpCall http, ProviderCall call, string name, byte[] json, CancellationToken cancellationToken)
    {
        var url = await RevealAsync(http, call, name, http.FindText(name) ?? "", cancellationToken);
        http.SetBody(json, "application/json; charset=utf-8");
        return await http.SendAsync(HttpMethod.Post, url, cancellationToken);
    }

    private static async ValueTask<string> RevealAsync(HttpCall http, ProviderCall call, string name, string template, CancellationToken cancellationToken)
    {
        var text = (await http.RevealAsync(name, Scalars.Text(template), cancellationToken)).Trim();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw HttpCall.Bad($"The credential in '{name}' is not a URL that begins with https://.");
        }

        if (call.Secrets is RedactingSecrets redacting)
        {
            foreach (var part in new[] { text, url.AbsoluteUri, url.PathAndQuery, url.AbsolutePath, WebRequest.Display(url) })
            {
                if (part.Trim('/').Length > 0)
                {
                    redacting.Mask(new Secret(part));
                }
            }
        }

        return text;
    }
}
