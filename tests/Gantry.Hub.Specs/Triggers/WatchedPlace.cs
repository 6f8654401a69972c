using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Vault;
using Gantry.Plugins;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>The endpoint 'place', whose plan 'arrival' is started by what arrives there, and what its executions were given.</summary>
internal sealed class WatchedPlace(TestDatabase database)
{
    /// <summary>One for each execution, in the order of their starts.</summary>
    public ConcurrentQueue<JsonElement> Seen { get; } = [];

    /// <summary>What a hub needs that watches real places.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton(AllPlugins.Endpoints);
        services.AddSingleton(new EndpointBounds { KnownHostsFile = "/dev/null" });
        services.AddSingleton<SecretsOf>(_ => new GivenSecrets(_ => S3Server.SecretKey));
    }

    public async Task<TriggerStage> StartAsync(EndpointSettings place, string on)
    {
        var stage = await TriggerStage.StartAsync(database, Register);
        await stage.SaveEndpointAsync("place", place);
        await stage.SaveAsync("arrival", on, use: "test.call");
        return stage;
    }

    /// <summary>Completes with the first execution after which that holds.</summary>
    public Task WhenSeen(TriggerStage stage, Func<JsonElement, bool> isEnough)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Provider.Act = (call, _) =>
        {
            var trigger = call.Parameters.GetProperty("value").Clone();
            Seen.Enqueue(trigger);
            if (isEnough(trigger))
                all.TrySetResult();
            return Task.FromResult(ProviderResult.Success());
        };
        return all.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
