using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

public abstract partial class EndpointContract
{
    [Fact]
    public async Task An_empty_folder_lists_nothing() => (await ListAsync("")).ShouldBeEmpty();

    [Fact]
    public async Task A_listing_tells_files_and_folders_apart()
    {
        await Endpoint.CreateFolderAsync("folder", Token);
        await WriteAsync("file", "1234");

        var entries = (await ListAsync("")).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        entries["folder"].ShouldSatisfyAllConditions(() => entries["folder"].Kind.ShouldBe(EntryKind.Folder), () => entries["folder"].Size.ShouldBe(0));
        entries["file"].ShouldSatisfyAllConditions(() => entries["file"].Kind.ShouldBe(EntryKind.File), () => entries["file"].Size.ShouldBe(4));
        entries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_folder_of_thousands_is_listed_whole()
    {
        var count = Many(5000);
        await Endpoint.CreateFolderAsync("many", Token);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(250))
        {
            await Task.WhenAll(chunk.Select(number => Task.Run(() => WriteAsync($"many/{number:d5} with a name of some length", []))));
        }

        (await NamesInAsync("many")).ShouldBe(Enumerable.Range(0, count).Select(number => $"{number:d5} with a name of some length"));
    }

    [Fact]
    public async Task A_listing_may_be_left_before_its_end()
    {
        var count = Many(300);
        for (var number = 0; number < count; number++)
        {
            await WriteAsync($"file {number}", "x");
        }

        for (var time = 0; time < Many(150); time++)
        {
            await foreach (var entry in Endpoint.ListAsync("", Token))
            {
                entry.Size.ShouldBe(1);
                break;
            }
        }

        (await ListAsync("")).Count.ShouldBe(count);
    }

    [Fact]
    public async Task Many_folders_are_listed_at_once()
    {
        var count = Many(150);
        for (var number = 0; number < count; number++)
        {
            await Endpoint.CreateFolderAsync($"folder {number}/below", Token);
        }

        var listings = await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => NamesInAsync($"folder {number}"))));

        listings.ShouldAllBe(names => names.Length == 1 && names[0] == "below");
    }

    [Fact]
    public async Task Listing_what_is_not_there_fails() => await FailsAsync(EndpointError.NotFound, () => ListAsync("nothing"));

    [Fact]
    public async Task Listing_a_file_fails()
    {
        await WriteAsync("file", "x");

        await Should.ThrowAsync<EndpointException>(() => ListAsync("file"));
    }

    [Fact]
    public async Task Folders_are_made_with_those_above_them_and_may_exist()
    {
        await Endpoint.CreateFolderAsync("a/b/c/d", Token);
        await Endpoint.CreateFolderAsync("a/b/c/d", Token);
        await Endpoint.CreateFolderAsync("a/b/x", Token);
        await Endpoint.CreateFolderAsync("", Token);

        (await NamesInAsync("a/b")).ShouldBe(["c", "x"]);
        (await NamesInAsync("a/b/c")).ShouldBe(["d"]);
    }

    [Fact]
    public async Task The_same_folders_made_by_many_at_once_are_there()
    {
        Assert.SkipUnless(TakesWritesAtOnce, "This server fails when the same thing is written several times at once.");
        await Task.WhenAll(Enumerable.Range(0, Many(100)).Select(number => Task.Run(async () => await Endpoint.CreateFolderAsync($"a/b/c/{number % 10}", Token))));

        (await ListAsync("a/b/c")).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_folder_cannot_be_made_where_a_file_is()
    {
        await WriteAsync("file", "x");

        await FailsAsync(EndpointError.NotAFolder, async () => await Endpoint.CreateFolderAsync("file", Token));
        await Should.ThrowAsync<EndpointException>(async () => await Endpoint.CreateFolderAsync("file/below", Token));
        (await ReadTextAsync("file")).ShouldBe("x");
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds()
    {
        await WriteAsync("file", "x");
        await Endpoint.CreateFolderAsync("folder", Token);

        await Endpoint.DeleteFileAsync("file", Token);
        await Endpoint.DeleteFileAsync("file", Token);
        await Endpoint.DeleteFolderAsync("folder", Token);
        await Endpoint.DeleteFolderAsync("folder", Token);
        if (TakesDeletesOfNothing)
        {
            await Endpoint.DeleteFileAsync("no/such/file", Token);
            await Endpoint.DeleteFolderAsync("no/such/folder", Token);
        }

        (await ListAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_not_deleted()
    {
        await Endpoint.CreateFolderAsync("folder", Token);
        await WriteAsync("folder/file", "x");

        await FailsAsync(EndpointError.FolderNotEmpty, async () => await Endpoint.DeleteFolderAsync("folder", Token));

        (await ReadTextAsync("folder/file")).ShouldBe("x");
    }

    [Fact]
    public async Task A_folder_is_not_deleted_as_a_file_nor_a_file_as_a_folder()
    {
        await Endpoint.CreateFolderAsync("folder", Token);
        await WriteAsync("file", "x");

        if (!Endpoint.Capabilities.FoldersAreImplied)
        {
            await Should.ThrowAsync<EndpointException>(async () => await Endpoint.DeleteFileAsync("folder", Token));
        }
        else
        {
            // There is no file of that name, which is success.
            await Endpoint.DeleteFileAsync("folder", Token);
        }

        await Should.ThrowAsync<EndpointException>(async () => await Endpoint.DeleteFolderAsync("file", Token));

        (await NamesInAsync("")).ShouldBe(["file", "folder"]);
    }
}
