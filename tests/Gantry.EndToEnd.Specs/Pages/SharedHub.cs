using Gantry.EndToEnd.Specs.Pages;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedHub))]

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>One hub for all stories that neither stop nor change it: what they make has names of its own.</summary>
public sealed class SharedHub() : SharedServer<StartedHub>(StartedHub.StartAsync);
