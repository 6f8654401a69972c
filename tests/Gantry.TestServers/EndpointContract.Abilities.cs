using System.Security.Cryptography;
using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

/// <summary>What only some endpoints can do: tested where they say that they can.</summary>
public abstract partial class EndpointContract
{
    [Fact]
    public async Task A_moved_file_is_only_at_its_new_path()
    {
        var mover = Ability<IMoves>();
        await WriteAsync("old", "content");
        await Endpoint.CreateFolderAsync("folder", Token);

        await mover.MoveAsync("old", "folder/new", Token);

        (await NamesInAsync("")).ShouldBe(["folder"]);
        (await ReadTextAsync("folder/new")).ShouldBe("content");
    }

    [Fact]
    public async Task A_file_is_moved_over_another()
    {
        var mover = Ability<IMoves>();
        await WriteAsync("a", "new");
        await WriteAsync("b", "old");

        await mover.MoveAsync("a", "b", Token);

        (await NamesInAsync("")).ShouldBe(["b"]);
        (await ReadTextAsync("b")).ShouldBe("new");
    }

    [Fact]
    public async Task A_folder_is_moved_with_what_is_in_it()
    {
        var mover = Ability<IMoves>();
        await Endpoint.CreateFolderAsync("a/b", Token);
        await WriteAsync("a/b/file", "x");

        await mover.MoveAsync("a", "c", Token);

        (await ReadTextAsync("c/b/file")).ShouldBe("x");
        (await NamesInAsync("")).ShouldBe(["c"]);
    }

    [Fact]
    public async Task Moving_what_is_not_there_fails()
    {
        var mover = Ability<IMoves>();
        await WriteAsync("target", "x");

        await FailsAsync(EndpointError.NotFound, async () => await mover.MoveAsync("nothing", "target", Token));

        (await ReadTextAsync("target")).ShouldBe("x");
    }

    [Fact]
    public async Task Moving_a_file_onto_itself_changes_nothing()
    {
        var mover = Ability<IMoves>();
        await WriteAsync("file", "x");

        await mover.MoveAsync("file", "file", Token);

        (await ReadTextAsync("file")).ShouldBe("x");
    }

    [Fact]
    public async Task Hashes_are_those_of_the_content()
    {
        var hasher = Ability<IHashes>();
        var content = Bytes(1_000_000);
        await WriteAsync("file", content);
        await WriteAsync("empty", []);
        Assert.SkipWhen(hasher.HashNames.Count == 0, "This server computes no hashes.");

        foreach (var name in hasher.HashNames.Where(name => name is "sha256" or "md5"))
        {
            Func<byte[], byte[]> compute = name == "md5" ? MD5.HashData : SHA256.HashData;
            (await hasher.HashAsync("file", name, Token)).ShouldBe(Convert.ToHexStringLower(compute(content)));
            (await hasher.HashAsync("empty", name, Token)).ShouldBe(Convert.ToHexStringLower(compute([])));
        }

        await FailsAsync(EndpointError.NotFound, async () => await hasher.HashAsync("nothing", hasher.HashNames[0], Token));
        await FailsAsync(EndpointError.NotSupported, async () => await hasher.HashAsync("file", "crc0", Token));
    }

    [Fact]
    public async Task The_time_of_a_file_can_be_set_later()
    {
        var setter = Ability<ISetsTimes>();
        await WriteAsync("file", "x");
        var later = someTime.AddDays(400);

        await setter.SetModifiedAtAsync("file", later, Token);

        (await Endpoint.FindAsync("file", Token))!.ModifiedAt.ShouldBe(later);
        (await ReadTextAsync("file")).ShouldBe("x");
        await FailsAsync(EndpointError.NotFound, async () => await setter.SetModifiedAtAsync("nothing", later, Token));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("nowhere/at all")]
    [InlineData("/absolute/somewhere")]
    [InlineData("../up")]
    public async Task A_symbolic_link_is_told_as_one_wherever_it_points(string linkTarget)
    {
        var links = Ability<ISymbolicLinks>();
        await WriteAsync("file", "x");

        await links.CreateLinkAsync("link", linkTarget, Token);

        (await links.ReadLinkAsync("link", Token)).ShouldBe(linkTarget);
        (await Endpoint.FindAsync("link", Token))!.Kind.ShouldBe(EntryKind.SymbolicLink);
        var listed = (await ListAsync("")).Single(entry => entry.Name == "link");
        listed.Kind.ShouldBe(EntryKind.SymbolicLink);
        listed.Size.ShouldBe(0);
        (listed.LinkTarget ?? linkTarget).ShouldBe(linkTarget);
        await Endpoint.DeleteFileAsync("link", Token);
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_link_inside_is_followed_when_it_is_read()
    {
        var links = Ability<ISymbolicLinks>();
        await Endpoint.CreateFolderAsync("folder", Token);
        await WriteAsync("folder/file", "x");

        await links.CreateLinkAsync("folder/link", "file", Token);
        await links.CreateLinkAsync("up", "folder", Token);

        (await ReadTextAsync("folder/link")).ShouldBe("x");
        (await NamesInAsync("up")).ShouldBe(["file", "link"]);
    }

    [Fact]
    public async Task A_file_written_over_a_link_replaces_the_link()
    {
        var links = Ability<ISymbolicLinks>();
        await WriteAsync("file", "x");
        await links.CreateLinkAsync("link", "file", Token);

        await WriteAsync("link", "y");

        (await Endpoint.FindAsync("link", Token))!.Kind.ShouldBe(EntryKind.File);
        (await ReadTextAsync("file")).ShouldBe("x");
    }

    [Fact]
    public async Task A_link_is_made_in_place_of_what_was_there()
    {
        var links = Ability<ISymbolicLinks>();
        await WriteAsync("place", "x");

        await links.CreateLinkAsync("place", "first", Token);
        await links.CreateLinkAsync("place", "second", Token);

        (await links.ReadLinkAsync("place", Token)).ShouldBe("second");
        (await NamesInAsync("")).ShouldBe(["place"]);
    }

    [Fact]
    public async Task Links_in_a_circle_are_an_error_and_no_loop()
    {
        var links = Ability<ISymbolicLinks>();

        await links.CreateLinkAsync("a", "b", Token);
        await links.CreateLinkAsync("b", "a", Token);

        await Should.ThrowAsync<EndpointException>(() => ReadAsync("a"));
        await Should.ThrowAsync<EndpointException>(() => ListAsync("a"));
    }

    [Fact]
    public async Task Only_a_link_says_where_it_points()
    {
        var links = Ability<ISymbolicLinks>();
        await WriteAsync("file", "x");

        await Should.ThrowAsync<EndpointException>(async () => await links.ReadLinkAsync("file", Token));
        await FailsAsync(EndpointError.NotFound, async () => await links.ReadLinkAsync("nothing", Token));
    }

    private T Ability<T>()
        where T : class
    {
        Assert.SkipUnless(Endpoint is T && (KeepsLinks || typeof(T) != typeof(ISymbolicLinks)), $"This kind is no {typeof(T).Name}.");
        return (T)Endpoint;
    }
}
