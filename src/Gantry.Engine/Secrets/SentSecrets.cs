namespace Gantry.Engine.Secrets;

/// <summary>Remembers which secrets one request takes, until it is known where it goes: a secret that may only be sent to some hosts is sent to no other.</summary>
public sealed class SentSecrets(ISecretResolver inner) : ISecretResolver
{
    private readonly List<(string Name, IReadOnlyList<string> Hosts)> bound = [];

    public string Places => inner.Places;

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var secret = await inner.FindAsync(name, cancellationToken);
        if (secret is not null)
        {
            Take(name, secret);
        }

        return secret;
    }

    /// <summary>One that was found elsewhere is sent too.</summary>
    public void Take(string name, Secret secret)
    {
        if (secret.AllowedHosts.Count > 0)
        {
            bound.Add((name, secret.AllowedHosts));
        }
    }

    public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => inner.NamesAsync(cancellationToken);

    /// <summary>Fails with <see cref="SecretException"/> when one of the secrets taken so far must not go there.</summary>
    public void RequireAllowed(string host, int? port)
    {
        if (bound.Find(secret => !AllowedHosts.Allow(secret.Hosts, host, port)) is { Name: { } name, Hosts: { } hosts })
        {
            throw new SecretException($"The credential '{name}' is only sent to {string.Join(", ", hosts)}, not to '{host}{(port is null ? "" : $":{port}")}'. "
                + "Nothing was sent. If it is meant to go there, allow that host in the credential.");
        }
    }
}
