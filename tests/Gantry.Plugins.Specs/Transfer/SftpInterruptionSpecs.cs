using System.Net;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Lines that are cut, fall silent or are not given: a reader sees whole files or old ones, and the transfer goes on.</summary>
public sealed class SftpInterruptionSpecs : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private readonly TemporaryFolder folder = new();
    private readonly QuickClock clock = new();

    public SftpInterruptionSpecs() => folder.Folder("from");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(false, 30_000)]
    [InlineData(false, 1_000_000)]
    [InlineData(true, 12_000)]
    [InlineData(true, 1_000_000)]
    public async Task A_connection_that_falls_silent_is_cut_and_the_transfer_goes_on_over_a_new_one(bool isBatched, int afterBytes)
    {
        await using var server = await SshServer.StartAsync();
        await using CuttingProxy proxy = new(server.Port) { CutAfter = afterBytes, FallsSilent = true };
        FillSmall(400, 8000);
        var path = server.NewFolder();
        var settings = server.Settings(path);
        Dictionary<string, string> values = new(settings.Values, StringComparer.Ordinal)
        {
            ["port"] = proxy.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["host_key"] = server.HostKey,
            ["timeout"] = "1s",
        };
        await using var remote = new SftpKind().Open(settings with { Values = values }, server.Context());

        var result = await CopyAsync(Local("from"), remote, request => request with { IsBatched = isBatched });

        result.Failures.ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, 400));
        TreeOf(path).ShouldBe(TreeOf(folder["from"]));
        proxy.CutAfter.ShouldBe(long.MaxValue, "it fell silent");
        PartialsIn(path).ShouldBeEmpty();
    }

    /// <summary>As one stream, and in ranges.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData(true, Megabyte, 16 * 1024, 64 * 1024)]
    [InlineData(false, Megabyte, 16 * 1024, 64 * 1024)]
    [InlineData(true, (9 * Megabyte) + 1, Megabyte / 2, 2 * Megabyte)]
    [InlineData(false, (9 * Megabyte) + 1, Megabyte / 2, 2 * Megabyte)]
    public async Task A_file_is_whole_or_the_old_one_wherever_the_line_is_cut(bool isUpload, int size, int firstCut, int distance)
    {
        var content = new byte[size];
        Random.Shared.NextBytes(content);
        await File.WriteAllBytesAsync(folder["from/file"], content, Token);

        for (long cut = firstCut; cut < size; cut += distance)
        {
            folder.WriteFile("to/file", "old");
            var seen = new List<byte[]>();
            var result = await CutAsync(cut, isUpload, () => seen.Add(File.ReadAllBytes(folder["to/file"])));

            result.IsSuccess.ShouldBeTrue($"cut at {cut}: {result.Failures.FirstOrDefault()?.Reason}");
            seen.ShouldHaveSingleItem().ShouldBe("old"u8.ToArray(), $"cut at {cut}");
            (await File.ReadAllBytesAsync(folder["to/file"], Token)).AsSpan().SequenceEqual(content).ShouldBeTrue($"cut at {cut}");
            Directory.GetFileSystemEntries(folder["to"]).Length.ShouldBe(1, $"cut at {cut}");
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Small_files_are_whole_or_the_old_ones_wherever_the_line_is_cut(bool isUpload)
    {
        FillSmall(100, 4096);
        var expected = TreeOf(folder["from"]);

        for (var cut = 5_000L; cut < 400_000; cut += 40_000)
        {
            for (var i = 0; i < 100; i += 2)
            {
                folder.WriteFile($"to/file{i:000}", "old");
            }

            var sizes = new List<long>();
            var result = await CutAsync(cut, isUpload, () => sizes.AddRange(WholeOnesIn(folder["to"]).Select(file => new FileInfo(file).Length)));

            (result.IsSuccess, result.Copied).ShouldBe((true, 100), $"cut at {cut}");
            sizes.ShouldNotBeEmpty();
            sizes.ShouldAllBe(size => size == 3 || size == 4096);
            TreeOf(folder["to"]).ShouldBe(expected, $"cut at {cut}");
            Directory.Delete(folder["to"], recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_refuses_further_logins_gets_a_large_file_over_fewer_connections()
    {
        await using var server = await SshServer.StartAsync("MaxStartups 1");
        var path = server.NewFolder();
        var content = new byte[50 * Megabyte];
        Random.Shared.NextBytes(content);
        await File.WriteAllBytesAsync(folder["from/file"], content, Token);
        var dials = 0;
        Lazy<Task<TcpClient>> held = new(() => BeginLoginAsync(server.Port));
        await using var remote = new SftpEndpoint(
            "sftp://refusing",
            path,
            async _ =>
            {
                if (Interlocked.Increment(ref dials) > 1)
                {
                    await held.Value;
                }

                return SshProcess.Start(LoginOf(server), TimeProvider.System);
            },
            TimeProvider.System,
            _ => { },
            connectionsMax: 4)
        {
            ConnectionsFor = _ => 4,
        };

        var result = await CopyAsync(Local("from"), remote);

        result.IsSuccess.ShouldBeTrue(result.Failures.FirstOrDefault()?.Reason);
        dials.ShouldBe(4);
        (await held.Value).Dispose();
        (await File.ReadAllBytesAsync(path + "/file", Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        PartialsIn(path).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_first_login_that_is_refused_for_there_are_too_many_is_tried_again()
    {
        await using var server = await SshServer.StartAsync("MaxStartups 1");
        var held = await BeginLoginAsync(server.Port);
        FillSmall(10, 100);
        var path = server.NewFolder();
        var dials = 0;
        await using var remote = new SftpEndpoint(
            "sftp://refusing",
            path,
            async _ =>
            {
                if (Interlocked.Increment(ref dials) == 2)
                {
                    held.Dispose();
                    (await BeginLoginAsync(server.Port)).Dispose();
                }

                return SshProcess.Start(LoginOf(server), TimeProvider.System);
            },
            TimeProvider.System,
            _ => { });
        await using var refused = new SftpKind().Open(server.Settings(path), server.Context());

        var failure = await Should.ThrowAsync<EndpointException>(() => refused.FindAsync("", Token).AsTask());
        var result = await new TransferRunner(LocalStage.Request(Local("from"), remote)).RunAsync(Token);

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Disconnected, true), failure.Message);
        (result.IsSuccess, result.Copied).ShouldBe((true, 10), result.EndedBy?.Message);
        dials.ShouldBeGreaterThan(1);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A login that is begun, and not finished as long as this is open.</summary>
    private static async Task<TcpClient> BeginLoginAsync(int port)
    {
        while (true)
        {
            TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            var greeting = new byte[4];
            if (await client.GetStream().ReadAtLeastAsync(greeting, 4, throwOnEndOfStream: false, Token) == 4 && greeting.AsSpan().SequenceEqual("SSH-"u8))
            {
                return client;
            }

            // The one before it is not through.
            client.Dispose();
        }
    }

    private static SshLogin LoginOf(SshServer server) => new()
    {
        Server = "sftp://refusing",
        Host = "127.0.0.1",
        User = SshServer.User,
        Port = server.Port,
        KeyFile = server.KeyFile,
        KnownHostsFile = server.KnownHostsFile,
    };

    /// <summary>Copies over an SFTP server whose first line breaks after so many bytes the way that contents take; others hold.</summary>
    private async Task<TransferResult> CutAsync(long after, bool isUpload, Action onCut)
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        folder.Folder("to");
        var dials = 0;
        var remotePath = folder[isUpload ? "to" : "from"];
        await using var remote = new SftpEndpoint("sftp://cut", remotePath, _ => Task.FromResult<SftpPipe>(Start()), TimeProvider.System, _ => { });

        var result = isUpload ? await CopyAsync(Local("from"), remote) : await CopyAsync(remote, Local("to"));

        dials.ShouldBe(2, $"cut at {after}");
        return result;

        ProgramPipe StartWith(Func<Stream, Stream> cut) =>
            ProgramPipe.Start(ProgramPipe.OpenSshServer, [], stream => isUpload ? stream : cut(stream), stream => isUpload ? cut(stream) : stream);

        ProgramPipe Start()
        {
            if (Interlocked.Increment(ref dials) > 1)
            {
                onCut();
                return StartWith(stream => stream);
            }

            ProgramPipe? pipe = null;
            return pipe = StartWith(stream => new CutStream(stream, after, () => pipe!.Abort()));
        }
    }

    private void FillSmall(int count, int bytes)
    {
        for (var i = 0; i < count; i++)
        {
            File.SetLastWriteTimeUtc(folder.WriteFile($"from/file{i:000}", new string((char)('a' + (i % 26)), bytes)), DateTime.UnixEpoch.AddDays(10_000 + i));
        }
    }

    private LocalEndpoint Local(string name)
    {
        folder.Folder(name);
        return folder.Local(name);
    }

    private Task<TransferResult> CopyAsync(IEndpoint from, IEndpoint to, Func<TransferRequest, TransferRequest>? change = null) =>
        new TransferRunner(change?.Invoke(LocalStage.Request(from, to)) ?? LocalStage.Request(from, to), clock).RunAsync(Token);

    private static IEnumerable<string> WholeOnesIn(string path) => Directory.GetFiles(path).Where(file => !PartialName.Is(Path.GetFileName(file)));

    private static IEnumerable<string> PartialsIn(string path) => Directory.GetFiles(path).Where(file => PartialName.Is(Path.GetFileName(file)));

    private static string[] TreeOf(string path) =>
    [
        .. WholeOnesIn(path).Select(file => $"{Path.GetFileName(file)} {File.GetLastWriteTimeUtc(file):yyyyMMddHHmmss} {File.ReadAllText(file)}").Order(StringComparer.Ordinal),
    ];

    /// <summary>The system's clock, on which waits are a tenth as long.</summary>
    private sealed class QuickClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 10 : dueTime, period);
    }
}
