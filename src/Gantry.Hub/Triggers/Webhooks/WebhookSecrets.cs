using Gantry.Hub.Database;
using Gantry.Hub.Vault;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>The secrets by which callers are known, kept at hand for some seconds: each call needs its webhook's.</summary>
internal sealed class WebhookSecrets(SecretsOf secretsOf, TimeProvider clock)
{
    private const int KeptMax = 10_000;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    /// <summary>So often a secret that does not fit is looked up anew, since it may just have been changed.</summary>
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly Dictionary<(Guid WorkspaceId, Guid UserId, string Name), (string? Value, long At)> kept = [];

    /// <summary>Null when the trigger's user finds none of this name.</summary>
    /// <param name="renews">What was kept did not fit: true looks it up anew, if that was not done just now.</param>
    public async ValueTask<string?> FindAsync(TriggerContext trigger, string name, bool renews, CancellationToken cancellationToken)
    {
        var key = (trigger.WorkspaceId, trigger.UserId, name);
        lock (gate)
        {
            if (kept.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < (renews ? RenewedAfter : KeptFor))
                return known.Value;
        }

        var resolver = secretsOf(new Actor(trigger.UserId, trigger.WorkspaceId));
        using var wiping = resolver as IDisposable;
        var value = (await resolver.FindAsync(name, cancellationToken))?.Reveal();
        lock (gate)
        {
            if (kept.Count >= KeptMax)
                kept.Clear();
            kept[key] = (value, clock.GetTimestamp());
        }

        return value;
    }
}
