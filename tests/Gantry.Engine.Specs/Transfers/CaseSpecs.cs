using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Names that changed in upper and lower case only, at a target that takes both for one.</summary>
public sealed class CaseSpecs
{
    private readonly TransferStage stage = new();

    [Theory]
    [InlineData(TransferMode.Copy, false)]
    [InlineData(TransferMode.Sync, false)]
    [InlineData(TransferMode.Move, false)]
    [InlineData(TransferMode.Copy, true)]
    public async Task What_stands_there_is_replaced_under_its_own_name_and_nothing_of_it_is_deleted(TransferMode mode, bool purges)
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { NamesIgnoreCase = true };
        foreach (var path in (string[])["a.txt", "in/b.txt", "same.txt"])
        {
            await stage.PutTargetAsync(path, "old");
        }

        await stage.PutSourceAsync("A.txt", "newer");
        await stage.PutSourceAsync("IN/B.txt", "newer");
        await stage.PutSourceAsync("IN/added", "new");
        await stage.PutSourceAsync("SAME.txt", "old");

        var result = await stage.RunAsync(request => request with { Mode = mode, Purges = purges });

        (result.IsSuccess, result.Copied, result.Skipped, result.Deleted).ShouldBe((true, 3, 1, 0), string.Join('\n', result.Failures));
        (await stage.TargetTreeAsync()).ShouldBe(["a.txt=newer", "in/", "in/added=new", "in/b.txt=newer", "same.txt=old"]);
    }

    [Fact]
    public async Task A_file_that_is_named_itself_replaces_what_has_its_name_in_another_case()
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { NamesIgnoreCase = true };
        await stage.PutTargetAsync("a.txt", "old");
        await stage.PutSourceAsync("A.txt", "newer");

        var result = await stage.RunAsync(request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Path = "A.txt" }] });

        result.Copied.ShouldBe(1);
        (await stage.TargetTreeAsync()).ShouldBe(["a.txt=newer"]);
    }

    [Fact]
    public async Task Where_case_counts_the_old_name_goes()
    {
        await stage.PutTargetAsync("a.txt", "old");
        await stage.PutSourceAsync("A.txt", "old");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        (result.Copied, result.Deleted).ShouldBe((1, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["A.txt=old"]);
    }

    [Fact]
    public async Task A_folder_that_another_transfer_deletes_first_is_gone_as_it_was_meant()
    {
        await stage.PutTargetAsync("extra/deep/x", "x");
        await stage.PutTargetAsync("a", "1");
        await stage.PutSourceAsync("a", "1");
        stage.Target.Before = (member, path) => member == "list" && path == "extra/deep" ? throw new EndpointException(EndpointError.NotFound, "Gone.") : ValueTask.CompletedTask;

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        result.Failures.ShouldNotContain(failure => failure.Path == "extra/deep");
    }
}
