using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class MoveAndSyncSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task A_moved_file_is_only_at_its_new_place_and_emptied_folders_go()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutSourceAsync("in/deep/b", "2");
        await stage.PutSourceAsync("there", "3");
        await stage.PutTargetAsync("there", "3");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Move });

        result.IsSuccess.ShouldBeTrue();
        (result.Copied, result.Skipped).ShouldBe((2, 1));
        (await stage.SourceTreeAsync()).ShouldBeEmpty();
        (await stage.TargetTreeAsync()).ShouldBe(["a=1", "in/", "in/deep/", "in/deep/b=2", "there=3"]);
    }

    [Fact]
    public async Task What_is_left_out_or_fails_stays_at_the_source_with_its_folder()
    {
        await stage.PutSourceAsync("in/a.txt", "1");
        await stage.PutSourceAsync("in/b.log", "2");
        await stage.PutSourceAsync("bad/c.txt", "3");
        stage.Target.Before = (member, path) => member == "write" && path == "bad/c.txt"
            ? throw new EndpointException(EndpointError.PermissionDenied, "No.")
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Move, Selection = FileSelection.All.With(["*.txt"], [], []) });

        (result.Copied, result.Failed).ShouldBe((1, 1));
        (await stage.SourceTreeAsync()).ShouldBe(["bad/", "bad/c.txt=3", "in/", "in/b.log=2"]);
    }

    [Fact]
    public async Task A_source_that_changes_after_it_was_read_is_not_deleted_but_moved_anew()
    {
        await stage.PutSourceAsync("a", "old");
        var isChanged = false;
        stage.Source.Before = async (member, path) =>
        {
            if (member == "find" && path == "a" && !isChanged)
            {
                isChanged = true;
                await stage.PutSourceAsync("a", "newer", TransferStage.SomeTime.AddHours(1));
            }
        };

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Move });

        result.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["a=newer"]);
        (await stage.SourceTreeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_move_that_may_not_overwrite_leaves_the_source()
    {
        await stage.PutSourceAsync("a", "mine");
        await stage.PutTargetAsync("a", "theirs");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Move, ChangeRule = ChangeRule.NeverOverwrite });

        result.Skipped.ShouldBe(1);
        (await stage.SourceTreeAsync()).ShouldBe(["a=mine"]);
        (await stage.TargetTreeAsync()).ShouldBe(["a=theirs"]);
    }

    [Fact]
    public async Task A_file_is_moved_to_another_name_in_its_own_folder()
    {
        await stage.PutSourceAsync("in/a", "1");

        var result = await stage.RunAsync(request => request with
        {
            Mode = TransferMode.Move,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "in/a" }],
            Target = new TransferTarget { Endpoint = stage.Source, Folder = "in", FileName = "b" },
        });

        result.IsSuccess.ShouldBeTrue();
        (await stage.SourceTreeAsync()).ShouldBe(["in/", "in/b=1"]);
    }

    [Theory]
    [InlineData("in")]
    [InlineData("in/a")]
    public async Task A_move_within_one_folder_under_two_names_is_refused_and_loses_nothing(string source)
    {
        await stage.PutSourceAsync("in/a", "the only one");
        var alias = new FaultyEndpoint(stage.SourceMemory) { Address = "memory:another-name" };

        var result = await stage.RunAsync(request => request with
        {
            Mode = TransferMode.Move,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = source }],
            Target = new TransferTarget { Endpoint = alias, Folder = "in" },
        });

        result.EndedBy!.Message.ShouldContain("the same folder under two names");
        (await stage.SourceTreeAsync()).ShouldBe(["in/", "in/a=the only one"]);
    }

    [Theory]
    [InlineData("one", "two", TransferMode.Move)]
    [InlineData("one", "two", TransferMode.Copy)]
    [InlineData("one/a", "two", TransferMode.Move)]
    [InlineData("one/a", "two/a", TransferMode.Move)]
    public async Task Of_two_sources_with_a_file_of_one_name_the_second_stays_and_is_told(string first, string second, TransferMode mode)
    {
        await stage.PutSourceAsync("one/a", "first");
        await stage.PutSourceAsync("two/a", "the second");
        await stage.PutSourceAsync("two/b", "2");

        var result = await stage.RunAsync(request => request with
        {
            Mode = mode,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = first }, new TransferSource { Endpoint = stage.Source, Path = second }],
        });

        result.Failures.ShouldHaveSingleItem().Reason.ShouldContain("only the first");
        (await stage.TargetTreeAsync()).ShouldContain("a=first");
        (await stage.SourceTreeAsync()).ShouldContain("two/a=the second");
    }

    [Theory]
    [InlineData(TransferMode.Copy)]
    [InlineData(TransferMode.Sync)]
    [InlineData(TransferMode.Move)]
    public async Task A_target_inside_of_the_source_under_another_name_is_not_copied_into_itself(TransferMode mode)
    {
        await stage.PutSourceAsync("in/target/there", "1");
        var alias = new FaultyEndpoint(stage.SourceMemory) { Address = "memory:another-name" };

        var result = await stage.RunAsync(request => request with
        {
            Mode = mode,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "in" }],
            Target = new TransferTarget { Endpoint = alias, Folder = "in/target" },
        });

        result.EndedBy!.Message.ShouldContain("copied into itself without end");
        (await stage.SourceTreeAsync()).ShouldBe(["in/", "in/target/", "in/target/there=1"]);
    }

    [Theory]
    [InlineData(TransferMode.Sync)]
    [InlineData(TransferMode.Copy)]
    public async Task A_source_inside_of_the_target_under_another_name_is_not_deleted(TransferMode mode)
    {
        await stage.PutSourceAsync("in/source/a", "1");
        await stage.PutSourceAsync("in/other", "2");
        var alias = new FaultyEndpoint(stage.SourceMemory) { Address = "memory:another-name" };

        var result = await stage.RunAsync(request => request with
        {
            Mode = mode,
            Purges = mode == TransferMode.Copy,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "in/source" }],
            Target = new TransferTarget { Endpoint = alias, Folder = "in" },
        });

        result.Deleted.ShouldBe(0);
        result.Failures.ShouldHaveSingleItem().Reason.ShouldContain("lies inside of the target");
        (await stage.SourceTreeAsync()).ShouldBe(["in/", "in/a=1", "in/other=2", "in/source/", "in/source/a=1"]);
    }

    [Fact]
    public async Task A_sync_deletes_what_only_the_target_has()
    {
        await stage.PutSourceAsync("keep", "1");
        await stage.PutSourceAsync("in/keep", "1");
        await stage.PutTargetAsync("gone", "2");
        await stage.PutTargetAsync("in/gone", "2");
        await stage.PutTargetAsync("old/deep/gone", "2");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        result.IsSuccess.ShouldBeTrue();
        result.Deleted.ShouldBe(5);
        (await stage.TargetTreeAsync()).ShouldBe(["in/", "in/keep=1", "keep=1"]);
    }

    [Fact]
    public async Task A_sync_does_not_delete_what_the_selection_leaves_out()
    {
        await stage.PutSourceAsync("a.txt", "1");
        await stage.PutTargetAsync("b.log", "2");
        await stage.PutTargetAsync("c.txt", "3");
        await stage.PutTargetAsync("old/d.log", "4");
        await stage.PutTargetAsync("old/e.txt", "5");

        await stage.RunAsync(request => request with { Mode = TransferMode.Sync, Selection = FileSelection.All.With([], ["*.log"], []) });

        (await stage.TargetTreeAsync()).ShouldBe(["a.txt=1", "b.log=2", "old/", "old/d.log=4"]);
    }

    [Fact]
    public async Task A_sync_deletes_nothing_where_the_source_could_not_be_listed()
    {
        await stage.PutSourceAsync("good/a", "1");
        await stage.PutSourceAsync("bad/a", "1");
        await stage.PutTargetAsync("good/extra", "2");
        await stage.PutTargetAsync("bad/extra", "2");
        stage.Source.Before = (member, path) => member == "list" && path == "bad"
            ? throw new EndpointException(EndpointError.PermissionDenied, "You may not list 'bad'.")
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        (result.Failed, result.Deleted).ShouldBe((1, 1));
        result.Failures[0].Path.ShouldBe("bad");
        (await stage.TargetTreeAsync()).ShouldBe(["bad/", "bad/extra=2", "good/", "good/a=1"]);
    }

    [Fact]
    public async Task A_sync_deletes_nothing_where_the_listing_broke_off()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.PutSourceAsync("b", "1");
        await stage.PutTargetAsync("b", "1");
        stage.Source.Listing = (_, entries) => BreakOff(entries);

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        (result.Failed, result.Deleted).ShouldBe((1, 0));
        (await stage.TargetTreeAsync()).ShouldContain("b=1");

        static async IAsyncEnumerable<Entry> BreakOff(IAsyncEnumerable<Entry> entries)
        {
            await foreach (var entry in entries)
            {
                yield return entry;
                throw new EndpointException(EndpointError.Protocol, "The listing broke off.");
            }
        }
    }

    [Fact]
    public async Task A_sync_from_a_source_without_any_file_empties_its_target_only_when_a_bound_allows_it()
    {
        await stage.SourceMemory.CreateFolderAsync("mount", CancellationToken.None);
        await stage.PutTargetAsync("a", "1");
        await stage.PutTargetAsync("folder/b", "2");

        var refused = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });
        var before = await stage.TargetTreeAsync();
        var meant = await stage.RunAsync(request => request with { Mode = TransferMode.Sync, DeletesMax = 2 });

        (refused.Deleted, refused.Failed).ShouldBe((0, 1));
        refused.Failures[0].Reason.ShouldContain("no file at all");
        before.ShouldBe(["a=1", "folder/", "folder/b=2", "mount/"]);
        meant.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["mount/"]);
    }

    [Fact]
    public async Task When_more_would_be_deleted_than_allowed_nothing_is()
    {
        await stage.PutSourceAsync("a", "1");
        for (var i = 0; i < 4; i++)
        {
            await stage.PutTargetAsync($"x{i}", "2");
        }

        await stage.PutTargetAsync("folder/y", "2");

        var refused = await stage.RunAsync(request => request with { Mode = TransferMode.Sync, DeletesMax = 4 });
        var done = await stage.RunAsync(request => request with { Mode = TransferMode.Sync, DeletesMax = 5 });

        (refused.Copied, refused.Deleted, refused.Failed).ShouldBe((1, 0, 1));
        refused.Failures[0].Reason.ShouldContain("more than 4");
        done.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["a=1"]);
    }

    [Fact]
    public async Task A_sync_whose_source_lies_in_its_target_is_refused()
    {
        await stage.PutSourceAsync("a/b/c", "x");

        var result = await stage.RunAsync(request => request with
        {
            Mode = TransferMode.Sync,
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "a/b" }],
            Target = new TransferTarget { Endpoint = stage.Source, Folder = "a" },
        });

        result.EndedBy!.Message.ShouldContain("would delete it");
        (await stage.SourceTreeAsync()).ShouldContain("a/b/c=x");
    }

    [Fact]
    public async Task A_check_changes_nothing_and_lists_every_difference()
    {
        await stage.PutSourceAsync("same", "1");
        await stage.PutTargetAsync("same", "1");
        await stage.PutSourceAsync("size", "1");
        await stage.PutTargetAsync("size", "22");
        await stage.PutSourceAsync("missing", "1");
        await stage.PutTargetAsync("extra", "1");
        await stage.PutSourceAsync("content", "1");
        await stage.PutTargetAsync("content", "2");
        var before = await stage.TargetTreeAsync();

        var byTime = await stage.RunAsync(request => request with { Mode = TransferMode.Check });
        var byContent = await stage.RunAsync(request => request with { Mode = TransferMode.Check, ChangeRule = ChangeRule.Checksum });

        (byTime.Skipped, byTime.Failed).ShouldBe((2, 3));
        (byContent.Skipped, byContent.Failed).ShouldBe((1, 4));
        byContent.Failures.Select(failure => failure.Path).Order(StringComparer.Ordinal).ShouldBe(["content", "extra", "missing", "size"]);
        (await stage.TargetTreeAsync()).ShouldBe(before);
    }
}
