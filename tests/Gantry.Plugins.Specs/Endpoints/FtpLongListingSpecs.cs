using System.Globalization;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Listings of very many names, and of names without an end: read as fast as they are used, and in no one's way.</summary>
public sealed class FtpLongListingSpecs(SharedFtpServers servers) : IDisposable
{
    private const int MiB = 1024 * 1024;
    private const string PlainFeatures = "211-Features:\r\n UTF8\r\n EPSV\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 End\r\n";

    // What this machine's system takes for both sides of a connection, and more.
    private const int AheadMax = 64 * MiB;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listing_without_an_end_comes_only_as_fast_as_it_is_used(bool isByMachine)
    {
        await using var server = Server(isByMachine, int.MaxValue);
        await using var endpoint = server.Open(null, ("connections", "2"));
        await using var entries = endpoint.ListAsync("", Token).GetAsyncEnumerator(Token);
        var used = 0;

        // Whoever uses it does something else with a name now and then.
        for (; used < 20_000; used++)
        {
            (await entries.MoveNextAsync()).ShouldBeTrue();
            entries.Current.Name.ShouldBe(Name(used));
            if (used % 20 == 0)
            {
                await ReadAsync(endpoint, "x");
            }
        }

        server.ListedBytes.ShouldBeLessThan((used * 100L) + AheadMax);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true, 1_000_000)]
    [InlineData(false, 40_000)]
    public async Task While_a_listing_stands_the_only_connection_brings_a_file(bool isByMachine, int names)
    {
        await using var server = Server(isByMachine, names);
        await using var endpoint = server.Open(null, ("connections", "1"));
        await using var entries = endpoint.ListAsync("", Token).GetAsyncEnumerator(Token);
        (await entries.MoveNextAsync()).ShouldBeTrue();

        await ReadAsync(endpoint, "x");

        for (var i = 0; i < names; i++)
        {
            entries.Current.Name.ShouldBe(Name(i));
            (await entries.MoveNextAsync()).ShouldBe(i < names - 1);
        }

        server.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_listing_without_an_end_is_broken_off_when_the_only_connection_is_needed()
    {
        await using var server = Server(isByMachine: true, int.MaxValue);
        await using var endpoint = server.Open(null, ("connections", "1"));
        await using var entries = endpoint.ListAsync("", Token).GetAsyncEnumerator(Token);
        (await entries.MoveNextAsync()).ShouldBeTrue();

        (await endpoint.FindAsync("x", Token)).ShouldNotBeNull();

        var failure = await Should.ThrowAsync<EndpointException>(async () =>
        {
            while (await entries.MoveNextAsync())
            {
                // Names that came before.
            }
        });
        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.Protocol, false));
        failure.Message.ShouldContain("seems to have no end");
    }

    /// <summary>Of a file LIST tells that file, so that nothing is told before it is known that this is a folder; a listing need not say so.</summary>
    [Fact(Timeout = 120_000)]
    public async Task What_may_yet_be_a_file_is_asked_about_before_a_listing_of_it_fills_the_memory()
    {
        var hasItself = true;
        await using var server = Server(isByMachine: false, int.MaxValue);
        var pieces = server.ListingPieces!;
        server.ListingPieces = i => hasItself ? i == 0 ? "drwxr-xr-x 2 0 0 4096 Mar 04 05:06 .\r\n" + Line(isByMachine: false, 0) : "" : pieces(i);
        await using var endpoint = server.Open(null, ("connections", "2"));
        (await endpoint.ListAsync("", Token).CountAsync(Token)).ShouldBe(1);
        hasItself = false;

        await using var entries = endpoint.ListAsync("", Token).GetAsyncEnumerator(Token);

        (await entries.MoveNextAsync()).ShouldBeTrue();
        server.ListedBytes.ShouldBeLessThan(AheadMax);
    }

    /// <summary>A server cuts a data connection on which nothing moves, sooner or later.</summary>
    [Fact(Timeout = 120_000)]
    public async Task What_nobody_uses_for_long_moves_on_nevertheless()
    {
        TurnedClock clock = new();
        await using FtpSessions sessions = new(_ => Task.FromException<FtpSession>(new EndpointException(EndpointError.Disconnected, "nobody")), 1, clock, TimeSpan.FromMinutes(1), _ => { });
        await using FtpListedBytes listed = new(sessions, clock, () => "x");
        await listed.AddAsync(Bytes('a', MiB), Token);

        var waiting = listed.AddAsync(Bytes('b', 100_000), Token).AsTask();
        clock.Turn(TimeSpan.FromSeconds(9));
        waiting.IsCompleted.ShouldBeFalse();
        clock.Turn(TimeSpan.FromSeconds(1));
        await waiting;
        listed.Complete(failed: null);

        using MemoryStream all = new();
        var buffer = new byte[70_000];
        while (await listed.ReadAsync(buffer, Token) is > 0 and var read)
        {
            all.Write(buffer, 0, read);
        }

        all.ToArray().AsSpan().SequenceEqual([.. Bytes('a', MiB), .. Bytes('b', 100_000)]).ShouldBeTrue();
    }

    [Theory(Timeout = 300_000)]
    [InlineData(FtpMake.Vsftpd, 100_000)]
    [InlineData(FtpMake.Proftpd, 20_000)]
    public async Task Of_very_many_files_the_first_moves_before_the_listing_ends_over_one_connection(FtpMake make, int files)
    {
        var place = await servers.GetAsync(make);
        var (path, atServer) = place.NewFolder();
        for (var i = 0; i < files; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(path, Name(i)), "abc"u8.ToArray(), Token);
        }

        await using var endpoint = place.Open(atServer, ("connections", "1"));
        await using var entries = endpoint.ListAsync("", Token).GetAsyncEnumerator(Token);
        (await entries.MoveNextAsync()).ShouldBeTrue();
        await ReadAsync(endpoint, entries.Current.Name);

        HashSet<string> names = [entries.Current.Name];
        while (await entries.MoveNextAsync())
        {
            names.Add(entries.Current.Name);
        }

        names.Count.ShouldBe(files);
        Directory.Delete(path, recursive: true);
    }

    private static async Task ReadAsync(IEndpoint endpoint, string path)
    {
        await using var stream = await endpoint.OpenReadAsync(path, 0, 3, Token);
        using StreamReader reader = new(stream);
        (await reader.ReadToEndAsync(Token)).ShouldBe("abc");
    }

    private static byte[] Bytes(char letter, int count) => [.. Enumerable.Repeat((byte)letter, count)];

    private static string Name(int number) => "name-" + number.ToString("d8", CultureInfo.InvariantCulture);

    private static string Line(bool isByMachine, int number) => isByMachine
        ? $"type=file;size=3;modify=20260102030405; {Name(number)}\r\n"
        : $"-rw-r--r--    1 1000     1000            3 Mar 04 05:06 {Name(number)}\r\n";

    private static MisbehavingFtpServer Server(bool isByMachine, int names)
    {
        const int AtOnce = 1000;
        MisbehavingFtpServer server = new()
        {
            EndsLeftOnesBy = "426 Left\r\n",
            ListingPieces = piece => string.Concat(Enumerable.Range(piece * AtOnce, AtOnce).Where(number => number < names).Select(number => Line(isByMachine, number))),
            Answer = (_, line) => line.StartsWith("MDTM", StringComparison.Ordinal) ? "213 20260102030405\r\n" : null,
        };
        server.Files["/x"] = "abc"u8.ToArray();
        if (!isByMachine)
        {
            server.Features = PlainFeatures;
        }

        return server;
    }
}
