using System.Diagnostics.CodeAnalysis;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>However a connection ends, nobody waits for it for ever.</summary>
public sealed class SftpEndSpecs
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_fails_in_an_unforeseen_way_is_a_failure_of_whoever_waits(bool whenHearing)
    {
        var server = whenHearing
            ? new SftpPipe(new OddStream(), Stream.Null)
            : new SftpPipe(new SilentStream(), new OddStream());
        await using var endpoint = Open(server);

        var failure = await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("x", Token).AsTask().WaitAsync(patience, Token));

        failure.Message.ShouldContain("odd");
    }

    /// <summary>As an ssh that is stopped, or an rclone that first wants to finish with a server that says nothing.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_program_that_does_not_end_when_it_is_asked_to_is_killed_and_the_endpoint_closes()
    {
        var endpoint = Open(new StubbornProgram());
        var asked = endpoint.FindAsync("x", Token).AsTask();

        await endpoint.DisposeAsync().AsTask().WaitAsync(patience, Token);

        await Should.ThrowAsync<EndpointException>(() => asked.WaitAsync(patience, Token));
    }

    /// <summary>A connection nearby was lost with uploads waiting for room, and the next one is far: turns go by the clock there.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Who_waited_for_room_has_a_turn_also_when_turns_go_by_the_clock_from_now_on()
    {
        const int All = 10_000_000;
        SftpFlight flight = new(At(0), TimeProvider.System, enter => enter());
        flight.Bytes.Take(All, () => { });
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        flight.Bytes.Take(1, entered.SetResult);
        entered.Task.IsCompleted.ShouldBeFalse();

        flight.Learn(At(50));
        flight.Bytes.Give(All);

        await entered.Task.WaitAsync(patience, Token);

        static SftpServer At(int milliseconds) => SftpServer.Unknown with { RoundTrip = TimeSpan.FromMilliseconds(milliseconds) };
    }

    private static SftpEndpoint Open(SftpPipe pipe) => new("sftp://odd", "", _ => Task.FromResult(pipe), TimeProvider.System, _ => { });

    private sealed class StubbornProgram() : ProcessPipe(
        ChildProcess.Start("/bin/sh", ["-c", "trap '' TERM; exec sleep 1000"], new Dictionary<string, string>(StringComparer.Ordinal)), TimeProvider.System)
    {
    }

    /// <summary>Fails as no stream should.</summary>
    private class OddStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This is odd.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("This is odd.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    /// <summary>Says nothing until it is closed.</summary>
    private sealed class SilentStream : OddStream
    {
        [SuppressMessage("Usage", "CA2213", Justification = "Its wait handle is not used.")]
        private readonly ManualResetEventSlim closed = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            closed.Wait(Token);
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            closed.Set();
            base.Dispose(disposing);
        }
    }
}
