namespace Gantry.Engine.Secrets;

/// <summary>Finds secrets where another one does, and has what was found masked from then on.</summary>
public sealed class RedactingSecrets(ISecretResolver inner, Redactor redactor) : ISecretResolver
{
    public string Places => inner.Places;

    /// <summary>Masks what was made out of a secret, such as a header that carries it encoded with something else.</summary>
    public void Mask(Secret made) => redactor.Add(made);

    /// <summary>As <see cref="Redactor.Text"/>, for what is to be shortened: half a secret is not found any more.</summary>
    public string Text(string text) => redactor.Text(text);

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var secret = await inner.FindAsync(name, cancellationToken);
        if (secret is not null)
        {
            redactor.Add(secret);
        }

        return secret;
    }

    public ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        FindAllAsync(names, _ => true, cancellationToken);

    /// <summary>Some are kept beside secrets and are none: a host, a region. They are not masked.</summary>
    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, Func<string, bool> isSecret, CancellationToken cancellationToken)
    {
        var found = await inner.FindAllAsync(names, cancellationToken);
        foreach (var (name, secret) in found)
        {
            if (isSecret(name))
            {
                redactor.Add(secret);
            }
        }

        return found;
    }

    public ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) => inner.NamesAsync(cancellationToken);
}
