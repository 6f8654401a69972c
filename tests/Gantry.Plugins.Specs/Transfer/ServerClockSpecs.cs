using Amazon.S3.Model;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Endpoints.S3;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Real servers whose clocks are half a day off: what was sent is not sent again, what changed is, and what they stamped themselves comes back once.</summary>
public sealed class ServerClockSpecs : IDisposable
{
    private const int Files = 20;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Servers
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (var server in (string[])[nameof(FtpMake.Vsftpd), nameof(FtpMake.Pyftpdlib), nameof(FtpMake.Proftpd), "S3", "Smb"])
            {
                all.Add(server, -13);
                all.Add(server, 13);
            }

            return all;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Servers))]
    public async Task Files_go_to_a_server_whose_clock_is_off_and_come_from_it_once_and_again_when_they_changed(string server, int hours)
    {
        await using var place = await SkewedPlace.StartAsync(server, TimeSpan.FromHours(hours));
        await using var remote = place.Open();
        folder.Fill(Files);
        folder.WriteFile("from/now", "one");

        var there = await CopyAsync(folder.Local("from"), remote);
        var thereAgain = await CopyAsync(folder.Local("from"), remote);
        File.SetLastWriteTimeUtc(folder.WriteFile("from/now", "two"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
        var changed = await CopyAsync(folder.Local("from"), remote);
        await place.MakeAsync("made-there", "its own");
        var back = await CopyAsync(remote, folder.Local("back"));
        var backAgain = await CopyAsync(remote, folder.Local("back"));
        await place.MakeAsync("made-there", "changed", TimeSpan.FromMinutes(1));
        var changedThere = await CopyAsync(remote, folder.Local("back"));

        there.Failures.ShouldBeEmpty();
        (there.Copied, thereAgain.Copied, changed.Copied).ShouldBe((Files + 1, 0, 1));
        (back.Copied, backAgain.Copied, changedThere.Copied).ShouldBe((Files + 2, 0, 1));
        (await File.ReadAllTextAsync(folder["back/made-there"], Token)).ShouldStartWith("changed");

        // What is set is set, and what the server's clock says is kept, however wrong.
        var made = File.GetLastWriteTimeUtc(folder["back/made-there"]);
        File.Delete(folder["back/made-there"]);
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
        (made - TimeProvider.System.GetUtcNow().UtcDateTime).TotalHours.ShouldBe(hours, 0.5);
    }

    /// <summary>An empty place at such a server. A bucket stamps what it is given, to the second, so that what is changed there within one gets another size.</summary>
    private sealed class SkewedPlace(IAsyncDisposable server, Func<IEndpoint> open, Func<string, string, TimeSpan, Task> make) : IAsyncDisposable
    {
        public static async Task<SkewedPlace> StartAsync(string name, TimeSpan off)
        {
            switch (name)
            {
                case "Smb":
                    var samba = await SambaServer.StartAsync(off);
                    var share = samba.NewFolder();
                    return new(samba, () => new SmbKind().Open(samba.Settings($"share/{share}"), samba.Context()), AtDisk(Path.Combine(samba.PathOf("share"), share), off));
                case "S3":
                    var store = await S3Server.StartFauxqsAsync(off);
                    var bucket = await store.NewBucketAsync();
                    return new(store, () => new S3Kind().Open(bucket, S3Server.Context()), (file, text, later) => store.Client.PutObjectAsync(
                        new PutObjectRequest { BucketName = bucket.Find("bucket"), Key = file, ContentBody = later == default ? text : text + "!" }, Token));
                default:
                    var ftp = await FtpPlace.StartAsync(Enum.Parse<FtpMake>(name), off);
                    var (path, atServer) = ftp.NewFolder();
                    return new(ftp, () => ftp.Open(atServer), AtDisk(path, off));
            }
        }

        public IEndpoint Open() => open();

        /// <summary>Somebody there writes a file, whose time is the server's own, or so much later.</summary>
        public Task MakeAsync(string file, string text, TimeSpan later = default) => make(file, text, later);

        public ValueTask DisposeAsync() => server.DisposeAsync();

        private static Func<string, string, TimeSpan, Task> AtDisk(string path, TimeSpan off) => async (file, text, later) =>
        {
            await File.WriteAllTextAsync(Path.Combine(path, file), text, Token);
            File.SetLastWriteTimeUtc(Path.Combine(path, file), TimeProvider.System.GetUtcNow().UtcDateTime + off + later);
        };
    }
}
