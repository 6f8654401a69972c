using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class CopySpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task A_tree_is_copied_with_its_times_and_empty_folders()
    {
        await stage.PutSourceAsync("a.txt", "a");
        await stage.PutSourceAsync("in/b.txt", "bb");
        await stage.PutSourceAsync("in/deep/er/c.txt", "");
        await stage.SourceMemory.CreateFolderAsync("empty", stage.Token);

        var result = await stage.RunAsync();

        result.IsSuccess.ShouldBeTrue();
        (result.Copied, result.Bytes, result.Folders).ShouldBe((3, 3, 4));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
        (await stage.TargetMemory.FindAsync("in/b.txt", stage.Token))!.ModifiedAt.ShouldBe(TransferStage.SomeTime);
    }

    [Fact]
    public async Task A_second_run_copies_nothing_and_asks_nothing_per_file()
    {
        for (var i = 0; i < 50; i++)
        {
            await stage.PutSourceAsync($"folder/{i}", "content");
        }

        await stage.RunAsync();
        stage.Source.Calls.Clear();
        stage.Target.Calls.Clear();

        var result = await stage.RunAsync();

        (result.Copied, result.Skipped).ShouldBe((0, 50));
        stage.Source.Calls.Order(StringComparer.Ordinal).ShouldBe(["find ", "list ", "list folder"]);
        stage.Target.Calls.Order(StringComparer.Ordinal).ShouldBe(["list ", "list folder"]);
    }

    [Fact]
    public async Task A_missing_target_folder_is_made_once_and_never_listed()
    {
        await stage.PutSourceAsync("a/b/1", "x");
        await stage.PutSourceAsync("a/b/2", "x");

        await stage.RunAsync(request => request with { Target = request.Target with { Folder = "new" } });

        stage.Target.Calls.Count(call => call == "create new/a/b").ShouldBe(1);
        stage.Target.Calls.Where(call => call.StartsWith("list", StringComparison.Ordinal)).ShouldBe(["list new"]);
    }

    [Fact]
    public async Task A_file_of_the_same_size_and_another_time_is_sent_again()
    {
        await stage.PutSourceAsync("a", "new");
        await stage.PutTargetAsync("a", "old", TransferStage.SomeTime.AddSeconds(-1));

        var result = await stage.RunAsync();

        result.Copied.ShouldBe(1);
        (await stage.TargetTreeAsync()).ShouldBe(["a=new"]);
    }

    [Fact]
    public async Task A_side_with_whole_seconds_causes_no_second_copy()
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { TimePrecision = TimeSpan.FromSeconds(1) };
        await stage.PutSourceAsync("a", "abc", TransferStage.SomeTime.AddMilliseconds(700));
        await stage.PutTargetAsync("a", "abc", TransferStage.SomeTime);

        (await stage.RunAsync()).Skipped.ShouldBe(1);
    }

    [Theory]
    [InlineData(1950, 1970)]
    [InlineData(2200, 2106)]
    public async Task A_time_that_a_side_cannot_hold_causes_no_second_copy(int year, int held)
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { TimeFirst = Year(1970), TimeLast = Year(2106) };
        await stage.PutSourceAsync("a", "abc", Year(year));
        await stage.PutTargetAsync("a", "abc", Year(held));
        await stage.PutSourceAsync("b", "abc", Year(year));
        await stage.PutTargetAsync("b", "old", Year(2000));

        var result = await stage.RunAsync();

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        static DateTimeOffset Year(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_side_without_times_goes_by_size_and_says_so_once()
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { TimePrecision = null };
        await stage.PutSourceAsync("a", "abc");
        await stage.PutSourceAsync("b", "abcd");
        await stage.PutTargetAsync("a", "xyz", TransferStage.SomeTime.AddDays(1));
        await stage.PutTargetAsync("b", "xyz");

        var result = await stage.RunAsync();

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        result.Notes.Count(note => note.Contains("times", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task By_checksum_the_content_alone_decides()
    {
        await stage.PutSourceAsync("same", "abc", TransferStage.SomeTime.AddDays(3));
        await stage.PutTargetAsync("same", "abc");
        await stage.PutSourceAsync("other", "abc");
        await stage.PutTargetAsync("other", "xyz");

        var result = await stage.RunAsync(request => request with { ChangeRule = ChangeRule.Checksum });

        (result.Copied, result.Skipped).ShouldBe((1, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["other=abc", "same=abc"]);
    }

    [Fact]
    public async Task Always_sends_again_and_never_overwrite_leaves_what_is_there()
    {
        await stage.PutSourceAsync("a", "abc");
        await stage.PutTargetAsync("a", "old content");
        await stage.PutSourceAsync("b", "b");

        var kept = await stage.RunAsync(request => request with { ChangeRule = ChangeRule.NeverOverwrite });
        var again = await stage.RunAsync(request => request with { ChangeRule = ChangeRule.Always });

        (kept.Copied, kept.Skipped).ShouldBe((1, 1));
        (again.Copied, again.Skipped).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_large_file_streams_and_is_verified_by_hash()
    {
        var content = string.Concat(Enumerable.Repeat("0123456789abcdef", 100_000));
        await stage.PutSourceAsync("large", content);
        await stage.PutSourceAsync("small", "s");

        var result = await stage.RunAsync(request => request with { Verification = Verification.Checksum });

        result.IsSuccess.ShouldBeTrue();
        result.Bytes.ShouldBe(content.Length + 1);
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task A_dry_run_tells_and_changes_nothing()
    {
        await stage.PutSourceAsync("in/a", "abc");
        await stage.PutTargetAsync("extra", "x");

        var result = await stage.RunAsync(request => request with { IsDryRun = true, Mode = TransferMode.Sync });

        (result.Copied, result.Deleted, result.Bytes).ShouldBe((1, 1, 3));
        (await stage.TargetTreeAsync()).ShouldBe(["extra=x"]);
    }

    [Fact]
    public async Task A_folder_keeps_its_name_when_asked()
    {
        await stage.PutSourceAsync("site/index.html", "x");
        await stage.PutSourceAsync("more/site.css", "y");

        await stage.RunAsync(request => request with
        {
            Sources =
            [
                new TransferSource { Endpoint = stage.Source, Path = "site", KeepName = true },
                new TransferSource { Endpoint = stage.Source, Path = "more" },
            ],
        });

        (await stage.TargetTreeAsync()).ShouldBe(["site.css=y", "site/", "site/index.html=x"]);
    }

    [Fact]
    public async Task Single_files_go_into_the_target_folder_or_get_the_name_given()
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.PutSourceAsync("in/b", "2");

        await stage.RunAsync(request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "in/a" }, new TransferSource { Endpoint = stage.Source, Path = "in/b" }],
            Target = request.Target with { Folder = "to" },
        });
        await stage.RunAsync(request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "in/a" }],
            Target = request.Target with { FileName = "renamed" },
        });

        (await stage.TargetTreeAsync()).ShouldBe(["renamed=1", "to/", "to/a=1", "to/b=2"]);
    }

    [Fact]
    public async Task Two_sources_of_one_name_are_not_mixed()
    {
        await stage.PutSourceAsync("x/a", "1");
        await stage.PutSourceAsync("y/a", "2");

        var result = await stage.RunAsync(request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "x/a" }, new TransferSource { Endpoint = stage.Source, Path = "y/a" }],
        });

        (result.Copied, result.Failed).ShouldBe((1, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["a=1"]);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_a_clear_error()
    {
        var result = await stage.RunAsync(request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Path = "nowhere" }] });

        result.IsSuccess.ShouldBeFalse();
        result.EndedBy!.Error.ShouldBe(EndpointError.NotFound);
        result.EndedBy.Message.ShouldContain("memory:source/nowhere");
        stage.Target.Calls.ShouldNotContain(call => call.StartsWith("create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_matches_succeeds_or_fails_as_wished()
    {
        await stage.PutSourceAsync("a", "x");
        var none = FileSelection.All.With([], ["*"], []);

        (await stage.RunAsync(request => request with { Selection = none })).IsSuccess.ShouldBeTrue();
        (await stage.RunAsync(request => request with { Selection = none, NoMatch = NoMatchPolicy.Fail })).EndedBy!.Message.ShouldContain("No file matches");
    }

    [Fact]
    public async Task A_folder_is_not_copied_onto_or_into_itself()
    {
        await stage.PutSourceAsync("a/b", "x");
        var same = new TransferTarget { Endpoint = stage.Source };

        foreach (var folder in new[] { "", "a", "a/new" })
        {
            var result = await stage.RunAsync(request => request with
            {
                Sources = [new TransferSource { Endpoint = stage.Source, Path = folder.Length == 0 ? "" : "a" }],
                Target = same with { Folder = folder },
            });
            result.EndedBy!.Error.ShouldBe(EndpointError.BadSetting);
        }

        var onItself = await stage.RunAsync(request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Source, Path = "a/b" }],
            Target = same with { Folder = "a" },
        });
        onItself.IsSuccess.ShouldBeFalse();
        (await stage.SourceTreeAsync()).ShouldBe(["a/", "a/b=x"]);
    }

    [Fact]
    public async Task Files_and_folders_of_one_name_stay_as_they_are()
    {
        await stage.PutSourceAsync("one", "file");
        await stage.PutSourceAsync("two/inner", "x");
        await stage.PutSourceAsync("three", "ok");
        await stage.PutTargetAsync("one/inner", "y");
        await stage.PutTargetAsync("two", "file");

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync });

        (result.Copied, result.Failed, result.Deleted).ShouldBe((1, 2, 0));
        result.Failures.Select(failure => failure.Path).Order(StringComparer.Ordinal).ShouldBe(["one", "two"]);
        (await stage.TargetTreeAsync()).ShouldBe(["one/", "one/inner=y", "three=ok", "two=file"]);
    }

    [Fact]
    public async Task Names_that_the_target_cannot_hold_are_reported()
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { NameBytesMax = 20 };
        await stage.PutSourceAsync(new string('ü', 11), "x");
        await stage.PutSourceAsync(new string('u', 20), "y");
        await stage.PutSourceAsync("a folder with a name too long/file", "z");

        var result = await stage.RunAsync();

        (result.Copied, result.Failed).ShouldBe((1, 2));
        result.Failures.ShouldContain(failure => failure.Reason.Contains("22 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_that_differ_by_case_never_become_one_at_a_target_that_ignores_it()
    {
        stage.Target.Capabilities = stage.Target.Capabilities with { NamesIgnoreCase = true };
        foreach (var path in (string[])["Photo.jpg", "photo.jpg", "PHOTO.JPG", "alone", "Folder/in", "folder/other"])
        {
            await stage.PutSourceAsync(path, path);
        }

        foreach (var run in (int[])[1, 2])
        {
            var result = await stage.RunAsync();

            (result.Copied, result.Skipped, result.Failed).ShouldBe(run == 1 ? (3, 0, 3) : (0, 3, 3), string.Join(" ", result.Failures));
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("upper and lower case", StringComparison.Ordinal));
        }

        var tree = await stage.TargetTreeAsync();
        tree.Count.ShouldBe(4);
        tree.Select(line => line.TrimEnd('/').Split('=')[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(4);
        tree.Where(line => line.Contains('=', StringComparison.Ordinal)).ShouldAllBe(line => line.Split('=', 2)[0] == line.Split('=', 2)[1]);
    }

    [Fact]
    public async Task Temporary_files_in_the_source_are_no_content()
    {
        await stage.PutSourceAsync(PartialName.Of("a", 1, null, "abcdefgh"), "half");
        await stage.PutSourceAsync("a", "whole");

        await stage.RunAsync();

        (await stage.TargetTreeAsync()).ShouldBe(["a=whole"]);
    }
}
