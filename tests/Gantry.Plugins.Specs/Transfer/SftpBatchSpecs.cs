using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Files that travel in batches keep every promise of those that go one by one.</summary>
public sealed class SftpBatchSpecs(SharedSshServer shared) : IDisposable
{
    private const int Files = 700;
    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<string> notices = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tree_arrives_whole_with_its_times_and_modes_and_is_not_sent_again()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        folder.WriteFile("from/empty", "");
        folder.WriteFile("from/large", new string('x', 3_000_000));
        File.SetUnixFileMode(folder["from/folder1/file1"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var there = await CopyAsync(folder.Local("from"), remote);
        var again = await CopyAsync(folder.Local("from"), remote);

        (there.IsSuccess, there.Copied).ShouldBe((true, Files + 2));
        (again.IsSuccess, again.Copied, again.Skipped).ShouldBe((true, 0, Files + 2));
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        File.GetUnixFileMode(path + "/folder1/file1").ShouldBe(File.GetUnixFileMode(folder["from/folder1/file1"]));
        PartialsIn(path).ShouldBeEmpty();
        notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task Contents_go_through_the_shell_alone()
    {
        await using var server = await SshServer.StartAsync("Subsystem sftp /usr/lib/openssh/sftp-server -P write");
        folder.Fill(Files);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var result = await CopyAsync(folder.Local("from"), remote);

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
    }

    [Fact]
    public async Task Names_of_every_kind_arrive_byte_for_byte()
    {
        var server = await shared.GetAsync();
        string[] names =
        [
            "-rf", "--help", "a b ", "new\nline", "*", "$(touch x)", "'; touch x; '", "\\", "é", "e\u0301", "日本", "🚀", new string('n', 255), "\udcff\udcfe", "@file", ".dot", "tab\t", "~",
        ];
        await using var local = folder.Local("from");
        foreach (var name in names)
        {
            foreach (var place in (string[])[name, $"folder{name[..Math.Min(name.Length, 200)]}/deep/{name}"])
            {
                await local.CreateFolderAsync(EndpointPath.ParentOf(place), Token);
                await local.WriteAsync(place, new MemoryStream([1, 2, 3]), new WriteOptions { PartialName = PartialName.Of("x", 3, null, "0000000000"), Length = 3, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(9000) }, Token);
            }
        }

        var path = server.NewFolder();
        await using var remote = Open(server, path + "/it's \"a\" $HOME\n folder");

        var there = await CopyAsync(local, remote);
        var check = await CopyAsync(local, remote, request => request with { Mode = TransferMode.Check, ChangeRule = ChangeRule.Checksum });

        (there.IsSuccess, there.Copied).ShouldBe((true, names.Length * 2));
        check.Failures.ShouldBeEmpty();
        Directory.GetFileSystemEntries(path).Length.ShouldBe(1);
        notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(TransferMode.Move, Verification.Size)]
    [InlineData(TransferMode.Copy, Verification.Checksum)]
    [InlineData(TransferMode.Move, Verification.Checksum)]
    public async Task A_move_and_a_proof_by_hash_go_in_batches_too(TransferMode mode, Verification verification)
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        var expected = LocalStage.TreeOf(folder["from"]);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Mode = mode, Verification = verification });

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        LocalStage.TreeOf(path).ShouldBe(expected);
        PartialsIn(path).ShouldBeEmpty();
        Directory.GetFiles(folder["from"], "*", SearchOption.AllDirectories).Length.ShouldBe(mode == TransferMode.Move ? 0 : Files);
        notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ForceCommand internal-sftp\nSubsystem sftp internal-sftp")]
    [InlineData("MaxSessions 1\nForceCommand case $SSH_ORIGINAL_COMMAND in /usr/*) exec /usr/lib/openssh/sftp-server;; *) echo no shell here; exit 1;; esac")]
    [InlineData("ForceCommand case $SSH_ORIGINAL_COMMAND in /usr/*) exec /usr/lib/openssh/sftp-server;; *) PATH=/nowhere; eval $SSH_ORIGINAL_COMMAND;; esac")]
    public async Task Where_there_is_no_shell_or_no_tar_files_go_one_by_one_and_that_is_told_once(string configuration)
    {
        await using var server = await SshServer.StartAsync(configuration);
        folder.Fill(Files);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var first = await CopyAsync(folder.Local("from"), remote);
        folder.WriteFile("from/more", "more");
        var second = await CopyAsync(folder.Local("from"), remote);

        (first.IsSuccess, first.Copied).ShouldBe((true, Files));
        (second.IsSuccess, second.Copied).ShouldBe((true, 1));
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        PartialsIn(path).ShouldBeEmpty();
        notices.ShouldHaveSingleItem().ShouldContain("one by one");
    }

    [Fact]
    public async Task A_shell_that_sees_other_files_than_SFTP_gets_none()
    {
        var elsewhere = folder.Folder("elsewhere");
        await using var server = await SshServer.StartAsync(
            $"ForceCommand case $SSH_ORIGINAL_COMMAND in /usr/*) exec /usr/lib/openssh/sftp-server;; *) cd {elsewhere}; eval $SSH_ORIGINAL_COMMAND;; esac");
        folder.Fill(Files);
        var path = server.NewFolder();
        var relative = Path.GetRelativePath(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path);
        await using var remote = Open(server, $"~/{relative}");

        var result = await CopyAsync(folder.Local("from"), remote);

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        PartialsIn(path).ShouldBeEmpty();
        Directory.GetFileSystemEntries(elsewhere).ShouldBeEmpty();
        notices.ShouldHaveSingleItem().ShouldContain("other files");
    }

    [Fact]
    public async Task Start_up_files_may_print_what_they_like()
    {
        await using var server = await SshServer.StartAsync(
            "ForceCommand case $SSH_ORIGINAL_COMMAND in /usr/*) exec /usr/lib/openssh/sftp-server;; *) echo Welcome; echo; eval \"$SSH_ORIGINAL_COMMAND\";; esac");
        folder.Fill(Files);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var result = await CopyAsync(folder.Local("from"), remote);

        result.IsSuccess.ShouldBeTrue();
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_file_that_cannot_take_its_place_stops_no_other_and_leaves_what_was_there()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        var path = server.NewFolder();
        Directory.CreateDirectory(path + "/folder2/file2/in the way");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(path + "/folder3").FullName, "file3"), "old");
        await using var remote = Open(server, path);

        var result = await CopyAsync(folder.Local("from"), remote);

        (result.Copied, result.Failed).ShouldBe((Files - 1, 1));
        result.Failures.ShouldHaveSingleItem().Path.ShouldBe("folder2/file2");
        File.ReadAllText(path + "/folder3/file3").ShouldBe(File.ReadAllText(folder["from/folder3/file3"]));
        Directory.Exists(path + "/folder2/file2/in the way").ShouldBeTrue();
        PartialsIn(path).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_source_keeps_no_modes_of_gets_those_of_new_files()
    {
        var server = await shared.GetAsync();
        await using var memory = new MemoryEndpoint();
        await memory.WriteAsync("new", new MemoryStream([1]), new WriteOptions { PartialName = PartialName.Of("new", 1, null, "0000000000"), Length = 1, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(9000) }, Token);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var result = await CopyAsync(memory, remote);

        (result.IsSuccess, result.Copied).ShouldBe((true, 1));
        File.WriteAllText(folder["new"], "");
        File.GetUnixFileMode(path + "/new").ShouldBe(File.GetUnixFileMode(folder["new"]));
        notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_is_only_a_delay()
    {
        await using var server = await SshServer.StartAsync();
        folder.Fill(Files);
        var path = server.NewFolder();
        await using var remote = Open(server, path);
        var progress = new CutOnce(server.CutAsync);

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Manifest = progress });

        await progress.Cut;
        result.Failures.ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        PartialsIn(path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_transfer_leaves_whole_files_and_no_others()
    {
        var server = await shared.GetAsync();
        folder.Fill(4000);
        var path = server.NewFolder();
        await using var remote = Open(server, path);
        using var stop = new CancellationTokenSource();
        var progress = new CutOnce(stop.CancelAsync);

        await Should.ThrowAsync<OperationCanceledException>(
            () => new TransferRunner(Request(folder.Local("from"), remote) with { Manifest = progress }).RunAsync(stop.Token));

        PartialsIn(path).ShouldBeEmpty();
        LocalStage.TreeOf(path).Except(LocalStage.TreeOf(folder["from"])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_of_the_endpoint_go_along()
    {
        var server = await shared.GetAsync();
        folder.Fill(40);
        var path = server.NewFolder();
        await using var remote = Open(server, path);
        using var share = await new EndpointLimits(new LimitSettings { ConnectionsMax = 2, Bandwidth = BandwidthTimetable.Parse("20M") }).EnterAsync(TransferPriority.Normal, Token);

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Target = request.Target with { Share = share } });

        result.IsSuccess.ShouldBeTrue();
        LocalStage.TreeOf(path).ShouldBe(LocalStage.TreeOf(folder["from"]));
        notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_without_batches_is_noted_and_takes_the_files()
    {
        folder.Fill(20);

        var result = await CopyAsync(folder.Local("from"), folder.Local("to"));

        (result.IsSuccess, result.Copied).ShouldBe((true, 20));
        result.Notes.ShouldHaveSingleItem().ShouldContain("batches");
    }

    public void Dispose() => folder.Dispose();

    private IEndpoint Open(SshServer server, string path) => new SftpKind().Open(server.Settings(path), server.Context() with { Notice = notices.Enqueue });

    private static TransferRequest Request(IEndpoint from, IEndpoint to) => LocalStage.Request(from, to) with { IsBatched = true };

    private static Task<TransferResult> CopyAsync(IEndpoint from, IEndpoint to, Func<TransferRequest, TransferRequest>? change = null) =>
        LocalStage.CopyAsync(from, to, request => change?.Invoke(request with { IsBatched = true }) ?? request with { IsBatched = true });

    private static IEnumerable<string> PartialsIn(string path) =>
        Directory.GetFileSystemEntries(path, "*", SearchOption.AllDirectories).Where(entry => PartialName.Is(Path.GetFileName(entry)));

    /// <summary>Lets something happen when the first file has arrived.</summary>
    private sealed class CutOnce(Func<Task> cut) : ITransferManifest
    {
        private int isCut;

        public Task Cut { get; private set; } = Task.CompletedTask;

        public void Add(in ManifestEntry entry)
        {
            if (Interlocked.Exchange(ref isCut, 1) == 0)
            {
                Cut = Task.Run(cut, Token);
            }
        }
    }
}
