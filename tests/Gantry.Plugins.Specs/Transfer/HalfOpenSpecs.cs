using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What is behind rclone, or a share, says nothing any more and closes nothing: everything ends by the setting 'timeout', and nothing is taken for moved.</summary>
public sealed class HalfOpenSpecs(SharedSambaServer samba, SharedWebDavServer webDav) : IDisposable
{
    private const int Files = 20;
    private const string Timeout = "3s";

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_falls_silent_for_good_fails_what_is_left_and_a_later_run_completes_it()
    {
        var (port, path, open) = await PlaceAsync(Where.Share);
        await using CuttingProxy proxy = new(port);
        folder.Fill(Files);
        folder.WriteFile("from/large", new string('x', 3_000_000));
        await using var source = new HappeningSource(folder.Local("from"), "large", 1_000_000, () =>
        {
            proxy.Freeze();
            return Task.CompletedTask;
        });
        await using (var silent = open(proxy.Port))
        {
            var cut = await CopyAsync(source, silent, request => request with { Retries = 0, Mode = TransferMode.Move });

            // Three in a row end it: the others need not fail one by one.
            cut.IsSuccess.ShouldBeFalse();
            string[] reasons = [.. cut.Failures.Select(failure => failure.Reason), .. cut.EndedBy is { } end ? (string[])[end.Message] : []];
            reasons.ShouldNotBeEmpty();
            reasons.ShouldAllBe(reason => reason.Contains("does not answer", StringComparison.Ordinal) || reason.Contains("was lost", StringComparison.Ordinal)
                || reason.Contains("cannot be reached", StringComparison.Ordinal) || reason.Contains("lost connections bring about", StringComparison.Ordinal), string.Join('\n', reasons));
            cut.Failures.ShouldAllBe(failure => File.Exists(folder["from/" + failure.Path]));
            (cut.Copied + Directory.GetFiles(folder["from"], "*", SearchOption.AllDirectories).Length).ShouldBe(Files + 1);
        }

        proxy.Thaw();
        await using var heard = open(port);
        var completed = await CopyAsync(folder.Local("from"), heard, request => request with { Mode = TransferMode.Move });

        completed.Failures.ShouldBeEmpty();
        Directory.GetFiles(path, "*", SearchOption.AllDirectories).Length.ShouldBe(Files + 1);
        Directory.GetFiles(path, ".gantry-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).ShouldBeEmpty();
        new FileInfo(Path.Combine(path, "large")).Length.ShouldBe(3_000_000);
    }

    /// <summary>Where only the lines that there were are dead, a new one is made.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Lines_that_die_without_a_word_are_replaced()
    {
        var (port, path, open) = await PlaceAsync(Where.Share);
        await using CuttingProxy proxy = new(port) { FallsSilent = true, CutAfter = 200_000 };
        folder.WriteFile("from/large", new string('x', 3_000_000));
        folder.WriteFile("from/small", "small");
        await using var target = open(proxy.Port);

        var result = await CopyAsync(folder.Local("from"), target);

        result.Failures.ShouldBeEmpty();
        result.Copied.ShouldBe(2);
        proxy.CutAfter.ShouldBe(long.MaxValue, "No line fell silent.");
        new FileInfo(Path.Combine(path, "large")).Length.ShouldBe(3_000_000);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Where.Share)]
    [InlineData(Where.WebDav)]
    public async Task A_server_that_takes_connections_and_never_greets_is_told_as_silent(Where where)
    {
        var (port, _, open) = await PlaceAsync(where);
        await using CuttingProxy proxy = new(port);
        proxy.Freeze();
        await using var target = open(proxy.Port);

        var failure = await Should.ThrowAsync<EndpointException>(async () => await target.FindAsync("x", Token));

        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true), failure.Message);
        failure.Message.ShouldContain("'timeout'");
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("2d")]
    [InlineData("soon")]
    public void A_time_limit_that_is_none_is_refused(string value)
    {
        foreach (var (kind, address) in ((EndpointKind Kind, string Address)[])[(new SmbKind(), "smb://host/share"), (new RcloneKind(), "rclone:remote:")])
        {
            var failure = Should.Throw<EndpointException>(() => kind.Check(kind.Parse(address)!.With("timeout", value)));

            failure.Error.ShouldBe(EndpointError.BadSetting);
            failure.Message.ShouldContain($"'timeout' has the value '{value}'");
        }
    }

    /// <summary>The server's port, its folder on this machine, and how an endpoint of it is opened by way of a port.</summary>
    private async Task<(int Port, string Path, Func<int, IEndpoint> Open)> PlaceAsync(Where where)
    {
        if (where == Where.Share)
        {
            var server = await samba.GetAsync();
            var share = server.NewFolder();
            return (server.Port, Path.Combine(server.PathOf("share"), share), port => new SmbKind().Open(
                server.Settings($"share/{share}").With("port", $"{port}").With("timeout", Timeout), server.Context()));
        }

        var dav = await webDav.GetAsync();
        var name = dav.NewFolder();
        return (new Uri(dav.Url).Port, Path.Combine(dav.Path, name), OpenDav);

        IEndpoint OpenDav(int port)
        {
            var kind = new RcloneKind();
            folder.WriteFile("rclone.conf", $"[dav]\ntype = webdav\nurl = http://127.0.0.1:{port}\nvendor = other\n");
            EndpointContext context = new() { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"] };
            return kind.Open(kind.Parse($"rclone:dav:{name}")!.With("timeout", Timeout), context);
        }
    }

    public enum Where
    {
        Share,
        WebDav,
    }
}
