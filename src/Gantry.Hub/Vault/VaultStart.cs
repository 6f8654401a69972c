using Gantry.Hub.Vault.Keys;

namespace Gantry.Hub.Vault;

/// <summary>Opens the key ring before anything else of the hub runs: without its keys a hub does not start.</summary>
internal sealed class VaultStart(KeyRing ring) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => ring.OpenAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
