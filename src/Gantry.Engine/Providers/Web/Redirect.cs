using System.Net;

namespace Gantry.Engine.Providers.Web;

/// <summary>Where a redirect leads, and what may go there.</summary>
internal static class Redirect
{
    /// <summary>Only these are told to another scheme, host or port: any other header may be a credential.</summary>
    private static readonly string[] Harmless = ["Accept", "Accept-Language", "User-Agent"];

    /// <summary>The next request; null when the answer is no redirect.</summary>
    public static WebRequest? Follow(WebRequest request, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.NonValidated.TryGetValues("Location", out var values) is false || values.Count == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(request.Url, values.First(), out var url))
        {
            throw HttpGate.Fail(ProviderErrorKind.Upstream, $"{HttpGate.Where(request)} redirects to something that is no URL.");
        }

        var keepsBody = response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            || (response.StatusCode != HttpStatusCode.SeeOther && request.Method != HttpMethod.Post);
        var isElsewhere = !IsSameOrigin(request.Url, url);
        if (isElsewhere && keepsBody && request.HasBody)
        {
            throw HttpGate.Fail(ProviderErrorKind.Upstream,
                $"{HttpGate.Where(request)} redirects to {WebRequest.Display(url)}. A body is not sent on to another host: use that URL in the plan if it is the right one.");
        }

        return new WebRequest
        {
            Method = keepsBody || request.Method == HttpMethod.Head ? request.Method : HttpMethod.Get,
            Url = url,
            Headers = [.. request.Headers.Where(header => Keeps(header.Key, keepsBody, isElsewhere))],
            Body = keepsBody ? request.Body : null,
            Content = keepsBody ? request.Content : null,
            Receive = request.Receive,
            Timeout = request.Timeout,
            BytesMax = request.BytesMax,
            Memory = request.Memory,
            EgressAllowed = request.EgressAllowed,
        };
    }

    private static bool Keeps(string name, bool keepsBody, bool isElsewhere) =>
        (keepsBody || !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
        && (!isElsewhere || Harmless.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);
}
