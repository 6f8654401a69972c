using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>A server that owes an answer and says nothing. Time passes when a test says so.</summary>
public sealed class SftpSilenceSpecs
{
    private const byte LinkStat = 7;
    private const byte RealPath = 16;
    private static readonly TimeSpan silenceMax = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private readonly TurnedClock clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_never_comes_ends_the_connection_by_its_limit_and_the_next_call_has_another()
    {
        var connections = 0;
        TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var endpoint = Open(() =>
        {
            var number = Interlocked.Increment(ref connections);
            return request => request.Type == LinkStat && number == 1 && IsAbout(request, "owed") ? Owe() : Answer(request);
        });

        // All that was asked with the greeting is answered.
        await endpoint.FindAsync("x", Token);
        var asked = endpoint.FindAsync("owed", Token).AsTask();
        await heard.Task.WaitAsync(Token);
        clock.Turn(silenceMax - TimeSpan.FromSeconds(1));
        asked.IsCompleted.ShouldBeFalse();
        connections.ShouldBe(1);

        // Up to a quarter more.
        clock.Turn((silenceMax / 4) + TimeSpan.FromSeconds(1));

        var failure = await Should.ThrowAsync<EndpointException>(() => asked.WaitAsync(patience, Token));
        (failure.Error, failure.IsTransient).ShouldBe((EndpointError.TimedOut, true));
        failure.Message.ShouldContain("40 seconds");
        (await endpoint.FindAsync("owed", Token))!.Name.ShouldBe("owed");
        connections.ShouldBe(2);

        byte[]? Owe()
        {
            heard.TrySetResult();
            return null;
        }
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

        clock.Turn(100 * silenceMax);

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

    private static bool IsAbout(HeardRequest request, string name) => request.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0;

    private SftpEndpoint Open(Func<Func<HeardRequest, byte[]?>> answers) => new(
        "sftp://scripted", "", _ => Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(answers())), clock, _ => { }, silenceMax: silenceMax);
}
