using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class SymbolicLinkSpecs
{
    private readonly TransferStage stage = new();

    private TransferRequest Request(SymbolicLinkPolicy policy) => stage.Request with
    {
        Sources = [new TransferSource { Endpoint = stage.SourceMemory }],
        Target = new TransferTarget { Endpoint = stage.TargetMemory },
        SymbolicLinks = policy,
    };

    [Fact]
    public async Task Links_are_left_out_with_a_note()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.SourceMemory.CreateLinkAsync("link", "a", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Skip);

        result.IsSuccess.ShouldBeTrue();
        result.Notes.ShouldHaveSingleItem().ShouldContain("'link' is a symbolic link");
        (await stage.TargetTreeAsync()).ShouldBe(["a=1"]);
    }

    [Fact]
    public async Task Followed_links_are_copied_as_what_they_lead_to()
    {
        await stage.PutSourceAsync("data/a", "1");
        await stage.PutSourceAsync("in/b", "2");
        await stage.SourceMemory.CreateLinkAsync("in/file", "../data/a", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/twice", "file", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("folder", "./data", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Follow);
        var again = await RunAsync(SymbolicLinkPolicy.Follow);

        result.IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["data/", "data/a=1", "folder/", "folder/a=1", "in/", "in/b=2", "in/file=1", "in/twice=1"]);
        (again.Copied, again.Skipped).ShouldBe((0, 5));
    }

    [Fact]
    public async Task Loops_and_links_that_lead_out_or_nowhere_are_failures()
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.SourceMemory.CreateLinkAsync("in/self", "self", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/up", "..", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/here", ".", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/out", "../../etc", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/root", "/etc/passwd", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("in/nowhere", "nothing", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Follow);

        (result.Copied, result.Failed).ShouldBe((1, 6));
        (await stage.TargetTreeAsync()).ShouldBe(["in/", "in/a=1"]);
    }

    [Fact]
    public async Task Links_to_each_others_folders_end()
    {
        await stage.PutSourceAsync("a/x", "1");
        await stage.PutSourceAsync("b/y", "2");
        await stage.SourceMemory.CreateLinkAsync("a/to-b", "../b", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("b/to-a", "../a", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Follow);

        (result.Copied, result.Failed).ShouldBe((4, 2));
        (await stage.TargetTreeAsync()).ShouldBe(["a/", "a/to-b/", "a/to-b/y=2", "a/x=1", "b/", "b/to-a/", "b/to-a/x=1", "b/y=2"]);
    }

    [Fact]
    public async Task Kept_links_are_made_anew_once()
    {
        await stage.PutSourceAsync("a", "1");
        await stage.SourceMemory.CreateLinkAsync("link", "/anywhere/at all", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("changed", "new", stage.Token);
        await stage.TargetMemory.CreateLinkAsync("changed", "old", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Keep);
        var again = await RunAsync(SymbolicLinkPolicy.Keep);

        (result.Copied, again.Copied, again.Skipped).ShouldBe((3, 0, 3));
        (await stage.TargetTreeAsync()).ShouldBe(["a=1", "changed->new", "link->/anywhere/at all"]);
    }

    [Fact]
    public async Task A_hostile_listing_cannot_write_through_a_link_it_had_made()
    {
        stage.Source.Listing = (folder, entries) => folder.Length == 0
            ? new[]
            {
                new Entry { Name = "x", Kind = EntryKind.SymbolicLink, LinkTarget = "secret" },
                new Entry { Name = "x", Kind = EntryKind.Folder },
            }.ToAsyncEnumerable()
            : entries;
        await stage.PutSourceAsync("x/stolen", "1");
        await stage.PutTargetAsync("secret/kept", "2");

        var result = await new TransferRunner(
            Request(SymbolicLinkPolicy.Keep) with { Sources = [new TransferSource { Endpoint = stage.Source }] }, stage.Clock).RunAsync(stage.Token);

        result.Failed.ShouldBe(1);
        (await stage.TargetTreeAsync()).ShouldBe(["secret/", "secret/kept=2", "x->secret"]);
    }

    [Fact]
    public async Task A_link_at_the_target_is_no_folder_to_write_into()
    {
        await stage.PutSourceAsync("x/a", "1");
        await stage.TargetMemory.CreateFolderAsync("elsewhere", stage.Token);
        await stage.TargetMemory.CreateLinkAsync("x", "elsewhere", stage.Token);

        var result = await RunAsync(SymbolicLinkPolicy.Skip);

        result.Failed.ShouldBe(1);
        (await stage.TargetTreeAsync()).ShouldBe(["elsewhere/", "x->elsewhere"]);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("folder/*")]
    public async Task What_a_followed_link_leads_to_stays_when_it_is_moved(string selected)
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.SourceMemory.CreateLinkAsync("link", "in/a", stage.Token);
        await stage.SourceMemory.CreateLinkAsync("folder", "in", stage.Token);

        var result = await new TransferRunner(
            Request(SymbolicLinkPolicy.Follow) with { Mode = TransferMode.Move, Selection = FileSelection.All.With([selected], [], []) }, stage.Clock).RunAsync(stage.Token);

        (result.IsSuccess, result.Copied).ShouldBe((true, 1));
        result.Notes.ShouldHaveSingleItem().ShouldContain("stays at the source");
        (await stage.SourceTreeAsync()).ShouldBe(["folder->in", "in/", "in/a=1", "link->in/a"]);
    }

    [Theory]
    [InlineData(TransferMode.Copy)]
    [InlineData(TransferMode.Move)]
    public async Task A_link_that_is_named_itself_brings_the_file_it_leads_to_a_large_one_as_well(TransferMode mode)
    {
        var large = new string('x', 600_000);
        await stage.PutSourceAsync("large", large);
        await stage.SourceMemory.CreateLinkAsync("link", "large", stage.Token);

        var result = await new TransferRunner(
            Request(SymbolicLinkPolicy.Skip) with { Mode = mode, Sources = [new TransferSource { Endpoint = stage.SourceMemory, Path = "link" }] }, stage.Clock).RunAsync(stage.Token);

        (result.IsSuccess, result.Copied).ShouldBe((true, 1));
        (await stage.TargetTreeAsync()).ShouldBe([$"link={large}"]);
        (await stage.SourceTreeAsync()).ShouldBe([$"large={large}", "link->large"]);
    }

    [Fact]
    public async Task A_moved_link_is_gone_at_the_source_and_what_it_led_to_is_not()
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.SourceMemory.CreateLinkAsync("link", "in/a", stage.Token);

        await new TransferRunner(
            Request(SymbolicLinkPolicy.Keep) with { Mode = TransferMode.Move, Selection = FileSelection.All.With(["link"], [], []) }, stage.Clock).RunAsync(stage.Token);

        (await stage.SourceTreeAsync()).ShouldBe(["in/", "in/a=1"]);
        (await stage.TargetTreeAsync()).ShouldBe(["link->in/a"]);
    }

    private Task<TransferResult> RunAsync(SymbolicLinkPolicy policy) => new TransferRunner(Request(policy), stage.Clock).RunAsync(stage.Token);
}
