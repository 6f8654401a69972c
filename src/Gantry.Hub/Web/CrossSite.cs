using Microsoft.Net.Http.Headers;

namespace Gantry.Hub.Web;

/// <summary>Tells requests that a page of another site made a browser send.</summary>
internal static class CrossSite
{
    /// <summary>
    /// False for programs: only browsers say where a request comes from, and they always do when it changes something.
    /// </summary>
    /// <param name="request">Any request.</param>
    /// <param name="allowed">Origins that are treated like the hub's own.</param>
    public static bool IsForeign(HttpRequest request, IReadOnlyList<string> allowed)
    {
        if (request.Headers[HeaderNames.Origin] is not [{ } origin, ..])
            return request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none");
        return request.Headers.Origin.Count > 1
            || !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase) && !allowed.Contains(origin);
    }

    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
