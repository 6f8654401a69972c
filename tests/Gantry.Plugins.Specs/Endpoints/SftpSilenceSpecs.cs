using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>A server that owes an answer and says nothing. Time passes when a test says so.</summary>
public sealed class SftpSilenceSpecs
{
    private const byte LinkStat = 7;
    private const byte RealPath = 16;
    private readonly LookedClock clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_never_comes_ends_the_connection_and_the_next_call_has_another()
    {
        var connections = 0;
        await using var endpoint = Open(() =>
        {
            var number = Interlocked.Increment(ref connections);
            return request => request.Type == LinkStat && number == 1 ? null : Answer(request);
        });
        await endpoint.Connecting;
        var asked = endpoint.FindAsync("x", Token).AsTask();
        clock.Look(4);
        asked.IsCompleted.ShouldBeFalse();

        // What was asked with the greeting may be answered in between.
        while (!asked.IsCompleted)
        {
            clock.Look(1);
            await Task.Yield();
        }

        var failure = await Should.ThrowAsync<EndpointException>(() => asked);
        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
        failure.Message.ShouldContain("40 seconds");
        (await endpoint.FindAsync("x", Token))!.Name.ShouldBe("x");
        connections.ShouldBe(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_owes_nothing_may_be_silent_for_ever()
    {
        var connections = 0;
        await using var endpoint = Open(() =>
        {
            Interlocked.Increment(ref connections);
            return Answer;
        });
        await endpoint.FindAsync("x", Token);

        clock.Look(100);

        (await endpoint.FindAsync("x", Token))!.Name.ShouldBe("x");
        connections.ShouldBe(1);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("999ms")]
    [InlineData("2d")]
    [InlineData("soon")]
    public void A_time_limit_that_is_none_is_refused(string value)
    {
        var settings = new SftpKind().Parse("sftp://host/")!;

        var failure = Should.Throw<EndpointException>(() => new SftpKind().Check(
            settings with { Values = new Dictionary<string, string>(settings.Values, StringComparer.Ordinal) { ["timeout"] = value } }));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldContain($"'timeout' has the value '{value}'");
    }

    private static byte[] Answer(HeardRequest request) => request.Type switch
    {
        RealPath => Names(request, "/"u8.ToArray()),
        LinkStat => Packet(105, request.Id, UInt32(0)),
        _ => Status(request, 3),
    };

    private SftpEndpoint Open(Func<Func<HeardRequest, byte[]?>> answers) => new(
        "sftp://scripted", "", _ => Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(answers())), clock, _ => { }, silenceMax: TimeSpan.FromSeconds(40));

    /// <summary>The system's clock, but what repeats itself is due when that is said.</summary>
    private sealed class LookedClock : TimeProvider
    {
        private readonly ConcurrentDictionary<Timer, bool> timers = new();

        public void Look(int times)
        {
            for (; times > 0; times--)
            {
                foreach (var timer in timers.Keys)
                {
                    timer.Run();
                }
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (period == Timeout.InfiniteTimeSpan)
            {
                return System.CreateTimer(callback, state, dueTime, period);
            }

            var timer = new Timer(this, () => callback(state));
            timers[timer] = true;
            return timer;
        }

        private sealed class Timer(LookedClock clock, Action run) : ITimer
        {
            public void Run() => run();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => clock.timers.TryRemove(this, out _);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
