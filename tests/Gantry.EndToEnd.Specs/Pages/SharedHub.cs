using Gantry.EndToEnd.Specs.Pages;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedHub))]

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>One hub for all stories that neither stop nor change it: what they make has names of its own.</summary>
public sealed class SharedHub() : SharedServer<SharedHub.Hub>(Hub.StartAsync)
{
    public sealed class Hub : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();

        private Hub() => Program = new HubProgram(folder["data"]);

        public HubProgram Program { get; }

        public static async Task<Hub> StartAsync()
        {
            var hub = new Hub();
            await hub.Program.StartAsync();
            return hub;
        }

        public async ValueTask DisposeAsync()
        {
            await Program.DisposeAsync();
            folder.Dispose();
        }
    }
}
