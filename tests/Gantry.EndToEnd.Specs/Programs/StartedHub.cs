using Gantry.TestServers;
using Xunit;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>One hub for all tests of a class: to start one takes seconds. What a test makes has a name of its own; a hub that a test stops it starts again.</summary>
public sealed class StartedHub : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public StartedHub() => Program = new HubProgram(folder["data"]);

    public HubProgram Program { get; }

    public static async Task<StartedHub> StartAsync()
    {
        StartedHub hub = new();
        await hub.InitializeAsync();
        return hub;
    }

    public async ValueTask InitializeAsync() => await Program.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        folder.Dispose();
    }
}
