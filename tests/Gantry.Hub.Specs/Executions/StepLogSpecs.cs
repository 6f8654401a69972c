using System.Text.Json;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

public sealed class StepLogSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_line_that_is_too_long_is_shortened_and_fields_that_are_too_large_say_so()
    {
        var provider = new ScriptedProvider();
        await using var hub = await RunningHub.StartAsync(database, provider);
        provider.Act = (call, _) =>
        {
            call.Log.Write(StepLogLevel.Info, new string('x', 32_767) + "😀" + new string('y', 100_000), JsonSerializer.SerializeToElement(new { note = new string('z', 100_000) }));
            return Task.FromResult(ProviderResult.Success());
        };

        var end = await hub.RunAsync(await database.CreateActorAsync(), """{"steps":[{"use":"test.call"}]}""");

        var line = $"from execution_logs where execution_id = '{end.ExecutionId}' and message like 'xxx%'";
        (await hub.AskAsync<string>($"select message {line}")).ShouldBe(new string('x', 32_767) + "\ufffd … (shortened)");
        (await hub.AskAsync<string>($"select fields::text {line}")).ShouldBe("""{"left_out":"100011 characters are more than are kept"}""");
    }
}
