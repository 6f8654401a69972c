using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedSambaServer))]

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SharedSambaServer() : SharedServer<SambaServer>(() => SambaServer.StartAsync());
