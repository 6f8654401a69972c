using System.Text.Json;
using Gantry.Hub.Operations;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class HubRuntimeSpecs
{
    [Theory]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    [InlineData("System.GC.Server", "false")]
    [InlineData("System.GC.Concurrent", "false")]
    public void The_program_leaves_the_processor_to_the_database_where_it_has_nothing_to_do(string setting, string value)
    {
        var config = JsonElement.Parse(File.ReadAllText(Path.ChangeExtension(typeof(HubServer).Assembly.Location, "runtimeconfig.json")));

        config.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(setting).GetRawText().ShouldBe(value);
    }
}
