using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Takes in each answer before it is read: the SDK sets no end to how much it keeps.</summary>
internal sealed class S3WholeAnswers(HttpMessageHandler inner, S3Service service) : DelegatingHandler(inner)
{
    private const int BytesMax = 8 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // As it was told: a length that is only counted afterwards would make an answer of nothing one that need not be read.
        response.Content.Headers.ContentLength = response.Content.Headers.ContentLength;
        try
        {
            await response.Content.LoadIntoBufferAsync(BytesMax, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            response.Dispose();
            throw new EndpointException(
                EndpointError.Protocol, $"{service.ServiceUri.Authority} answers without end. Is 'endpoint' an S3 service, and does it know uploads in parts?", innerException: exception);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
