using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Sizes beyond 31 and 32 bits, at real servers, without moving that much; and bytes that a text mode would change.</summary>
public sealed class FtpSizeSpecs(SharedFtpServers shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(FtpMake.Vsftpd, 1L << 31)]
    [InlineData(FtpMake.Vsftpd, 1L << 32)]
    [InlineData(FtpMake.Pyftpdlib, 1L << 32)]
    [InlineData(FtpMake.Proftpd, 1L << 32)]
    [InlineData(FtpMake.PureFtpd, 1L << 32)]
    public async Task The_last_bytes_of_a_large_file_are_read_and_written(FtpMake make, long boundary)
    {
        var place = await shared.GetAsync(make);
        var (folder, atServer) = place.NewFolder();
        await using var endpoint = place.Open(atServer);
        var options = MisbehavingFtp.Options(boundary + 10) with { ModifiedAt = null };
        await endpoint.WriteAsync("seed", [1]);
        var partial = Path.Combine(folder, options.PartialName);
        File.Move(Path.Combine(folder, "seed"), partial);
        using (var sparse = File.OpenWrite(partial))
        {
            sparse.SetLength(boundary + 4);
        }

        // An attempt goes on behind the boundary.
        await using (var ranges = await ((IWritesRanges)endpoint).BeginRangesAsync("large", options with { EarlierPartialName = options.PartialName }, Token))
        {
            ranges.Has(boundary - ranges.RangeBytes).ShouldBeTrue();
            await ranges.WriteAsync(boundary, new MemoryStream("0123456789"u8.ToArray()), 10, Token);
            (await ranges.CompleteAsync(Token)).Size.ShouldBe(boundary + 10);
        }

        (await endpoint.FindAsync("large", Token))!.Size.ShouldBe(boundary + 10);
        (await endpoint.ListAsync("", Token).ToListAsync(Token)).ShouldHaveSingleItem().Size.ShouldBe(boundary + 10);
        await using var stream = await endpoint.OpenReadAsync("large", boundary + 1, boundary + 10, Token);
        using StreamReader reader = new(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("\0\0\0" + "456789");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_would_change_line_ends_of_texts_changes_no_byte()
    {
        await using var place = await FtpPlace.StartAsync(FtpMake.Vsftpd, "ascii_upload_enable=YES", "ascii_download_enable=YES");
        var (folder, atServer) = place.NewFolder();
        await using var endpoint = place.Open(atServer, ("connections", "2"));
        byte[] content = [.. "a\r\nb\nc\rd\r\r\n\n"u8, 0xFF, 0x1A, 0x00, 0xFF, 0xFF, (byte)'\n'];

        foreach (var name in (string[])["one.txt", "two.html"])
        {
            await endpoint.WriteAsync(name, content);
            (await endpoint.ListAsync("", Token).FirstAsync(entry => entry.Name == name, Token)).Size.ShouldBe(content.Length);
            (await File.ReadAllBytesAsync(Path.Combine(folder, name), Token)).ShouldBe(content);
            await using var stream = await endpoint.OpenReadAsync(name, 2, content.Length, Token);
            using MemoryStream got = new();
            await stream.CopyToAsync(got, Token);
            got.ToArray().ShouldBe(content[2..]);
        }
    }
}
