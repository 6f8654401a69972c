using Gantry.Engine.Secrets;

namespace Gantry.Engine.Endpoints;

/// <summary>The secrets of one endpoint: those that may be sent to its host. Whatever else keeps one away is a failure of that endpoint.</summary>
internal sealed class EndpointSecrets(ISecretResolver inner, string kind, string? host, int? port) : ISecretResolver
{
    public string Places => inner.Places;

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        SentSecrets sent = new(inner);
        try
        {
            var secret = await sent.FindAsync(name, cancellationToken);
            sent.RequireAllowed(host ?? $"an endpoint of kind {kind}", port);
            return secret;
        }
        catch (SecretException refused)
        {
            throw new EndpointException(EndpointError.BadSetting, refused.Message, innerException: refused);
        }
        catch (SecretStoreException failed)
        {
            throw new EndpointException(failed.IsTransient ? EndpointError.Disconnected : EndpointError.BadSetting, failed.Message, failed.IsTransient, failed);
        }
    }
}
