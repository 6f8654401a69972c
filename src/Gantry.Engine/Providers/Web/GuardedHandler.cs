namespace Gantry.Engine.Providers.Web;

/// <summary>The gate for libraries that bring their own requests: the same rules for addresses and headers, and no more of all answers than is allowed. A redirect is an answer.</summary>
/// <param name="pool">The connections of those who may reach the same.</param>
/// <param name="budget">What all answers may be long together.</param>
internal sealed class GuardedHandler(HttpMessageInvoker pool, ReadBudget budget) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpMessage.Check(request);
        var response = await pool.SendAsync(request, cancellationToken);
        var content = new StreamContent(new BudgetStream(await response.Content.ReadAsStreamAsync(cancellationToken), budget));
        foreach (var header in response.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        response.Content = content;
        return response;
    }
}
