using System.Text.Json;
using Gantry.Hub.Executions;
using Gantry.Hub.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Transfers;

public sealed class TransferViewSpecs
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Why_the_first_attempt_failed_is_told_also_when_the_second_succeeded()
    {
        var attempts = new[]
        {
            Attempt(1, "failed") with { Error = """{"kind":"unavailable","message":"The server did not answer.","transient":true}""" },
            Attempt(2, "succeeded") with { Output = """{"copied":3}""" },
        };

        var link = LinkOf(attempts);

        link.GetProperty("status").GetString().ShouldBe("succeeded");
        var earlier = link.GetProperty("earlier").EnumerateArray().ShouldHaveSingleItem();
        earlier.GetProperty("attempt").GetInt32().ShouldBe(1);
        earlier.GetProperty("status").GetString().ShouldBe("failed");
        earlier.GetProperty("ended_at").GetDateTimeOffset().ShouldBe(Noon.AddSeconds(12));
        earlier.GetProperty("error").GetProperty("message").GetString().ShouldBe("The server did not answer.");
    }

    [Fact]
    public void Without_an_attempt_before_nothing_is_said_of_any() =>
        LinkOf([Attempt(1, "succeeded")]).TryGetProperty("earlier", out _).ShouldBeFalse();

    private static StepView Attempt(int number, string status) =>
        new() { Path = LinkStand.PathOf(0), Use = "transfer.copy", Attempt = number, Status = status, StartedAt = Noon, EndedAt = Noon.AddSeconds(12) };

    private static JsonElement LinkOf(IReadOnlyList<StepView> steps)
    {
        using var written = new MemoryStream();
        using (var json = new Utf8JsonWriter(written))
            new TransferView { Id = Guid.CreateVersion7(), Status = "succeeded", Mode = "copy", Request = """{"mode":"copy","from":["a:x"],"to":["b:y"],"options":{}}""" }.Write(json, steps);
        return JsonElement.Parse(written.ToArray()).GetProperty("links")[0];
    }
}
