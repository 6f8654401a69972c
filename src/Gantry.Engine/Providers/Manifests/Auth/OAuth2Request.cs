using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>A request at the token endpoint (RFC 6749), with the client's own login.</summary>
internal static class OAuth2Request
{
    public static async Task<ConnectionToken> SendAsync(TokenSource source, ManifestText url, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var settings = source.Way.OAuth2!;
        var scope = source.NewScope();
        RequestDraft draft;
        try
        {
            draft = new RequestDraft("POST", scope) { Address = BaseAddress.Address(url, scope), Encoding = settings.IsTokenJson ? BodyEncoding.Json : BodyEncoding.Form };
            foreach (var (name, value) in parameters)
            {
                draft.SetField(name, Settings.Scalars.Text(value));
            }

            foreach (var (name, text) in settings.TokenParameters)
            {
                if (text.Find(scope) is { } value)
                {
                    draft.SetField(name, value);
                }
            }

            AddClient(draft, settings, scope);
        }
        catch (ExpressionException exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = $"The connection '{scope.Connection.Name}' cannot sign in: {exception.Message}." });
        }

        return await source.AskAsync(draft);
    }

    private static void AddClient(RequestDraft draft, OAuth2Settings settings, ManifestScope scope)
    {
        scope.Use(["client_id", "client_secret"]);
        var id = scope.Connection.Find("client_id") is { } given ? ManifestValue.Plain(given) : "";
        var secret = scope.Connection.Find("client_secret") is { } known ? ManifestValue.Plain(known) : null;
        if (settings.ClientAuth == "basic")
        {
            // RFC 6749, 2.3.1: both are encoded as in a form first.
            draft.SetHeader("Authorization", RequestSigner.BasicOf(Uri.EscapeDataString(id), Uri.EscapeDataString(secret ?? ""), scope.Connection));
            return;
        }

        if (id.Length > 0)
        {
            draft.SetField("client_id", Settings.Scalars.Text(id));
        }

        if (secret is not null && settings.ClientAuth == "body")
        {
            draft.SetField("client_secret", Settings.Scalars.Text(secret));
        }
    }
}
