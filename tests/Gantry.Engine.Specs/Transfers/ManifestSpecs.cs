using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class ManifestSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task Each_file_is_told_once_with_what_became_of_it()
    {
        await stage.PutSourceAsync("new/a", "one");
        await stage.PutSourceAsync("there", "two");
        await stage.PutTargetAsync("there", "two");
        await stage.PutSourceAsync("bad/b", "three");
        await stage.PutTargetAsync("old", "four");
        stage.Target.Before = (member, path) => member == "write" && path == "bad/b"
            ? throw new EndpointException(EndpointError.PermissionDenied, "No.")
            : ValueTask.CompletedTask;
        var manifest = new ListedManifest();

        var result = await stage.RunAsync(request => request with { Mode = TransferMode.Sync, Manifest = manifest });

        manifest.Lines.ShouldBe(["bad/b Failed  No.", "new/a Copied 3 new/a", "old Deleted  old", "there Skipped 3 there"]);
        (result.Copied, result.Skipped, result.Deleted, result.Failed).ShouldBe((1, 1, 1, 1));
    }

    [Fact]
    public async Task Nothing_but_what_is_named_is_moved_and_other_folders_are_not_even_listed()
    {
        foreach (var path in (string[])["a", "in/b", "in/c", "all/d", "all/deep/e", "other/f"])
            await stage.PutSourceAsync(path, path);
        List<string> listed = [];
        stage.Source.Before = (member, path) =>
        {
            if (member == "list")
                listed.Add(path);
            return ValueTask.CompletedTask;
        };

        await stage.RunAsync(request => request with { Selection = new FileSelection { Only = new PathSet(["in/b", "all"]), Except = new PathSet(["all/d"]) } });

        (await stage.TargetTreeAsync()).Where(line => line.Contains('=')).ShouldBe(["all/deep/e=all/deep/e", "in/b=in/b"]);
        listed.ShouldNotContain("other");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    public void A_path_that_leads_out_of_its_root_names_nothing(string path) =>
        Should.Throw<EndpointException>(() => new PathSet([path])).Error.ShouldBe(EndpointError.BadPath);
}
