using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>Requests to the vault's API. A standby's redirect to the active node is followed by hand, with the token, but never from https to http or to another path.</summary>
internal sealed class VaultHttp : IDisposable
{
    private const int RedirectsMax = 3;
    private const int BytesMax = 8 * 1024 * 1024;

    private readonly VaultSettings settings;
    private readonly TimeProvider clock;
    private readonly HttpMessageInvoker invoker;

    public VaultHttp(VaultSettings settings, SecretStoreContext context)
    {
        this.settings = settings;
        clock = context.Clock;
        EgressRules rules = new(context.EgressAllowed);
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
            ConnectCallback = (connection, cancellationToken) => HttpGate.ConnectAsync(connection.DnsEndPoint, rules, cancellationToken),
        };
        if (settings.CaFilePath is { } file)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(file) };
        }

        invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>Any answer is an answer. What keeps it from coming is Unavailable, and transient where it may pass.</summary>
    public async Task<VaultAnswer> SendAsync(string method, string path, JsonObject? body, Secret? token, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(settings.Limit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var url = new Uri(settings.Address, "/v1/" + path);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(method, url, body, token);
                using var response = await invoker.SendAsync(request, stop.Token);
                if (Redirect(url, response) is not { } next)
                {
                    return new(response.StatusCode, await ReadAsync(response, stop.Token));
                }

                url = redirects < RedirectsMax ? next : throw Unavailable("redirects without end; look at its api_addr and cluster_addr", isTransient: false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"did not answer within {Duration.Format(settings.Limit)}", isTransient: true);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw Describe(failed);
        }
    }

    public void Dispose() => invoker.Dispose();

    private HttpRequestMessage Request(string method, Uri url, JsonObject? body, Secret? token)
    {
        HttpRequestMessage request = new(new HttpMethod(method), url);
        request.Headers.Add("X-Vault-Request", "true");
        if (token is not null)
        {
            request.Headers.Add("X-Vault-Token", token.Reveal());
        }

        if (settings.NamespaceName is { } name)
        {
            request.Headers.Add("X-Vault-Namespace", name);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    private Uri? Redirect(Uri from, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var to = new Uri(from, location);
        var isSame = to.AbsolutePath == from.AbsolutePath && to.UserInfo.Length == 0 && (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == from.Scheme && from.Scheme == Uri.UriSchemeHttp));
        return isSame ? to : throw Unavailable("sends requests to a place that is no other node of it, which is not followed", isTransient: false);
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using MemoryStream body = new();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > BytesMax)
            {
                throw Unavailable($"answered more than {BytesMax:N0} bytes", isTransient: false);
            }
        }

        try
        {
            return body.Length == 0 ? default : JsonElement.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException)
        {
            // A proxy in front of it speaks HTML; the status says enough, unless it claims success.
            return response.IsSuccessStatusCode ? throw Unavailable("answered no JSON: what is there is no vault", isTransient: false) : default;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body.GetBuffer());
        }
    }

    private static X509ChainPolicy Trust(string file)
    {
        try
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, $"The certificates in '{file}', which the secret store 'vault' is to trust, cannot be read: {unreadable.Message}", innerException: unreadable);
        }
    }

    private SecretStoreException Describe(Exception failed)
    {
        for (var inner = failed; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ProviderException refusal:
                    return new(SecretStoreError.Unavailable, refusal.Error.Message, refusal.Error.IsTransient, failed);
                case AuthenticationException:
                    return Unavailable($"cannot be trusted, TLS failed: {(inner.InnerException?.Message ?? inner.Message).TrimEnd('.')}. Certificates of one's own are named with the setting '{VaultSettings.CaFile}'", isTransient: false, failed);
            }
        }

        return Unavailable($"cannot be reached: {failed.Message.TrimEnd('.')}", isTransient: true, failed);
    }

    private SecretStoreException Unavailable(string what, bool isTransient, Exception? inner = null) =>
        new(SecretStoreError.Unavailable, $"{Capital(settings.Place)} {what}.", isTransient, inner);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
