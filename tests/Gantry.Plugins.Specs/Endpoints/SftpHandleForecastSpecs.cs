using System.Buffers.Binary;
using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Handles are foretold only for a server that gives them as OpenSSH's does, and one that does otherwise costs no file.</summary>
public sealed class SftpHandleForecastSpecs
{
    private const byte Open = 3;
    private const byte Close = 4;
    private const byte Write = 6;
    private const byte LinkStat = 7;
    private const byte OpenFolder = 11;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Nothing_is_foretold_that_was_not_proven() => Told(new SftpHandleForecast()).ShouldBeNull();

    [Fact]
    public void The_handle_that_was_closed_last_is_given_first()
    {
        var forecast = Proven();
        Told(forecast).ShouldBe(0u);

        Opened(forecast, 1, 0);
        Opened(forecast, 2, 1);
        Opened(forecast, 3, 2);
        Told(forecast).ShouldBe(3u);
        forecast.OnClosing(Bytes(1));
        Told(forecast).ShouldBe(1u);
        forecast.OnClosing(Bytes(0));
        Told(forecast).ShouldBe(0u);
        Opened(forecast, 4, 0);

        Told(forecast).ShouldBe(1u);
    }

    [Fact]
    public void Nothing_is_foretold_while_an_opening_is_not_answered()
    {
        var forecast = Proven();

        forecast.OnOpening(1, isForWriting: false);
        Told(forecast).ShouldBeNull();

        // It was refused: what was next is next still.
        forecast.OnAnswer(1, []);
        Told(forecast).ShouldBe(0u);
    }

    [Fact]
    public void A_handle_closed_behind_an_opening_that_is_not_answered_counts_after_it()
    {
        var forecast = Proven();
        Opened(forecast, 1, 0);
        forecast.OnOpening(2, isForWriting: false);
        forecast.OnClosing(Bytes(0));

        forecast.OnAnswer(2, Reply(1));

        Told(forecast).ShouldBe(0u);
    }

    [Fact]
    public void Nothing_is_foretold_while_a_file_is_open_for_writing()
    {
        var forecast = Proven();
        forecast.OnOpening(1, isForWriting: true);
        forecast.OnAnswer(1, Reply(0));
        Told(forecast).ShouldBeNull();

        forecast.OnClosing(Bytes(0));

        Told(forecast).ShouldBe(0u);
    }

    [Fact]
    public void One_handle_that_was_not_foreseen_ends_it()
    {
        var forecast = Proven();

        Opened(forecast, 1, 7);

        forecast.IsProven.ShouldBeFalse();
        Told(forecast).ShouldBeNull();
    }

    [Fact]
    public void One_answer_out_of_its_turn_ends_it()
    {
        var forecast = Proven();

        forecast.OnAnswer(5, []);
        forecast.OnAnswer(4, []);

        Told(forecast).ShouldBeNull();
    }

    [Fact]
    public void Ids_begin_anew_after_the_last_one()
    {
        var forecast = Proven();
        for (var id = 1u; id < 20; id++)
        {
            // Past the last id and on, in steps that a session takes.
            forecast.OnAnswer(id * (uint.MaxValue / 4), []);
        }

        Told(forecast).ShouldBe(0u);
    }

    [Fact(Timeout = 120_000)]
    public async Task OpenSSHs_own_server_is_believed()
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        var learned = new TaskCompletionSource();
        await using var connection = await SftpConnection.OpenAsync(
            ProgramPipe.Start(ProgramPipe.OpenSshServer, []), TimeProvider.System, _ => { }, _ => learned.SetResult(), silenceMax: null, Token);

        // Its limits are asked after the handles.
        await learned.Task.WaitAsync(Token);

        connection.ForetellsHandles.ShouldBeTrue();
    }

    /// <summary>Small files, large ones, readings and listings of one session, all at once: each file holds what is its own.</summary>
    [Fact(Timeout = 120_000)]
    public async Task No_file_gets_what_belongs_to_another()
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["sealed"]);
        await using var endpoint = new SftpEndpoint(
            "sftp://one", folder.Path, _ => Task.FromResult<SftpPipe>(ProgramPipe.Start(ProgramPipe.OpenSshServer, [])), TimeProvider.System, _ => { });
        await WriteAsync(endpoint, "seed", 1, 3000);
        var failures = new ConcurrentBag<EndpointException>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 48, CancellationToken = Token }, async (number, _) =>
        {
            switch (number % 20)
            {
                case 0:
                    await WriteAsync(endpoint, $"large {number}", number, 700_000);
                    break;
                case 1:
                    (await endpoint.ListAsync("", Token).CountAsync(Token)).ShouldBeGreaterThan(0);
                    break;
                case 2:
                    await using (var stream = await endpoint.OpenReadAsync("seed", 0, 3000, Token))
                    {
                        (await ReadAsync(stream)).ShouldBe(Content(1, 3000));
                    }

                    break;
                case 3:
                    failures.Add(await Should.ThrowAsync<EndpointException>(() => WriteAsync(endpoint, $"nowhere/{number}", number, 100)));
                    break;
                default:
                    await WriteAsync(endpoint, $"small {number}", number, 50 + number);
                    break;
            }
        });

        failures.Count.ShouldBe(100);
        failures.ShouldAllBe(failure => failure.Error == EndpointError.NotFound);
        for (var number = 0; number < 2000; number++)
        {
            var (name, length) = number % 20 == 0 ? ($"large {number}", 700_000) : ($"small {number}", 50 + number);
            if (number % 20 is not (1 or 2 or 3))
            {
                (await File.ReadAllBytesAsync(folder[name], Token)).AsSpan().SequenceEqual(Content(number, length)).ShouldBeTrue(name);
            }
        }

        Directory.GetFiles(folder.Path, ".gantry-*").ShouldBeEmpty();
    }

    /// <summary>It gives the handles of the probe as OpenSSH does, and others later on.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_server_that_gives_another_handle_after_all_loses_no_file()
    {
        var opened = new ConcurrentDictionary<uint, byte[]>();
        var names = new ConcurrentDictionary<string, byte[]>();
        var handleNext = 7u;
        var missed = 0;
        var paths = new ConcurrentDictionary<uint, string>();
        byte[] Answer(HeardRequest request)
        {
            switch (request.Type)
            {
                case OpenFolder:
                    return Packet(102, request.Id, Text(Bytes(0)));
                case Open:
                    var handle = handleNext++;
                    paths[handle] = PathOf(request.Body);
                    opened[handle] = [];
                    return Packet(102, request.Id, Text(Bytes(handle)));
                case Write:
                    var number = BinaryPrimitives.ReadUInt32BigEndian(request.Body.AsSpan(4));
                    if (!opened.ContainsKey(number))
                    {
                        missed++;
                        return Status(request, 4);
                    }

                    opened[number] = request.Body[20..];
                    return Status(request, 0);
                case Close:
                    var closed = BinaryPrimitives.ReadUInt32BigEndian(request.Body.AsSpan(4));
                    if (opened.TryRemove(closed, out var content))
                    {
                        names[paths[closed]] = content;
                        return Status(request, 0);
                    }

                    return Status(request, closed == 0 ? 0u : 4u);
                case 200 when request.Body.AsSpan().IndexOf("posix-rename"u8) >= 0:
                    var arguments = request.Body[(4 + BinaryPrimitives.ReadInt32BigEndian(request.Body))..];
                    var from = PathOf(arguments);
                    names[PathOf(arguments[(4 + BinaryPrimitives.ReadInt32BigEndian(arguments))..])] = names[from];
                    names.TryRemove(from, out _);
                    return Status(request, 0);
                case 13:
                    names.TryRemove(PathOf(request.Body), out _);
                    return Status(request, 0);
                case LinkStat:
                    return Status(request, 2);
                default:
                    return Status(request, request.Type == 10 ? 0u : 8u);
            }
        }

        var greeting = Packet(2, UInt32(3), Text("posix-rename@openssh.com"), Text("1"), Text("fsync@openssh.com"), Text("1"));
        await using var endpoint = new SftpEndpoint(
            "sftp://liar", "/in", _ => Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(Answer, greeting)), TimeProvider.System, _ => { });

        // When this is answered, the handles were proven.
        (await endpoint.FindAsync("nothing", Token)).ShouldBeNull();
        for (var number = 0; number < 20; number++)
        {
            try
            {
                await WriteAsync(endpoint, $"file {number}", number, 100);
            }
            catch (EndpointException failure) when (failure.IsTransient || failure.Error == EndpointError.Other)
            {
                // Whoever moves files tries again.
                await WriteAsync(endpoint, $"file {number}", number, 100);
            }
        }

        missed.ShouldBe(1);
        names.Count.ShouldBe(20);
        for (var number = 0; number < 20; number++)
        {
            names[$"/in/file {number}"].ShouldBe(Content(number, 100));
        }
    }

    private static SftpHandleForecast Proven()
    {
        var forecast = new SftpHandleForecast();
        forecast.Prove();
        return forecast;
    }

    private static void Opened(SftpHandleForecast forecast, uint id, uint handle)
    {
        forecast.OnOpening(id, isForWriting: false);
        forecast.OnAnswer(id, Reply(handle));
    }

    private static uint? Told(SftpHandleForecast forecast)
    {
        var handle = new byte[SftpHandleForecast.HandleBytes];
        return forecast.TryTell(handle) ? BinaryPrimitives.ReadUInt32BigEndian(handle) : null;
    }

    private static byte[] Bytes(uint handle) => UInt32(handle);

    private static byte[] Reply(uint handle) => Text(UInt32(handle));

    private static string PathOf(byte[] body) => System.Text.Encoding.UTF8.GetString(body, 4, BinaryPrimitives.ReadInt32BigEndian(body));

    private static byte[] Content(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(SftpEndpoint endpoint, string path, int seed, int length) => await endpoint.WriteAsync(
        path,
        new MemoryStream(Content(seed, length)),
        new WriteOptions { PartialName = PartialName.Of(path, length, null, $"forecast{seed:d6}"), Length = length, ModifiedAt = DateTimeOffset.UnixEpoch, UnixMode = 0x1A4 },
        Token);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Token);
        return copy.ToArray();
    }
}
