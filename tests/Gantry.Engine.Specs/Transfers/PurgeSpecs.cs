using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>A purge leaves at the target what the transfer brought, once all of it has arrived.</summary>
public sealed class PurgeSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task All_else_goes_once_everything_has_arrived_from_all_sources()
    {
        await stage.PutSourceAsync("a/one", "1");
        await stage.PutSourceAsync("b/two", "2");
        await stage.PutSourceAsync("b/in/three", "3");
        await stage.PutTargetAsync("one", "1");
        await stage.PutTargetAsync("in/other", "x");
        await stage.PutTargetAsync("old/deep/file", "y");
        await stage.PutTargetAsync("stray", "z");

        var result = await RunAsync(request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "a" }, new TransferSource { Endpoint = stage.Source, Path = "b" }],
        });

        result.IsSuccess.ShouldBeTrue();
        result.Deleted.ShouldBe(5);
        (await stage.TargetTreeAsync()).ShouldBe(["in/", "in/three=3", "one=1", "two=2"]);
    }

    [Fact]
    public async Task While_one_file_is_missing_nothing_goes()
    {
        await stage.PutSourceAsync("good", "1");
        await stage.PutSourceAsync("bad", "2");
        await stage.PutTargetAsync("old", "x");
        stage.Target.Before = (member, path) => member == "write" && path == "bad"
            ? throw new EndpointException(EndpointError.PermissionDenied, "No.")
            : ValueTask.CompletedTask;

        var result = await RunAsync();

        (result.Failed, result.Deleted).ShouldBe((1, 0));
        (await stage.TargetTreeAsync()).ShouldBe(["good=1", "old=x"]);
        result.Notes.ShouldContain(note => note.Contains("purge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_source_purges_nothing()
    {
        await stage.SourceMemory.CreateFolderAsync("empty", stage.Token);
        await stage.PutTargetAsync("old", "x");

        var result = await RunAsync(request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Path = "empty" }] });

        (result.Failed, result.Deleted).ShouldBe((1, 0));
    }

    [Fact]
    public async Task What_a_filter_left_out_was_not_brought_and_goes()
    {
        await stage.PutSourceAsync("a.txt", "1");
        await stage.PutSourceAsync("b.log", "2");
        await stage.PutTargetAsync("b.log", "old");
        await stage.PutTargetAsync("logs/c.log", "old");

        (await RunAsync(request => request with { Selection = FileSelection.All.With(["*.txt"], [], []) })).IsSuccess.ShouldBeTrue();

        (await stage.TargetTreeAsync()).ShouldBe(["a.txt=1"]);
    }

    [Fact]
    public async Task A_bound_holds_for_a_purge_too_and_a_backup_keeps_what_goes()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutTargetAsync("b", "2");
        await stage.PutTargetAsync("in/c", "3");

        (await RunAsync(request => request with { DeletesMax = 1 })).Failed.ShouldBe(1);
        (await stage.TargetTreeAsync()).Count.ShouldBe(4);
        (await RunAsync(request => request with { DeletesMax = 2, Target = new TransferTarget { Endpoint = stage.TargetMemory }, BackupFolder = "kept" })).IsSuccess.ShouldBeTrue();

        (await stage.TargetTreeAsync()).Where(line => !line.EndsWith('/')).ShouldBe(["a=1", "kept/b=2", "kept/in/c=3"]);
    }

    [Fact]
    public async Task What_another_transfer_is_writing_stays()
    {
        await stage.PutSourceAsync("a", "1");
        var partial = PartialName.Of("b", 1, null, "another0transfer");
        await stage.PutTargetAsync(partial, "2", stage.Clock.GetUtcNow());

        await RunAsync();

        (await stage.TargetTreeAsync()).ShouldContain(partial + "=2");
    }

    [Fact]
    public async Task A_target_that_tells_names_in_other_letters_keeps_what_was_brought()
    {
        await stage.PutSourceAsync("Café", "1");
        stage.Target.Listing = (_, entries) => entries.Select(entry => entry with { Name = entry.Name.Normalize(System.Text.NormalizationForm.FormD).ToLowerInvariant() });

        (await RunAsync()).Deleted.ShouldBe(0);

        (await stage.TargetTreeAsync()).ShouldBe(["Café=1"]);
    }

    [Fact]
    public async Task A_dry_run_counts_and_deletes_nothing()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutTargetAsync("b", "2");

        var result = await RunAsync(request => request with { IsDryRun = true });

        (result.Copied, result.Deleted).ShouldBe((1, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["b=2"]);
    }

    [Theory]
    [InlineData(TransferMode.Sync)]
    [InlineData(TransferMode.Check)]
    public async Task A_purge_belongs_to_a_copy_or_a_move(TransferMode mode) =>
        (await Should.ThrowAsync<EndpointException>(() => RunAsync(request => request with { Mode = mode }))).Error.ShouldBe(EndpointError.BadSetting);

    private Task<TransferResult> RunAsync(Func<TransferRequest, TransferRequest>? change = null) =>
        stage.RunAsync(request => change?.Invoke(request with { Purges = true }) ?? request with { Purges = true });
}
