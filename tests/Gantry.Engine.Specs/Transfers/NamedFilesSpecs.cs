using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Files that are named one by one.</summary>
public sealed class NamedFilesSpecs
{
    private readonly TransferStage stage = new();

    [Theory]
    [InlineData(TransferMode.Copy, false)]
    [InlineData(TransferMode.Copy, true)]
    [InlineData(TransferMode.Move, false)]
    [InlineData(TransferMode.Sync, false)]
    [InlineData(TransferMode.Check, false)]
    public async Task What_was_named_and_is_not_there_fails_by_its_name(TransferMode mode, bool isDryRun)
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutSourceAsync("in/b", "2");
        await stage.PutTargetAsync("a", "1");
        await stage.PutTargetAsync("in/b", "2");

        var result = await RunAsync(["a", "in", "in/nowhere", "gone/deep", "z"], request => request with { Mode = mode, IsDryRun = isDryRun });

        result.Failures.Select(failure => failure.Path).ShouldBe(["gone/deep", "in/nowhere", "z"]);
        result.Failures.ShouldAllBe(failure => failure.Reason == "It was named, and is not there." && !failure.IsTransient);
        (result.Skipped, result.Failed).ShouldBe((2, 3));
    }

    [Fact]
    public async Task What_a_filter_leaves_out_was_met_all_the_same()
    {
        await stage.PutSourceAsync("a.txt", "1");
        await stage.PutSourceAsync("b.log", "2");
        await stage.PutSourceAsync("cache/c.txt", "3");

        var result = await RunAsync(["a.txt", "b.log", "cache/c.txt"], request => request with { Selection = request.Selection.With([], ["*.log", "/cache/**"], []) });

        (result.IsSuccess, result.Copied).ShouldBe((true, 1), string.Join('\n', result.Failures));
    }

    [Fact]
    public async Task What_one_of_several_sources_has_is_there()
    {
        await stage.PutSourceAsync("one/a", "1");
        await stage.PutSourceAsync("two/b", "2");

        var result = await RunAsync(["a", "b", "c"], request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "one" }, new TransferSource { Endpoint = stage.Source, Path = "two" }],
        });

        (result.Copied, result.Failed).ShouldBe((2, 1));
        result.Failures[0].Path.ShouldBe("c");
    }

    [Fact]
    public async Task What_sync_deletes_at_the_target_is_as_it_was_meant()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutTargetAsync("b", "2");

        var result = await RunAsync(["a", "b"], request => request with { Mode = TransferMode.Sync });

        (result.IsSuccess, result.Copied, result.Deleted).ShouldBe((true, 1, 1), string.Join('\n', result.Failures));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_is_told_once()
    {
        await stage.PutSourceAsync("in/a", "1");
        stage.Source.Before = (member, path) => member == "list" && path == "in" ? throw new EndpointException(EndpointError.PermissionDenied, "No.") : ValueTask.CompletedTask;

        var result = await RunAsync(["in/a", "in/b"]);

        result.Failures.ShouldHaveSingleItem().Path.ShouldBe("in");
    }

    [Fact]
    public async Task What_is_there_and_was_not_met_is_no_silence()
    {
        await stage.PutSourceAsync("real/a", "1");
        await stage.SourceMemory.CreateLinkAsync("link", "real", stage.Token);

        var result = await RunAsync(["link/a"]);

        var failure = result.Failures.ShouldHaveSingleItem();
        failure.Path.ShouldBe("link/a");
        failure.Reason.ShouldContain("symbolic link");
    }

    private Task<TransferResult> RunAsync(string[] named, Func<TransferRequest, TransferRequest>? change = null) => stage.RunAsync(request =>
    {
        var chosen = request with { Selection = FileSelection.All.With(new PathSet(named), except: null) };
        return change?.Invoke(chosen) ?? chosen;
    });
}
