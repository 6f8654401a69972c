using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Large files on this machine and on a server: holes, boundaries, going on, several connections.</summary>
public sealed class LargeFileSpecs : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private static readonly DateTimeOffset someTime = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    public LargeFileSpecs()
    {
        folder.Folder("from");
        folder.Folder("to");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_sparse_file_of_10_GiB_stays_sparse()
    {
        const long Size = 10L * 1024 * Megabyte;
        MakeSparse("from/sparse", Size, (0, 1), (5_000_000_000, 70_000), (Size - Megabyte, 1));

        var result = await CopyAsync(folder.Local("from"), folder.Local("to"));

        (result.IsSuccess, result.Bytes).ShouldBe((true, Size));
        (await OnDiskAsync("to/sparse")).ShouldBeLessThan(2 * Megabyte);
        CheckSame(0, 10_000);
        CheckSame(4_999_990_000, 100_000);
        CheckSame(Size - (2 * Megabyte), 2 * Megabyte);
    }

    [Theory]
    [InlineData((1L << 31) - 1)]
    [InlineData(1L << 31)]
    [InlineData((1L << 31) + 1)]
    [InlineData((1L << 32) - 1)]
    [InlineData(1L << 32)]
    [InlineData((1L << 32) + 1)]
    public async Task A_file_that_ends_at_a_boundary_is_copied_here_to_its_last_byte(long size)
    {
        MakeSparse("from/sparse", size, (size - 5000, 5000));

        var result = await CopyAsync(folder.Local("from"), folder.Local("to"));

        (result.IsSuccess, result.Bytes).ShouldBe((true, size));
        CheckSame(size - 10_000, 10_000);
    }

    [Fact]
    public async Task A_copy_on_this_machine_goes_on_where_it_was_killed()
    {
        var content = new byte[200 * Megabyte];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(folder["from/sparse"], content, Token);
        File.SetLastWriteTimeUtc(folder["from/sparse"], someTime.UtcDateTime);
        var left = PartialName.Of("sparse", content.Length, someTime, "sameid00attempt001");
        await File.WriteAllBytesAsync(folder["to/" + left], [.. "MARK"u8, .. content.AsSpan(4, 150 * Megabyte)], Token);

        var result = await CopyAsync(folder.Local("from"), folder.Local("to"), request => request with { TransferId = "sameid00" });

        result.IsSuccess.ShouldBeTrue();
        Directory.GetFiles(folder["to"]).ShouldBe([folder["to/sparse"]]);
        var arrived = await File.ReadAllBytesAsync(folder["to/sparse"], Token);
        arrived.AsSpan(0, 4).SequenceEqual("MARK"u8).ShouldBeTrue("What stood was copied again.");
        arrived.AsSpan(4).SequenceEqual(content.AsSpan(4)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beyond_4_GiB_a_server_gets_and_gives_what_is_missing(bool isDownload)
    {
        // The holes are said to have arrived already, so that the test moves only what lies around the end.
        const long Size = (1L << 32) + (3 * Megabyte) + 17;
        MakeSparse("from/sparse", Size, ((1L << 32) - 5000, 10_000), (Size - 5000, 5000));
        var left = PartialName.Of("sparse", Size, someTime, "sameid00attempt001");
        MakeSparse("to/" + left, (1L << 32) - Megabyte);
        File.SetLastWriteTimeUtc(folder["to/" + left], TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var remote = OverStreams(folder[isDownload ? "from" : "to"]);

        var result = isDownload
            ? await CopyAsync(remote, folder.Local("to"), request => request with { TransferId = "sameid00" })
            : await CopyAsync(folder.Local("from"), remote, request => request with { TransferId = "sameid00" });

        (result.IsSuccess, result.Bytes).ShouldBe((true, Size));
        result.BytesResumed.ShouldBeInRange((1L << 32) - (100 * Megabyte), Size);
        Directory.GetFiles(folder["to"]).ShouldBe([folder["to/sparse"]]);
        CheckSame((1L << 32) - 10_000, 20_000);
        CheckSame(Size - 10_000, 10_000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_is_spread_over_as_many_connections_as_the_server_gives(bool isDownload)
    {
        var content = await PutRandomAsync();
        var dials = 0;
        await using var remote = OverStreams(
            folder[isDownload ? "from" : "to"],
            () => Interlocked.Increment(ref dials) > 3 ? throw new EndpointException(EndpointError.Disconnected, "No more of you.", isTransient: true) : 0);

        var result = isDownload ? await CopyAsync(remote, folder.Local("to")) : await CopyAsync(folder.Local("from"), remote);

        result.IsSuccess.ShouldBeTrue();
        dials.ShouldBeGreaterThan(3);
        (await File.ReadAllBytesAsync(folder["to/sparse"], Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        Directory.GetFiles(folder["to"]).ShouldBe([folder["to/sparse"]]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_that_break_in_the_middle_are_replaced(bool isDownload)
    {
        var content = await PutRandomAsync();
        var dials = 0;
        await using var remote = OverStreams(folder[isDownload ? "from" : "to"], () => Interlocked.Increment(ref dials) <= 3 ? 15 * Megabyte : 0);

        var result = isDownload ? await CopyAsync(remote, folder.Local("to")) : await CopyAsync(folder.Local("from"), remote);

        result.IsSuccess.ShouldBeTrue(result.Failures.FirstOrDefault()?.Reason ?? result.EndedBy?.Message);
        (await File.ReadAllBytesAsync(folder["to/sparse"], Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        Directory.GetFiles(folder["to"]).ShouldBe([folder["to/sparse"]]);
    }

    [Fact]
    public async Task A_target_that_becomes_read_only_half_way_fails_the_rest_and_keeps_what_is_there()
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a file system needs root.");
        await RunProgramAsync("/bin/mount", "-t", "tmpfs", "-o", "size=20m", "gantry-test", folder["to"]);
        try
        {
            for (var i = 0; i < 40; i++)
            {
                folder.WriteFile($"from/f{i:00}", new string('x', 5000));
                folder.WriteFile($"to/f{i:00}", "old");
            }

            var reads = 0;
            await using var source = new HookedSource(folder.Local("from"), async () =>
            {
                if (++reads == 20)
                {
                    await RunProgramAsync("/bin/mount", "-o", "remount,ro", folder["to"]);
                }
            });

            var result = await CopyAsync(source, folder.Local("to"), request => request with { ConcurrentFiles = 1 });

            (result.Copied, result.Failed).ShouldBe((19, 21));
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("read-only", StringComparison.Ordinal));
            Directory.GetFiles(folder["to"]).Length.ShouldBe(40);
            Directory.GetFiles(folder["to"]).Count(file => File.ReadAllText(file) == "old").ShouldBe(21);
        }
        finally
        {
            await RunProgramAsync("/bin/umount", "-l", folder["to"]);
        }
    }

    private static async Task RunProgramAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(CancellationToken.None);
        process.ExitCode.ShouldBe(0, program);
    }

    private async Task<byte[]> PutRandomAsync()
    {
        var content = new byte[100 * Megabyte];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(folder["from/sparse"], content, Token);
        return content;
    }

    private void MakeSparse(string path, long size, params (long Offset, int Length)[] data)
    {
        using (var file = File.OpenHandle(folder[path], FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(file, size);
            var random = new Random(1);
            foreach (var (offset, length) in data)
            {
                var bytes = new byte[length];
                random.NextBytes(bytes);
                RandomAccess.Write(file, bytes, offset);
            }
        }

        File.SetLastWriteTimeUtc(folder[path], someTime.UtcDateTime);
    }

    private void CheckSame(long offset, int length)
    {
        var (sent, arrived) = (new byte[length], new byte[length]);
        using (var file = File.OpenHandle(folder["from/sparse"]))
        {
            RandomAccess.Read(file, sent, offset);
        }

        using (var file = File.OpenHandle(folder["to/sparse"]))
        {
            RandomAccess.GetLength(file).ShouldBe(new FileInfo(folder["from/sparse"]).Length);
            RandomAccess.Read(file, arrived, offset);
        }

        arrived.AsSpan().SequenceEqual(sent).ShouldBeTrue($"at {offset}");
    }

    private async Task<long> OnDiskAsync(string path)
    {
        using var du = Process.Start(new ProcessStartInfo("/usr/bin/du", ["-k", folder[path]]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var kilobytes = (await du.StandardOutput.ReadToEndAsync(Token)).Split('\t')[0];
        return long.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    private SftpEndpoint OverStreams(string path, Func<int>? cutAfter = null)
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        return new SftpEndpoint("sftp://streams", path, _ => Task.FromResult<SftpPipe>(StartServer(cutAfter?.Invoke() ?? 0)), TimeProvider.System, _ => { }, connectionsMax: 5)
        {
            ConnectionsFor = _ => 5,
        };
    }

    /// <param name="cutAfter">So many bytes in either direction, and it is over; 0 for never.</param>
    private static ProgramPipe StartServer(int cutAfter)
    {
        if (cutAfter == 0)
        {
            return ProgramPipe.Start(ProgramPipe.OpenSshServer);
        }

        ProgramPipe? pipe = null;
        return pipe = ProgramPipe.Start(
            ProgramPipe.OpenSshServer, [], stream => new CutStream(stream, cutAfter, () => pipe!.Abort()), stream => new CutStream(stream, cutAfter, () => pipe!.Abort()));
    }

    /// <summary>Tells before each file is read.</summary>
    private sealed class HookedSource(IEndpoint inner, Func<Task> beforeRead) : PassingEndpoint(inner)
    {
        public override async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
        {
            await beforeRead();
            return await base.OpenReadAsync(path, offset, expectedSize, cancellationToken);
        }
    }
}
