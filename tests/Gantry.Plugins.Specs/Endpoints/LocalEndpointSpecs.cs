using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Plugins.Endpoints.Local;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What only folders of this machine are about: the root that nothing leaves, and things that are no files.</summary>
public sealed class LocalEndpointSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task No_link_inside_leads_out_of_the_root()
    {
        folder.WriteFile("outside/secret", "secret");
        folder.Folder("root");
        Directory.CreateSymbolicLink(folder["root/absolute"], folder["outside"]);
        Directory.CreateSymbolicLink(folder["root/relative"], "../outside");
        File.CreateSymbolicLink(folder["root/file"], folder["outside/secret"]);
        await using var endpoint = Open("root");

        foreach (var link in new[] { "absolute", "relative" })
        {
            await DeniedAsync(() => endpoint.ListAsync(link, Token).ToListAsync(Token).AsTask());
            await DeniedAsync(() => endpoint.OpenReadAsync($"{link}/secret", 0, null, Token).AsTask());
            await DeniedAsync(() => endpoint.FindAsync($"{link}/secret", Token).AsTask());
            await DeniedAsync(() => WriteAsync(endpoint, $"{link}/secret"));
            await DeniedAsync(() => endpoint.DeleteFileAsync($"{link}/secret", Token).AsTask());
            await DeniedAsync(() => endpoint.CreateFolderAsync($"{link}/made", Token).AsTask());
            await DeniedAsync(() => ((IMoves)endpoint).MoveAsync($"{link}/secret", "stolen", Token).AsTask());
        }

        await DeniedAsync(() => endpoint.OpenReadAsync("file", 0, null, Token).AsTask());
        Directory.GetFileSystemEntries(folder["outside"]).ShouldBe([folder["outside/secret"]]);
        File.ReadAllText(folder["outside/secret"]).ShouldBe("secret");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_no_file_is_told_and_never_opened()
    {
        using var make = Process.Start(new ProcessStartInfo("/usr/bin/mkfifo", [folder["fifo"]]) { UseShellExecute = false })!;
        await make.WaitForExitAsync(Token);
        await using var endpoint = Open("");

        (await endpoint.FindAsync("fifo", Token))!.Kind.ShouldBe(EntryKind.Other);
        (await Should.ThrowAsync<EndpointException>(() => endpoint.OpenReadAsync("fifo", 0, null, Token).AsTask())).Error.ShouldBe(EndpointError.NotSupported);
    }

    [Theory]
    [InlineData("a symbolic link")]
    [InlineData("a hard link")]
    [InlineData("a folder")]
    [InlineData("a FIFO")]
    [InlineData("from before the machine was started")]
    public async Task What_is_put_in_place_of_a_partial_file_is_not_written_on(string what)
    {
        var secret = new string('s', 100 * 1024 * 1024);
        folder.WriteFile("outside/secret", secret);
        folder.Folder("root");
        var (earlier, planted) = (Options().PartialName, "");
        planted = folder["root/" + earlier];
        switch (what)
        {
            case "a symbolic link":
                File.CreateSymbolicLink(planted, "../outside/secret");
                break;
            case "a folder":
                Directory.CreateDirectory(planted);
                break;
            case "from before the machine was started":
                await File.WriteAllTextAsync(planted, secret, Token);
                File.SetLastWriteTimeUtc(planted, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
            default:
                string[] make = what == "a FIFO" ? ["/usr/bin/mkfifo", planted] : ["/usr/bin/ln", folder["outside/secret"], planted];
                using (var process = Process.Start(new ProcessStartInfo(make[0], make[1..]) { UseShellExecute = false })!)
                {
                    await process.WaitForExitAsync(Token);
                    process.ExitCode.ShouldBe(0);
                }

                break;
        }

        await using var endpoint = Open("root");
        var content = new byte[120 * 1024 * 1024];
        await using var write = await ((IWritesRanges)endpoint).BeginRangesAsync(
            "file", Options() with { Length = content.Length, EarlierPartialName = earlier }, Token);

        write.Has(0).ShouldBeFalse();
        for (var offset = 0; offset < content.Length; offset += write.RangeBytes)
        {
            await write.WriteAsync(offset, new MemoryStream(content, offset, write.RangeBytes), write.RangeBytes, Token);
        }

        await write.CompleteAsync(Token);
        File.ReadAllText(folder["outside/secret"]).ShouldBe(secret);
        new FileInfo(folder["root/file"]).Length.ShouldBe(content.Length);
    }

    [Fact]
    public async Task Outside_the_allowed_roots_nothing_is_touched()
    {
        folder.Folder("allowed/inside");
        folder.Folder("allowed-too");
        folder.Folder("outside");
        Directory.CreateSymbolicLink(folder["allowed/link"], folder["outside"]);

        foreach (var path in new[] { "outside", "allowed-too", "allowed/../outside", "allowed/link", "allowed/link/new", "new", "" })
        {
            await using var endpoint = Open(path, ["allowed"]);
            (await Should.ThrowAsync<EndpointException>(() => endpoint.CreateFolderAsync("", Token).AsTask())).Error.ShouldBe(EndpointError.PermissionDenied, path);
            await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file"));
        }

        foreach (var path in new[] { "allowed", "allowed/inside", "allowed/new/deep" })
        {
            await using var endpoint = Open(path, ["allowed"]);
            await endpoint.CreateFolderAsync("", Token);
            await WriteAsync(endpoint, "file");
        }

        Directory.GetFileSystemEntries(folder["outside"]).ShouldBeEmpty();
        Directory.Exists(folder["new"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_root_that_is_removed_and_made_again_is_used_again()
    {
        folder.Folder("root");
        await using var endpoint = Open("root");
        await WriteAsync(endpoint, "file");

        Directory.Delete(folder["root"], recursive: true);
        (await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, "file"))).Error.ShouldBe(EndpointError.NotFound);
        await endpoint.CreateFolderAsync("a/b", Token);
        await WriteAsync(endpoint, "a/b/file");

        File.Exists(folder["root/a/b/file"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Files_are_copied_inside_with_the_same_promise()
    {
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        folder.Folder("source");
        folder.Folder("target");
        File.WriteAllBytes(folder["source/large"], content);
        folder.WriteFile("source/small", "small");
        folder.WriteFile("target/large", "old");
        await using var source = Open("source");
        await using var target = Open("target");
        var copier = (ICopiesInside)target;

        copier.CanCopyFrom(source).ShouldBeTrue();
        copier.CanCopyFrom(new MemoryEndpoint()).ShouldBeFalse();
        (await Should.ThrowAsync<EndpointException>(() => copier.CopyFromAsync(source, "large", "large", Options() with { Length = 1 }, Token).AsTask())).Error
            .ShouldBe(EndpointError.ContentDiffers);
        File.ReadAllText(folder["target/large"]).ShouldBe("old");
        await copier.CopyFromAsync(source, "large", "large", Options() with { Length = content.Length }, Token);
        var told = await copier.CopyFromAsync(source, "small", "small", Options() with { Length = 5, ModifiedAt = DateTimeOffset.UnixEpoch }, Token);

        File.ReadAllBytes(folder["target/large"]).AsSpan().SequenceEqual(content).ShouldBeTrue();
        File.ReadAllText(folder["target/small"]).ShouldBe("small");
        told.ModifiedAt.ShouldBe(DateTimeOffset.UnixEpoch);
        Directory.GetFiles(folder["target"]).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/../b/", "/b/")]
    [InlineData("file:///a%20b/%C3%A9", "/a b/é")]
    [InlineData("FILE://localhost/x", "/x")]
    [InlineData("name:path", null)]
    [InlineData("sftp://host/x", null)]
    [InlineData("", null)]
    public void An_address_becomes_a_path(string address, string? path) => new LocalKind().Parse(address)?.Find("path").ShouldBe(path);

    [Fact]
    public void An_address_can_say_bytes_that_are_not_text() => new LocalKind().Parse("file:///a%FFb")!.Find("path").ShouldBe("/a\uDCFFb");

    [Theory]
    [InlineData("file://host/x")]
    [InlineData("file:///%zz")]
    [InlineData("file:///%4")]
    [InlineData("/a\0b")]
    public void A_malformed_address_is_refused(string address) =>
        Should.Throw<EndpointException>(() => new LocalKind().Parse(address)).Error.ShouldBe(EndpointError.BadSetting);

    private static WriteOptions Options() => new() { PartialName = PartialName.Of("x", null, null, Guid.CreateVersion7().ToString("N")) };

    private static Task<Entry> WriteAsync(IEndpoint endpoint, string path) => endpoint.WriteAsync(path, new MemoryStream([1]), Options(), Token).AsTask();

    private static async Task DeniedAsync(Func<Task> action) =>
        (await Should.ThrowAsync<EndpointException>(action)).Error.ShouldBe(EndpointError.PermissionDenied);

    private IEndpoint Open(string path, string[]? allowed = null) => new LocalKind().Open(
        new EndpointSettings { Kind = "local", Values = new Dictionary<string, string>(StringComparer.Ordinal) { ["path"] = path.Length == 0 ? folder.Path : folder[path] } },
        new EndpointContext { Secrets = new StoredSecrets(), LocalRoots = allowed?.Select(name => folder[name]).ToArray() });
}
