using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class FaultSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task One_failing_file_does_not_stop_the_others()
    {
        await PutAsync(20);
        FailWrites(path => path == "f7", new EndpointException(EndpointError.PermissionDenied, "You may not write 'f7'."));

        var result = await stage.RunAsync();

        result.IsSuccess.ShouldBeFalse();
        (result.Copied, result.Failed).ShouldBe((19, 1));
        result.Failures.ShouldBe([new TransferFailure("f7", "You may not write 'f7'.", false)]);
        stage.Clock.Waited.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_with_growing_delays()
    {
        await PutAsync(1);
        var left = 4;
        stage.Target.Before = (member, _) => member == "write" && left-- > 0
            ? throw new EndpointException(EndpointError.Disconnected, "The connection was lost.", isTransient: true)
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync();

        result.IsSuccess.ShouldBeTrue();
        stage.Clock.Waited.Count.ShouldBe(4);
        stage.Clock.Waited[3].ShouldBeGreaterThan(stage.Clock.Waited[0]);
    }

    [Fact]
    public async Task An_endpoint_that_is_lost_ends_the_transfer_with_one_clear_error()
    {
        await PutAsync(500);
        var written = 0;
        stage.Target.Before = (member, _) => member == "write" && Interlocked.Increment(ref written) > 50
            ? throw new EndpointException(EndpointError.Disconnected, "The server 'x' does not answer.", isTransient: true)
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync();

        result.EndedBy!.Message.ShouldBe("The server 'x' does not answer.");
        result.EndedBy.IsTransient.ShouldBeTrue();
        result.Failed.ShouldBeLessThan(50);
        result.AllFailuresAreTransient.ShouldBeTrue();
    }

    [Theory]
    [InlineData(EndpointError.LoginRefused)]
    [InlineData(EndpointError.HostKey)]
    public async Task A_refused_login_or_a_changed_host_key_ends_the_transfer_at_once(EndpointError error)
    {
        await PutAsync(100);
        stage.Target.Before = (_, _) => throw new EndpointException(error, "Refused.");

        var result = await stage.RunAsync();

        result.EndedBy!.Error.ShouldBe(error);
        stage.Target.Calls.Count.ShouldBe(1);
        stage.Clock.Waited.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_never_answered_is_not_tried_for_long()
    {
        await PutAsync(100);
        stage.Target.Before = (_, _) => throw new EndpointException(EndpointError.Disconnected, "There is no server.", isTransient: true);

        var result = await stage.RunAsync();

        result.EndedBy!.Error.ShouldBe(EndpointError.Disconnected);
        stage.Clock.Waited.Count.ShouldBe(2);
    }

    [Fact]
    public async Task When_the_target_is_full_the_rest_fails_and_the_old_files_stand()
    {
        await PutAsync(30);
        await stage.PutTargetAsync("f20", "old content");
        FailWrites(path => string.CompareOrdinal(path, "f1") > 0, new EndpointException(EndpointError.NoSpace, "There is no space left."));

        var result = await stage.RunAsync();

        (result.Copied, result.Failed).ShouldBe((2, 28));
        result.Failures.ShouldAllBe(failure => failure.Reason == "There is no space left.");
        (await stage.TargetTreeAsync()).ShouldContain("f20=old content");
    }

    [Fact]
    public async Task The_list_of_failures_is_bounded_and_the_count_is_not()
    {
        await PutAsync(30);
        FailWrites(_ => true, new EndpointException(EndpointError.NoSpace, "Full."));

        var result = await stage.RunAsync(request => request with { FailuresListed = 5 });

        (result.Failed, result.Failures.Count).ShouldBe((30, 5));
    }

    [Fact]
    public async Task A_listing_that_breaks_off_is_repeated_without_doing_anything_twice()
    {
        await PutAsync(40);
        var isFirst = true;
        stage.Source.Listing = (_, entries) => BreakOnce(entries);

        var result = await stage.RunAsync();

        (result.IsSuccess, result.Copied).ShouldBe((true, 40));
        stage.Target.CallsOf("write").ShouldBe(40);

        async IAsyncEnumerable<Entry> BreakOnce(IAsyncEnumerable<Entry> entries)
        {
            var count = 0;
            await foreach (var entry in entries)
            {
                if (isFirst && count++ == 20)
                {
                    isFirst = false;
                    throw new EndpointException(EndpointError.Disconnected, "Lost.", isTransient: true);
                }

                yield return entry;
            }
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(400_000)]
    public async Task A_file_that_grows_while_it_is_read_is_moved_when_it_has_settled(int size)
    {
        await stage.PutSourceAsync("a", new string('x', size));
        await stage.PutTargetAsync("a", "old");
        var isGrown = false;
        stage.Source.Reading = (_, stream) =>
        {
            if (isGrown)
            {
                return stream;
            }

            isGrown = true;
            stage.PutSourceAsync("a", new string('y', size + 5), TransferStage.SomeTime.AddHours(1)).GetAwaiter().GetResult();
            return new MemoryStream(Encoding.ASCII.GetBytes(new string('x', size + 5)));
        };

        var result = await stage.RunAsync();

        (result.IsSuccess, result.Copied, result.Bytes).ShouldBe((true, 1, size + 5));
        (await stage.TargetTreeAsync()).ShouldBe(["a=" + new string('y', size + 5)]);
        stage.Clock.Waited.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(400_000)]
    public async Task A_file_that_shrinks_while_it_is_read_is_moved_when_it_has_settled(int size)
    {
        await stage.PutSourceAsync("a", new string('x', size));
        await stage.PutTargetAsync("a", "old");
        var isShrunk = false;
        stage.Source.Reading = (_, stream) =>
        {
            if (isShrunk)
            {
                return stream;
            }

            isShrunk = true;
            stage.PutSourceAsync("a", new string('y', size - 5), TransferStage.SomeTime.AddHours(1)).GetAwaiter().GetResult();
            return new MemoryStream(Encoding.ASCII.GetBytes(new string('x', size - 5)));
        };

        var result = await stage.RunAsync();

        (result.IsSuccess, result.Copied, result.Bytes).ShouldBe((true, 1, size - 5));
        (await stage.TargetTreeAsync()).ShouldBe(["a=" + new string('y', size - 5)]);
        stage.Clock.Waited.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(400_000)]
    public async Task A_file_that_never_settles_is_reported_and_the_old_one_stands(int size)
    {
        await stage.PutSourceAsync("a", new string('x', size));
        await stage.PutTargetAsync("a", "old");
        stage.Source.Reading = (_, _) => new MemoryStream(new byte[size - 1]);

        var result = await stage.RunAsync();

        (result.Copied, result.Failed, result.Bytes).ShouldBe((0, 1, 0));
        result.Failures[0].Reason.ShouldContain("still being changed");
        (await stage.TargetTreeAsync()).ShouldBe(["a=old"]);
    }

    [Fact]
    public async Task A_large_file_that_is_replaced_while_it_is_read_never_gets_its_name()
    {
        await stage.PutSourceAsync("a", new string('x', 400_000));
        var reads = 0;
        stage.Source.Reading = (_, stream) =>
        {
            // The same size: only its time tells.
            reads++;
            stage.PutSourceAsync("a", new string('y', 400_000), TransferStage.SomeTime.AddHours(reads)).GetAwaiter().GetResult();
            return stream;
        };

        var result = await stage.RunAsync(request => request with { Retries = 2 });

        (result.Copied, result.Failed, reads).ShouldBe((0, 1, 3));
        (await stage.TargetTreeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_vanishes_is_reported()
    {
        await PutAsync(3);
        stage.Source.Before = async (member, path) =>
        {
            if (member == "read" && path == "f1")
            {
                await stage.SourceMemory.DeleteFileAsync("f1", stage.Token);
            }
        };

        var result = await stage.RunAsync();

        (result.Copied, result.Failed).ShouldBe((2, 1));
        result.Failures[0].Reason.ShouldContain("not there any more");
    }

    [Fact]
    public async Task A_source_that_fails_while_the_target_is_written_is_tried_again()
    {
        await stage.PutSourceAsync("a", new string('x', 600_000));
        var left = 2;
        stage.Source.Reading = (_, stream) => left-- > 0 ? new BreakingStream(stream, 300_000) : stream;

        var result = await stage.RunAsync();

        result.IsSuccess.ShouldBeTrue();
        stage.Clock.Waited.Count.ShouldBe(2);
        (await stage.TargetTreeAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task A_hostile_name_in_a_listing_cannot_leave_the_target(string name)
    {
        await PutAsync(2);
        stage.Source.Listing = (_, entries) => entries.Prepend(new Entry { Name = name, Kind = EntryKind.File, Size = 1 });

        var result = await stage.RunAsync(request => request with { Target = request.Target with { Folder = "in" } });

        (result.Copied, result.Failed).ShouldBe((2, 1));
        (await stage.TargetTreeAsync()).ShouldBe(["in/", "in/f0=content 0", "in/f1=content 1"]);
    }

    [Fact]
    public async Task A_name_listed_twice_is_transferred_once()
    {
        await PutAsync(1);
        stage.Source.Listing = (_, entries) => entries.Concat(entries);

        var result = await stage.RunAsync();

        (result.Copied, result.Failed).ShouldBe((1, 1));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listing_that_names_the_same_without_end_is_broken_off(bool isSource)
    {
        await PutAsync(3);
        (isSource ? stage.Source : stage.Target).Listing = (_, _) => AsyncEnumerable.Range(0, int.MaxValue).Select(number => new Entry { Name = $"f{number % 3}", Kind = EntryKind.File, Size = 1 });

        var result = await stage.RunAsync();

        result.Failures.ShouldContain(failure => failure.Path == "" && failure.Reason.Contains("over and over"));
        result.Failed.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_fails_with_what_is_in_it_and_nothing_else()
    {
        await stage.PutSourceAsync("bad/a", "1");
        await stage.PutSourceAsync("good/a", "1");
        stage.Target.Before = (member, path) => member == "create" && path == "bad"
            ? throw new EndpointException(EndpointError.PermissionDenied, "You may not.")
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync();

        (result.Copied, result.EndedBy).ShouldBe((1, null));
        result.Failures.Select(failure => failure.Path).ShouldBe(["bad", "bad/a"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_target_that_cannot_be_made_ends_the_transfer()
    {
        await PutAsync(50);
        stage.Target.Before = (member, path) => member == "create"
            ? throw new EndpointException(EndpointError.PermissionDenied, "You may not make 'new'.")
            : ValueTask.CompletedTask;

        var result = await stage.RunAsync(request => request with { Target = request.Target with { Folder = "new" } });

        result.EndedBy!.Message.ShouldContain("You may not make 'new'.");
    }

    [Fact]
    public async Task A_folder_that_is_removed_meanwhile_is_made_again()
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.TargetMemory.CreateFolderAsync("in", stage.Token);
        var isRemoved = false;
        stage.Target.Before = async (member, _) =>
        {
            if (member == "write" && !isRemoved)
            {
                isRemoved = true;
                await stage.TargetMemory.DeleteFolderAsync("in", stage.Token);
            }
        };

        (await stage.RunAsync()).IsSuccess.ShouldBeTrue();
        (await stage.TargetTreeAsync()).ShouldBe(["in/", "in/a=1"]);
    }

    [Fact]
    public async Task A_target_that_says_another_size_is_not_believed()
    {
        await PutAsync(1);
        var target = new LyingEndpoint(stage.TargetMemory);

        var result = await stage.RunAsync(request => request with { Target = new TransferTarget { Endpoint = target } });

        (result.Copied, result.Failed).ShouldBe((0, 1));
        result.Failures[0].Reason.ShouldContain("arrived");
    }

    [Fact]
    public async Task Cancelling_stops_at_once_and_leaves_no_temporary_file()
    {
        await stage.PutSourceAsync("large", new string('x', 900_000));
        await PutAsync(10);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stage.Token);
        stage.Source.Reading = (path, stream) => path == "large" ? new BreakingStream(stream, 500_000, cancellation.Cancel) : stream;
        var runner = new TransferRunner(stage.Request, stage.Clock);

        await Should.ThrowAsync<OperationCanceledException>(() => runner.RunAsync(cancellation.Token));

        runner.Progress.Failed.ShouldBe(0);
        (await stage.TargetTreeAsync()).ShouldNotContain(line => line.StartsWith(".gantry-", StringComparison.Ordinal) || line.StartsWith("large", StringComparison.Ordinal));
        (await stage.TargetTreeAsync()).Count.ShouldBe((int)runner.Progress.Copied);
    }

    [Fact]
    public async Task An_error_nobody_foresaw_is_not_hidden()
    {
        await PutAsync(5);
        stage.Target.Before = (member, _) => member == "write" ? throw new InvalidOperationException("A bug.") : ValueTask.CompletedTask;

        await Should.ThrowAsync<InvalidOperationException>(() => stage.RunAsync());
    }

    private async Task PutAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await stage.PutSourceAsync($"f{i}", $"content {i}");
        }
    }

    private void FailWrites(Func<string, bool> which, EndpointException exception) =>
        stage.Target.Before = (member, path) => member == "write" && which(path) ? throw exception : ValueTask.CompletedTask;
}
