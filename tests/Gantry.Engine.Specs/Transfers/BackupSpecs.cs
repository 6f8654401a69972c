using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>What is overwritten or deleted at the target, and kept in a backup folder.</summary>
public sealed class BackupSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task What_a_sync_overwrites_or_deletes_is_in_the_backup_folder_under_its_path()
    {
        await stage.PutSourceAsync("same", "1");
        await stage.PutSourceAsync("in/changed", "new!");
        await stage.PutSourceAsync("added", "2");
        await stage.PutTargetAsync("same", "1");
        await stage.PutTargetAsync("in/changed", "old");
        await stage.PutTargetAsync("gone/deep/file", "3");

        var result = await RunAsync(TransferMode.Sync);

        result.IsSuccess.ShouldBeTrue();
        (await FilesAsync()).ShouldBe([".old/gone/deep/file=3", ".old/in/changed=old", "added=2", "in/changed=new!", "same=1"]);
    }

    [Fact]
    public async Task A_second_sync_leaves_the_backup_alone_and_keeps_both_versions()
    {
        await stage.PutSourceAsync("a", "three");
        await stage.PutTargetAsync("a", "2");
        await stage.PutTargetAsync(".old/a", "1");

        (await RunAsync(TransferMode.Sync)).Deleted.ShouldBe(0);

        var files = await FilesAsync();
        files.Count.ShouldBe(3);
        files.ShouldContain(".old/a=1");
        files.ShouldContain("a=three");
        files.ShouldContain(line => line.StartsWith(".old/a.20", StringComparison.Ordinal) && line.EndsWith("=2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transfers_of_one_second_keep_every_version()
    {
        await stage.PutTargetAsync("a", "0");
        foreach (var version in (string[])["22", "333", "4444"])
        {
            await stage.PutSourceAsync("a", version);
            (await RunAsync(TransferMode.Sync)).IsSuccess.ShouldBeTrue();
        }

        (await FilesAsync()).Select(line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal).ShouldBe(["0", "22", "333", "4444"]);
    }

    [Theory]
    [InlineData(TransferMode.Copy)]
    [InlineData(TransferMode.Move)]
    public async Task A_copy_keeps_what_it_overwrites_large_files_as_well(TransferMode mode)
    {
        var large = new string('x', 600_000);
        await stage.PutSourceAsync("a", large);
        await stage.PutTargetAsync("a", "old");
        await stage.PutTargetAsync("other", "stays");

        (await RunAsync(mode)).IsSuccess.ShouldBeTrue();

        (await FilesAsync()).ShouldBe([".old/a=old", $"a={large}", "other=stays"]);
    }

    [Fact]
    public async Task When_the_new_file_cannot_take_its_place_the_old_one_comes_back()
    {
        await stage.PutSourceAsync("a", "new");
        await stage.PutTargetAsync("a", "older");
        var target = new MovingEndpoint(stage.TargetMemory) { Refuses = (_, to) => to == "a" };

        var result = await RunAsync(TransferMode.Copy, target);

        target.Refused.ShouldBeTrue();
        result.Failed.ShouldBe(0);
        (await FilesAsync()).ShouldBe([".old/a=older", "a=new"]);
    }

    [Fact]
    public async Task Where_nothing_can_be_renamed_nothing_begins()
    {
        await stage.PutSourceAsync("a", "new");

        var result = await RunAsync(TransferMode.Copy, stage.Target);

        result.EndedBy!.Error.ShouldBe(EndpointError.NotSupported);
        (await stage.TargetTreeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_source_folder_of_the_backup_folders_name_is_left_out_with_a_note()
    {
        await stage.PutSourceAsync(".old/a", "1");
        await stage.PutSourceAsync("b", "2");

        var result = await RunAsync(TransferMode.Copy);

        (await FilesAsync()).ShouldBe(["b=2"]);
        result.Notes.ShouldContain(note => note.Contains("backup folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_keeps_nothing()
    {
        await stage.PutSourceAsync("a", "new");
        await stage.PutTargetAsync("a", "older");

        await stage.RunAsync(request => request with { Target = new TransferTarget { Endpoint = stage.TargetMemory }, BackupFolder = ".old", IsDryRun = true });

        (await FilesAsync()).ShouldBe(["a=older"]);
    }

    [Theory]
    [InlineData("/srv/www", ".old", "/srv/www", "", ".old")]
    [InlineData("/srv/www", "/srv/old", "/srv", "www", "old")]
    [InlineData("/srv/www/site", "/srv/old/2026", "/srv", "www/site", "old/2026")]
    [InlineData("site", "./old", ".", "site", "old")]
    [InlineData("web:html/a", "web:old", "web:", "html/a", "old")]
    [InlineData("sftp://u@h:22/www", "sftp://u@h:22/old%20ones", "sftp://u@h:22/", "www", "old ones")]
    [InlineData("s3://bucket/site?region=x", "s3://bucket/old", "s3://bucket/?region=x", "site", "old")]
    public async Task A_backup_beside_the_target_is_reached_by_the_folder_above_both(string target, string backup, string opened, string folder, string backupFolder)
    {
        var opener = new RecordingOpener(stage.TargetMemory);

        await using var places = await TransferPlaces.OpenAsync(
            opener, new TransferAddresses { Sources = [new SourceAddress("/source", KeepName: false)], Target = target, Backup = backup }, stage.Token);

        opener.Opened[0].ShouldBe(opened);
        (places.Target.Folder, places.BackupFolder).ShouldBe((folder, backupFolder));
    }

    [Theory]
    [InlineData("/srv/www", "/srv/www")]
    [InlineData("/srv/www", "/srv")]
    [InlineData("/srv/www", "web:old")]
    [InlineData("sftp://a/www", "sftp://b/old")]
    [InlineData("/srv/www", "..")]
    [InlineData("/srv/www", "a/../../b")]
    [InlineData("/srv/www", "")]
    public async Task A_backup_that_the_target_cannot_reach_is_refused(string target, string backup)
    {
        var failure = await Should.ThrowAsync<EndpointException>(async () => await TransferPlaces.OpenAsync(
            new RecordingOpener(stage.TargetMemory),
            new TransferAddresses { Sources = [new SourceAddress("/source", KeepName: false)], Target = target, Backup = backup },
            stage.Token));

        failure.Error.ShouldBeOneOf(EndpointError.BadSetting, EndpointError.BadPath);
    }

    private Task<TransferResult> RunAsync(TransferMode mode, IEndpoint? target = null) => stage.RunAsync(request => request with
    {
        Target = new TransferTarget { Endpoint = target ?? stage.TargetMemory },
        Mode = mode,
        BackupFolder = ".old",
    });

    private async Task<IReadOnlyList<string>> FilesAsync() => [.. (await stage.TargetTreeAsync()).Where(line => !line.EndsWith('/'))];

    /// <summary>Refuses a rename once.</summary>
    private sealed class MovingEndpoint(MemoryEndpoint inner) : PassingEndpoint(inner), IMoves
    {
        public required Func<string, string, bool> Refuses { get; init; }

        public bool Refused { get; private set; }

        public ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
        {
            if (!Refused && Refuses(source, target))
            {
                Refused = true;
                throw new EndpointException(EndpointError.Other, "Not now.", isTransient: true);
            }

            return inner.MoveAsync(source, target, cancellationToken);
        }
    }

    private sealed class RecordingOpener(IEndpoint endpoint) : IEndpointOpener
    {
        public List<string> Opened { get; } = [];

        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
        {
            Opened.Add(address);
            return ValueTask.FromResult(endpoint);
        }
    }
}
