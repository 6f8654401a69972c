using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;

namespace Gantry.Hub.Executions;

/// <summary>
/// The secrets of an execution that begins before it is on record: none is looked up until it is. A store notes who asked, and is not asked for an execution that there never was.
/// </summary>
internal sealed class SecretsOnceAccepted(ISecretResolver inner, Claim claim) : ISecretResolver
{
    public string Places => inner.Places;

    public async ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await AcceptedAsync();
        return await inner.FindAsync(name, cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, Secret>> FindAllAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await AcceptedAsync();
        return await inner.FindAllAsync(names, cancellationToken);
    }

    public async ValueTask<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await AcceptedAsync();
        return await inner.NamesAsync(cancellationToken);
    }

    private async ValueTask AcceptedAsync()
    {
        if (!await claim.IsAcceptedAsync())
            throw new JournalLostException($"There is no execution {claim.ExecutionId}.");
    }
}
