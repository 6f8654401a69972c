using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class SftpRehearsalSpecs
{
    [Fact]
    public async Task A_rehearsal_takes_every_file_and_keeps_none()
    {
        await using var target = new SftpKind().OpenRehearsal()!;
        var source = new MemoryEndpoint();
        await source.WriteAsync("a", new MemoryStream([1, 2, 3]), new WriteOptions { PartialName = PartialName.Of("a", 3, null, "12345678"), Length = 3 }, default);

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = target },
        }).RunAsync(TestContext.Current.CancellationToken);

        result.Copied.ShouldBe(1, $"{result.EndedBy} {string.Join(" ", result.Failures)}");
        (await target.FindAsync("a", TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task A_rehearsal_ends_when_the_real_thing_begins()
    {
        await using var target = new SftpKind().OpenRehearsal()!;
        using var begins = new CancellationTokenSource();
        await begins.CancelAsync();

        var rehearsal = TransferRehearsal.RunAsync(new MemoryEndpoint(), FileSelection.All, target, begins.Token);

        await rehearsal.ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void Only_kinds_that_connect_rehearse() => new Plugins.Endpoints.Local.LocalKind().OpenRehearsal().ShouldBeNull();
}
