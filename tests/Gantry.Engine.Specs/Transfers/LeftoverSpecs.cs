using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class LeftoverSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task What_a_former_attempt_left_is_removed_and_never_written_on()
    {
        var left = PartialName.Of("a", 99, TransferStage.SomeTime, "sameid00" + "attempt01" + "1");
        await stage.PutTargetAsync(left, "half");
        await stage.PutSourceAsync("a", "whole");

        await stage.RunAsync(request => request with { TransferId = "sameid00" });

        (await stage.TargetTreeAsync()).ShouldBe(["a=whole"]);
    }

    [Fact]
    public async Task What_another_transfer_left_of_the_same_version_goes_when_the_file_is_there()
    {
        await stage.PutSourceAsync("new", "content");
        await stage.PutSourceAsync("old", "content");
        await stage.PutTargetAsync("old", "content");
        await stage.PutTargetAsync(PartialName.Of("new", 7, TransferStage.SomeTime, "otherid1"), "con", stage.Clock.GetUtcNow());
        await stage.PutTargetAsync(PartialName.Of("old", 7, TransferStage.SomeTime, "otherid1"), "con", stage.Clock.GetUtcNow());

        var result = await stage.RunAsync();

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["new=content", "old=content"]);
    }

    [Fact]
    public async Task What_another_transfer_writes_of_another_version_is_left_alone_for_a_day()
    {
        await stage.PutSourceAsync("a", "content");
        var young = PartialName.Of("a", 8, TransferStage.SomeTime, "otherid1");
        await stage.PutTargetAsync(young, "con", stage.Clock.GetUtcNow().AddHours(-23));
        await stage.PutTargetAsync(PartialName.Of("a", 9, TransferStage.SomeTime, "otherid2"), "con", stage.Clock.GetUtcNow().AddHours(-25));

        await stage.RunAsync();

        (await stage.TargetTreeAsync()).ShouldBe([$"{young}=con", "a=content"]);
    }

    [Fact]
    public async Task Two_transfers_of_the_same_files_at_once_both_succeed()
    {
        for (var i = 0; i < 200; i++)
        {
            await stage.PutSourceAsync($"f{i}", $"content {i}");
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => stage.RunAsync())));

        results.ShouldAllBe(result => result.IsSuccess);
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task A_writer_whose_temporary_file_was_taken_away_writes_anew()
    {
        await stage.PutSourceAsync("a", "content");
        var isTaken = false;
        stage.Target.Before = (member, _) =>
        {
            if (member == "write" && !isTaken)
            {
                isTaken = true;
                throw new EndpointException(EndpointError.NotFound, "There is nothing at '.gantry-….part'.");
            }

            return ValueTask.CompletedTask;
        };

        var result = await stage.RunAsync();

        result.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["a=content"]);
    }

    [Fact]
    public async Task A_sync_deletes_a_folder_with_what_dead_transfers_left_in_it()
    {
        await stage.PutTargetAsync($"old/{PartialName.Of("a", 8, TransferStage.SomeTime, "otherid1")}", "con", stage.Clock.GetUtcNow());
        await stage.PutSourceAsync("a", "1");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        result.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["a=1"]);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with/slash00")]
    [InlineData("this-is-not-one")]
    public void An_id_that_could_not_be_part_of_a_name_is_refused(string id) =>
        Should.Throw<EndpointException>(() => new TransferRunner(stage.Request with { TransferId = id })).Error.ShouldBe(EndpointError.BadSetting);
}
