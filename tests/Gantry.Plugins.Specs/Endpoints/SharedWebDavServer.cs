using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedWebDavServer))]

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SharedWebDavServer() : SharedServer<RcloneWebDavServer>(RcloneWebDavServer.StartAsync);
