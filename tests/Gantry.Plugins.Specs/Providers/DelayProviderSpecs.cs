using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class DelayProviderSpecs
{
    private readonly ProviderStage stage = new();

    [Fact]
    public async Task It_waits_as_long_as_it_is_told()
    {
        (await stage.RunAsync("delay.wait", new { @for = "30ms" })).Output!.Value.GetProperty("waited_seconds").GetDouble().ShouldBeGreaterThan(0.02);
        (await stage.RunAsync("delay.wait", new { until = "2020-01-01T00:00:00Z" })).Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Theory]
    [InlineData("""{"for":"2h"}""")]
    [InlineData("""{"for":"1s","until":"2020-01-01"}""")]
    [InlineData("""{"until":"9999-01-01T00:00:00Z"}""")]
    [InlineData("""{"until":"tomorrow"}""")]
    [InlineData("{}")]
    public async Task What_it_cannot_wait_for_is_refused(string parameters) =>
        (await stage.RunAsync("delay.wait", System.Text.Json.JsonElement.Parse(parameters))).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = stage.RunAsync("delay.wait", new { @for = "1h" }, cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        (await waiting).Status.ShouldBe(ExecutionStatus.Cancelled);
    }
}
