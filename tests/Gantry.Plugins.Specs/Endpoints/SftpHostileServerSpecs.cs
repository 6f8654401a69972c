using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>A server that breaks the protocol gets a clear failure, and neither our memory nor our time.</summary>
public sealed class SftpHostileServerSpecs
{
    private const byte Open = 3;
    private const byte Read = 5;
    private const byte ReadFolder = 12;
    private const byte OpenFolder = 11;
    private const byte Remove = 13;
    private const byte RealPath = 16;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> BrokenGreetings => new()
    {
        { "text of a shell", "Welcome to Example!\nHave a nice day.\n"u8.ToArray() },
        { "a huge packet", [0xFF, 0xFF, 0xFF, 0xFF, 2] },
        { "a packet of no bytes", [0, 0, 0, 0] },
        { "a version that is cut short", [0, 0, 0, 3, 2, 0, 0] },
        { "a version that is too old", Packet(2, UInt32(2)) },
        { "a version that is too new", Packet(2, UInt32(6)) },
        { "an extension that is cut short", Packet(2, UInt32(3), UInt32(1000), [1]) },
        { "a status instead", Packet(101, UInt32(0), UInt32(4), Text("no"), Text("")) },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(BrokenGreetings))]
    public async Task A_greeting_that_is_none_fails_with_protocol(string what, byte[] greeting)
    {
        await using var endpoint = EndpointOn(_ => null, greeting);

        (await FailureAsync(() => endpoint.FindAsync("x", Token).AsTask())).Error.ShouldBe(EndpointError.Protocol, what);
    }

    public static TheoryData<string> BrokenAnswers =>
        ["huge", "empty", "unknown id", "no id", "unknown type", "version again", "cut status", "cut attributes", "name count of 4 billion", "handle of nothing", "handle of 257 bytes", "all is well"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(BrokenAnswers))]
    public async Task An_answer_that_breaks_the_protocol_fails_all_that_wait(string what)
    {
        await using var endpoint = EndpointOn(request => request.Type == RealPath ? Names(request, "/"u8.ToArray()) : Broken(what, request));

        foreach (var call in new Func<Task>[]
        {
            () => endpoint.FindAsync("x", Token).AsTask(),
            () => endpoint.ListAsync("x", Token).ToListAsync(Token).AsTask(),
            () => endpoint.OpenReadAsync("x", 0, 10, Token).AsTask(),
            () => endpoint.OpenReadAsync("x", 0, null, Token).AsTask(),
            () => endpoint.WriteAsync("x", new MemoryStream([1]), new WriteOptions { PartialName = "p", ModifiedAt = DateTimeOffset.UnixEpoch }, Token).AsTask(),
            () => endpoint.WriteAsync("x", new MemoryStream(new byte[900_000]), new WriteOptions { PartialName = "p" }, Token).AsTask(),
        })
        {
            (await FailureAsync(call)).Error.ShouldBe(EndpointError.Protocol, what);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_of_100_000_names_comes_before_the_last_is_sent()
    {
        const int Answers = 500;
        const int Names = 200;
        using ManualResetEventSlim first = new();
        var answered = 0;
        await using var endpoint = EndpointOn(request =>
        {
            if (request.Type == ReadFolder && ++answered == Answers)
            {
                first.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            }

            return request.Type switch
            {
                RealPath => ScriptedSftpServer.Names(request, "/"u8.ToArray()),
                OpenFolder => Handle(request),
                ReadFolder when answered <= Answers => Page(request, answered),
                _ => Status(request, request.Type == ReadFolder ? 1U : 0),
            };
        });

        var count = 0;
        await foreach (var entry in endpoint.ListAsync("x", Token))
        {
            first.Set();
            (entry.Kind, entry.Size).ShouldBe((EntryKind.File, 7));
            count++;
        }

        count.ShouldBe(Answers * Names);

        static byte[] Page(HeardRequest request, int number) => Packet(
            104,
            [request.Id, UInt32(Names), .. Enumerable.Range(0, Names).SelectMany(name => (byte[][])[Text($"file {number} {name}"), Text("-rw-r--r-- x"), UInt32(5), UInt32(0), UInt32(7), UInt32(0x81A4)])]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("nul\0")]
    public async Task A_listing_with_a_name_that_is_none_fails_and_the_connection_stays(string name)
    {
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            OpenFolder => Handle(request),
            ReadFolder => Names(request, "good"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(name)),
            7 => Packet(105, request.Id, UInt32(0)),
            _ => Status(request, 0),
        });

        (await FailureAsync(() => endpoint.ListAsync("", Token).ToListAsync(Token).AsTask())).Error.ShouldBe(EndpointError.Protocol);

        (await endpoint.FindAsync("x", Token))!.Name.ShouldBe("x");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("a", "b")]
    [InlineData(".")]
    [InlineData]
    public async Task A_listing_that_says_the_same_again_and_again_fails(params string[] names)
    {
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            OpenFolder => Handle(request),
            ReadFolder => Names(request, [.. names.Select(System.Text.Encoding.UTF8.GetBytes)]),
            _ => Status(request, 0),
        });

        var failure = await FailureAsync(() => endpoint.ListAsync("", Token).ToListAsync(Token).AsTask());

        (failure.Error, failure.Message.Contains("again and again")).ShouldBe((EndpointError.Protocol, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task Folders_that_lie_in_each_other_without_end_are_left_where_no_path_leads()
    {
        HashSet<string> listed = [];
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            OpenFolder => Packet(102, request.Id, Text(new byte[] { 1 })),
            ReadFolder => listed.Add(Convert.ToHexString(request.Id)) && listed.Count % 2 == 1 ? Folder(request) : Status(request, 1),
            7 or 17 => Packet(105, request.Id, UInt32(4), UInt32(0x41ED)),
            _ => Status(request, 0),
        });
        await using MemoryEndpoint target = new("memory:target", TimeProvider.System);

        var result = await new TransferRunner(
            new() { Sources = [new() { Endpoint = endpoint }], Target = new() { Endpoint = target } }, TimeProvider.System).RunAsync(Token);

        result.Failures.ShouldNotBeEmpty();
        result.Failures.ShouldAllBe(failure => failure.Reason.Contains("characters long"));

        static byte[] Folder(HeardRequest request) => Packet(104, request.Id, UInt32(1), Text(new string('d', 200)), Text("drwxr-xr-x"), UInt32(4), UInt32(0x41ED));
    }

    [Fact(Timeout = 120_000)]
    public async Task Dots_in_a_listing_are_left_out()
    {
        var times = 0;
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            OpenFolder => Handle(request),
            ReadFolder => times++ == 0 ? Names(request, "."u8.ToArray(), ".."u8.ToArray(), "x"u8.ToArray()) : Status(request, 1),
            _ => Status(request, 0),
        });

        (await endpoint.ListAsync("", Token).ToListAsync(Token)).ShouldHaveSingleItem().Name.ShouldBe("x");
    }

    [Fact(Timeout = 120_000)]
    public async Task More_data_than_was_asked_for_fails_with_protocol()
    {
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            Open => Handle(request),
            Read => Packet(103, request.Id, Text(new byte[100_000])),
            _ => Status(request, 0),
        });

        (await FailureAsync(() => endpoint.OpenReadAsync("x", 0, 10, Token).AsTask())).Error.ShouldBe(EndpointError.Protocol);
        await using var stream = await endpoint.OpenReadAsync("x", 0, null, Token);
        (await FailureAsync(() => stream.ReadAsync(new byte[10], Token).AsTask())).Error.ShouldBe(EndpointError.Protocol);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_reads_in_small_pieces_gives_the_whole_file()
    {
        var content = new byte[50_000];
        new Random(1).NextBytes(content);
        await using var endpoint = EndpointOn(request => request.Type switch
        {
            Open => Handle(request),
            Read => Piece(request),
            _ => Status(request, 0),
        });

        foreach (long? expected in new long?[] { null, 10, 50_000, 49_999, 70_000 })
        {
            await using var stream = await endpoint.OpenReadAsync("x", 0, expected, Token);
            using var whole = new MemoryStream();
            await stream.CopyToAsync(whole, Token);
            whole.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue($"expected {expected}");
        }

        byte[] Piece(HeardRequest request)
        {
            var offset = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(request.Body.AsSpan(10));
            var asked = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(request.Body.AsSpan(18));
            var piece = Math.Min(Math.Min(asked, 1000), content.Length - offset);
            return piece <= 0 ? Status(request, 1) : Packet(103, request.Id, Text(content[offset..(offset + piece)]));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_opened_only_after_its_writing_was_cancelled_is_removed()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<string> removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim goesOn = new();
        using CancellationTokenSource leaving = new();
        await using var endpoint = EndpointOn(request =>
        {
            if (request.Type == Open)
            {
                asked.TrySetResult();
                goesOn.Wait(Token);
                return Handle(request);
            }

            if (request.Type == Remove)
            {
                removed.TrySetResult(System.Text.Encoding.UTF8.GetString(request.Body[4..]));
            }

            return Status(request, 0);
        });

        var writing = endpoint.WriteAsync("x", new MemoryStream([1]), new WriteOptions { PartialName = "p" }, leaving.Token).AsTask();
        await asked.Task;
        await leaving.CancelAsync();
        goesOn.Set();

        (await removed.Task).ShouldEndWith("p");
        await Should.ThrowAsync<OperationCanceledException>(() => writing);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_does_not_answer_can_be_left()
    {
        await using var endpoint = EndpointOn(request => request.Type == RealPath ? Names(request, "/"u8.ToArray()) : null);
        await endpoint.CreateFolderAsync("", new CancellationTokenSource(TimeSpan.FromMilliseconds(1)).Token).AsTask()
            .ContinueWith(_ => { }, TaskScheduler.Default);

        foreach (var call in new Func<CancellationToken, Task>[]
        {
            token => endpoint.FindAsync("x", token).AsTask(),
            token => endpoint.ListAsync("x", token).ToListAsync(token).AsTask(),
            token => endpoint.OpenReadAsync("x", 0, 10, token).AsTask(),
            token => endpoint.OpenReadAsync("x", 0, null, token).AsTask(),
            token => endpoint.WriteAsync("x", new MemoryStream([1]), new WriteOptions { PartialName = "p" }, token).AsTask(),
            token => endpoint.WriteAsync("x", new MemoryStream(new byte[900_000]), new WriteOptions { PartialName = "p" }, token).AsTask(),
        })
        {
            using var leaving = new CancellationTokenSource();
            var task = call(leaving.Token);
            await leaving.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => task);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rename_is_never_asked_for_before_every_byte_is_acknowledged()
    {
        var heard = new List<byte>();
        await using var endpoint = EndpointOn(request =>
        {
            lock (heard)
            {
                heard.Add(request.Type);
            }

            return request.Type switch
            {
                RealPath => Names(request, "/"u8.ToArray()),
                Open => Handle(request),
                6 => Status(request, 4),
                _ => Status(request, 0),
            };
        });

        foreach (var size in new[] { 1, 900_000 })
        {
            await FailureAsync(() => endpoint.WriteAsync("x", new MemoryStream(new byte[size]), new WriteOptions { PartialName = "p", UnixMode = 1, ModifiedAt = DateTimeOffset.UnixEpoch }, Token).AsTask());
        }

        heard.ShouldNotContain((byte)18);
        heard.Count(type => type == 13).ShouldBe(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task Words_of_a_server_forge_no_line_of_a_log()
    {
        await using var endpoint = EndpointOn(request => request.Type == RealPath ? Names(request, "/"u8.ToArray()) : Status(request, 3));

        var failure = await FailureAsync(() => endpoint.FindAsync("x", Token).AsTask());

        failure.Error.ShouldBe(EndpointError.PermissionDenied);
        failure.Message.ShouldContain("words\\x0aof the server");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_broke_is_replaced_at_the_next_call()
    {
        var connections = 0;
        await using var endpoint = new SftpEndpoint(
            "sftp://scripted",
            "",
            _ =>
            {
                var number = Interlocked.Increment(ref connections);
                return Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(request =>
                    request.Type == RealPath ? Names(request, "/"u8.ToArray()) : number == 1 ? Packet(250, request.Id) : Packet(105, request.Id, UInt32(0))));
            },
            TimeProvider.System,
            _ => { });

        await FailureAsync(() => endpoint.FindAsync("x", Token).AsTask());

        (await endpoint.FindAsync("x", Token))!.Name.ShouldBe("x");
        connections.ShouldBe(2);
    }

    private static byte[] Broken(string what, HeardRequest request) => what switch
    {
        "huge" => [0x7F, 0xFF, 0xFF, 0xFF, 101],
        "empty" => [0, 0, 0, 0],
        "unknown id" => Packet(101, UInt32(0xABCDEF), UInt32(0)),
        "no id" => Packet(101, [1, 2]),
        "unknown type" => Packet(77, request.Id),
        "version again" => Version3,
        "cut status" => Packet(101, request.Id, [0, 0]),
        "cut attributes" => Packet(105, request.Id, UInt32(0x8000000F), [1, 2, 3]),
        "name count of 4 billion" => Packet(104, request.Id, UInt32(0xFFFFFFFF), Text("x")),
        "handle of nothing" => Packet(102, request.Id, Text("")),
        "handle of 257 bytes" => Packet(102, request.Id, Text(new byte[257])),
        "all is well" => Status(request, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static SftpEndpoint EndpointOn(Func<HeardRequest, byte[]?> answer, byte[]? greeting = null) => new(
        "sftp://scripted",
        "",
        _ => Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(request => request.Type == RealPath ? Names(request, "/"u8.ToArray()) : answer(request), greeting)),
        TimeProvider.System,
        _ => { });

    private static Task<EndpointException> FailureAsync(Func<Task> call) => Should.ThrowAsync<EndpointException>(call);
}
