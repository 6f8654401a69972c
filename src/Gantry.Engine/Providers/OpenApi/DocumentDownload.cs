using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>Fetches a vendor's document through the guarded gate.</summary>
public static class DocumentDownload
{
    /// <param name="address">http or https.</param>
    /// <param name="egressAllowed">See <see cref="ProviderCall.EgressAllowed"/>.</param>
    /// <param name="clock">Measures how long it takes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The document, and where it was in the end.</returns>
    /// <exception cref="ProviderException">It is not to be had; it says why.</exception>
    public static async Task<(byte[] Document, Uri ReadFrom)> ReadAsync(string address, IReadOnlyList<string> egressAllowed, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            throw HttpGate.Fail(ProviderErrorKind.BadRequest, "The document's address is no http or https address without user and password.");
        }

        var request = new WebRequest
        {
            Method = HttpMethod.Get,
            Url = url,
            Headers = [KeyValuePair.Create("Accept", "application/json, application/yaml;q=0.9, */*;q=0.5")],
            Timeout = TimeSpan.FromMinutes(1),
            BytesMax = OpenApiImport.BytesMax,
            EgressAllowed = egressAllowed,
        };
        var answer = await HttpGate.Shared.SendAsync(request, clock, cancellationToken);
        return (int)answer.Status is >= 200 and < 300
            ? (answer.Body, answer.Url)
            : throw HttpGate.Fail(ProviderErrorKind.Upstream, $"{HttpGate.Where(request)} answered {(int)answer.Status} {answer.Reason}.".Replace(" .", ".", StringComparison.Ordinal));
    }
}
