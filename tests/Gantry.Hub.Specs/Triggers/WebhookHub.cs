using Gantry.Hub.Triggers.Webhooks;
using Gantry.Hub.Vault;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>A hub which keeps the secrets of webhooks at hand for as long as the test says.</summary>
public sealed class WebhookHub : IAsyncLifetime
{
    public WebhookHub(TestPostgres postgres) =>
        Hub = new HubFixture(postgres) { Services = services => services.AddSingleton(provider => new WebhookSecrets(provider.GetRequiredService<SecretsOf>(), SecretsClock)) };

    public HubFixture Hub { get; }

    /// <summary>Stands still until it is turned.</summary>
    public ManualClock SecretsClock { get; } = new();

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
