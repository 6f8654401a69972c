using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

public abstract partial class EndpointContract
{
    private static readonly string[] hardNames =
    [
        "plain.txt", "caf\u00e9", "cafe\u0301", "\U0001F3D7\uFE0F crane \U0001F468\u200D\U0001F469\u200D\U0001F467", "\u6587\u4EF6\u540D", "\u0645\u0644\u0641",
        "trailing space ", "trailing dot.", " leading space", "-leading-dash", "--", ".hidden", "..two", "...", "*", "?", "[a-z]*", "{a,b}", "~", "!", "#", "a\\b", "a:b",
        "quote\"s'", "$(touch x)", "`x`", "%2F", "%", "a&b;c|d<e>", "new\nline", "tab\there", "bell\a", "\u001b[31mred", "CON", "nul.txt", "A", "a",
        "\uFEFFbom", "right\u202Eleft", "\uFFFD",
    ];

    /// <summary>One after the other: a connection for each would take longer than the names.</summary>
    [Fact]
    public async Task Hard_names_come_back_as_they_were_given()
    {
        foreach (var name in hardNames)
        {
            await (HoldsName(name) ? ComesBackAsync(name) : IsRefusedAsync(name));
        }
    }

    [Fact]
    public async Task Names_that_look_alike_are_different_files()
    {
        string[] names = [.. ((string[])["caf\u00e9", "cafe\u0301", "A", .. TellsCaseApart ? (string[])["a"] : [], "x", "x ", "x.", "\u212B", "\u00C5"]).Where(HoldsName)];

        foreach (var name in names)
        {
            await WriteAsync(name, name);
        }

        (await NamesInAsync("")).ShouldBe(names.Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            (await ReadTextAsync(name)).ShouldBe(name);
        }
    }

    [Fact]
    public async Task Where_case_does_not_count_a_second_name_is_refused_and_the_first_stays()
    {
        Assert.SkipWhen(TellsCaseApart, "This kind tells upper from lower case.");
        await WriteAsync("Name", "first");
        await Endpoint.CreateFolderAsync("Folder", Token);

        await FailsAsync(EndpointError.BadPath, () => WriteAsync("NAME", "second"));
        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.CreateFolderAsync("folder/below", Token));

        (await ReadTextAsync("Name")).ShouldBe("first");
        (await NamesInAsync("")).ShouldBe(["Folder", "Name"]);
    }

    [Fact]
    public async Task Names_that_are_not_text_come_back_byte_for_byte()
    {
        Assert.SkipUnless(KeepsEveryByteInNames, "This kind keeps only UTF-8.");
        byte[][] names = [[0xFF], [0x80, 0x41], [0xC3], [0xC3, 0x28], [0x66, 0x6F, 0xF6], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [.. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]];

        foreach (var name in names.Where(name => !HoldsName(NameBytes.Decode(name))))
        {
            await IsRefusedAsync(NameBytes.Decode(name));
        }

        names = [.. names.Where(name => HoldsName(NameBytes.Decode(name)))];
        foreach (var name in names)
        {
            await WriteAsync(NameBytes.Decode(name), name);
        }

        (await NamesInAsync("")).ShouldBe(names.Select(name => NameBytes.Decode(name)).Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            (await ReadAsync(NameBytes.Decode(name))).ShouldBe(name);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\u00e9")]
    [InlineData("\u6587")]
    public async Task A_name_as_long_as_can_be_is_kept_and_a_longer_one_is_refused(string character)
    {
        Assert.SkipUnless(KeepsLongNames, "This server holds no such names.");
        var bytesMax = Endpoint.Capabilities.NameBytesMax;
        var size = System.Text.Encoding.UTF8.GetByteCount(character);
        var longest = string.Concat(Enumerable.Repeat(character, bytesMax / size)) + new string('x', bytesMax % size);

        await WriteAsync(longest, "kept");

        (await ReadTextAsync(longest)).ShouldBe("kept");
        await Should.ThrowAsync<EndpointException>(() => WriteAsync(longest + "x", "too long"));
        Assert.SkipUnless(IsExact, "This server shows what it could not keep.");
        (await NamesInAsync("")).ShouldBe([longest]);
    }

    [Theory]
    [InlineData("/absolute")]
    [InlineData("../up")]
    [InlineData("a/../../up")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/.")]
    [InlineData("a/")]
    [InlineData("nul\0inside")]
    public async Task A_path_that_could_leave_the_root_is_refused_everywhere(string path)
    {
        await FailsAsync(EndpointError.BadPath, () => ListAsync(path));
        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.FindAsync(path, Token));
        await FailsAsync(EndpointError.BadPath, () => ReadAsync(path));
        await FailsAsync(EndpointError.BadPath, () => WriteAsync(path, "x"));
        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.DeleteFileAsync(path, Token));
        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.CreateFolderAsync(path, Token));
        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.DeleteFolderAsync(path, Token));
        if (Endpoint is IMoves mover)
        {
            await WriteAsync("here", "x");
            await FailsAsync(EndpointError.BadPath, async () => await mover.MoveAsync("here", path, Token));
            await FailsAsync(EndpointError.BadPath, async () => await mover.MoveAsync(path, "there", Token));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    public async Task A_partial_name_that_is_no_name_is_refused(string partialName)
    {
        Assert.SkipWhen(Endpoint.Capabilities.WritesAreAtomic, "This kind uses no partial names.");

        await FailsAsync(EndpointError.BadPath, async () => await Endpoint.WriteAsync("x", new MemoryStream([1]), Options() with { PartialName = partialName }, Token));

        (await NamesInAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused_as_a_name() =>
        await FailsAsync(EndpointError.BadPath, () => WriteAsync("half \uD83D", "x"));

    private async Task ComesBackAsync(string name)
    {
        await Endpoint.CreateFolderAsync($"in {name}", Token);
        await WriteAsync($"in {name}/{name}", "content of " + name);

        (await NamesInAsync("")).ShouldBe([$"in {name}"]);
        (await NamesInAsync($"in {name}")).ShouldBe([name]);
        (await ReadTextAsync($"in {name}/{name}")).ShouldBe("content of " + name);
        (await Endpoint.FindAsync($"in {name}/{name}", Token))!.Name.ShouldBe(name);
        await Endpoint.DeleteFileAsync($"in {name}/{name}", Token);
        await Endpoint.DeleteFolderAsync($"in {name}", Token);
        (await NamesInAsync("")).ShouldBeEmpty(name);
    }

    private async Task IsRefusedAsync(string name)
    {
        await Should.ThrowAsync<EndpointException>(async () => await Endpoint.CreateFolderAsync($"in {name}", Token), name);
        (await NamesInAsync("")).ShouldBeEmpty(name);
    }
}
