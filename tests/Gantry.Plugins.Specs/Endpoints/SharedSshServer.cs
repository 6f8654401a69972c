using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedSshServer))]

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SharedSshServer() : SharedServer<SshServer>(() => SshServer.StartAsync());
