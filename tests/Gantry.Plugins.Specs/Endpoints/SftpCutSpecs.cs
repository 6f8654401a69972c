using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The line is cut after every third byte of a connection with one small upload, in either direction; after every single one where a test may be slow.</summary>
public sealed class SftpCutSpecs : IDisposable
{
    private static readonly byte[] content = [.. Enumerable.Range(0, 300).Select(number => (byte)number)];
    private static readonly int step = Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? 1 : 3;
    private readonly TemporaryFolder folder = new();

    [Fact(Timeout = 120_000)]
    public async Task A_line_cut_while_the_server_speaks_ends_in_a_clear_failure()
    {
        var bytes = await UploadAsync(long.MaxValue, cutsInput: true);
        bytes.ShouldBeGreaterThan(100);

        for (var cut = 0L; cut < bytes; cut += step)
        {
            await FailsCleanlyAsync(cut, cutsInput: true);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task A_line_cut_while_the_server_hears_ends_in_a_clear_failure()
    {
        var bytes = await UploadAsync(long.MaxValue, cutsInput: false);
        bytes.ShouldBeGreaterThan(400);

        for (var cut = 0L; cut < bytes; cut += step)
        {
            await FailsCleanlyAsync(cut, cutsInput: false);
        }
    }

    public void Dispose() => folder.Dispose();

    private async Task FailsCleanlyAsync(long cut, bool cutsInput)
    {
        await File.WriteAllTextAsync(folder["file"], "old", TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<EndpointException>(() => UploadAsync(cut, cutsInput), $"cut at {cut}");

        failure.Error.ShouldBe(EndpointError.Disconnected, $"cut at {cut}");
        failure.IsTransient.ShouldBeTrue();

        // Whoever reads it sees the old file or the new one.
        var now = await File.ReadAllBytesAsync(folder["file"], TestContext.Current.CancellationToken);
        (now.AsSpan().SequenceEqual("old"u8) || now.AsSpan().SequenceEqual(content)).ShouldBeTrue($"cut at {cut}");
    }

    /// <summary>How many bytes went over the line that may be cut.</summary>
    private async Task<long> UploadAsync(long cut, bool cutsInput)
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        CutStream? cutting = null;
        ProgramPipe? pipe = null;
        Stream Cut(Stream stream) => cutting = new CutStream(stream, cut, () => pipe!.Abort());
        await using var endpoint = new SftpEndpoint(
            "sftp://cut",
            folder.Path,
            _ => Task.FromResult<SftpPipe>(pipe = ProgramPipe.Start(
                ProgramPipe.OpenSshServer, [], stream => cutsInput ? Cut(stream) : stream, stream => cutsInput ? stream : Cut(stream))),
            TimeProvider.System,
            _ => { });
        var options = new WriteOptions { PartialName = PartialName.Of("file", 300, null, "cutcutcut"), Length = 300, ModifiedAt = DateTimeOffset.UnixEpoch, UnixMode = 0x1A4 };
        await endpoint.WriteAsync("file", new MemoryStream(content), options, TestContext.Current.CancellationToken);
        return cutting!.Passed;
    }
}
