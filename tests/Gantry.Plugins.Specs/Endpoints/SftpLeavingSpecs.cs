using System.Collections.Concurrent;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Who cancels and leaves a server that is slow to answer leaves no temporary file there, and does not wait for a silent one.</summary>
public sealed class SftpLeavingSpecs : IDisposable
{
    private const byte Open = 3;
    private const byte Close = 4;
    private const byte Write = 6;
    private const byte Remove = 13;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);
    private readonly TurnedClock clock = new();
    private readonly ConcurrentQueue<string> removed = new();
    private readonly ManualResetEventSlim goesOn = new();
    private volatile bool isSlow;
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => goesOn.Dispose();

    /// <summary>Small ones take one writing; of a large one much is under way.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData(Open, 1)]
    [InlineData(Close, 1)]
    [InlineData(Open, 900_000)]
    [InlineData(Write, 900_000)]
    public async Task What_was_begun_is_removed_as_soon_as_the_server_answers(byte slowAt, int size)
    {
        var endpoint = await EndpointSlowAtAsync(slowAt);
        using CancellationTokenSource leaving = new();
        var writing = endpoint.WriteAsync("x", new MemoryStream(new byte[size]), new WriteOptions { PartialName = "p" }, leaving.Token).AsTask();
        await held.Task.WaitAsync(patience, Token);

        await leaving.CancelAsync();
        await UntilAsync(() => writing.IsCompleted);
        await Should.ThrowAsync<OperationCanceledException>(() => writing);
        var closing = endpoint.DisposeAsync().AsTask();
        goesOn.Set();

        await closing.WaitAsync(patience, Token);
        removed.Distinct().ShouldBe(["p"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_says_nothing_more_is_left()
    {
        var endpoint = await EndpointSlowAtAsync(Close);
        using CancellationTokenSource leaving = new();
        var writing = endpoint.WriteAsync("x", new MemoryStream([1]), new WriteOptions { PartialName = "p" }, leaving.Token).AsTask();
        await held.Task.WaitAsync(patience, Token);

        await leaving.CancelAsync();
        await UntilAsync(() => writing.IsCompleted);
        var closing = endpoint.DisposeAsync().AsTask();
        await UntilAsync(() => endpoint.IsConnectionLost);

        goesOn.Set();
        await closing.WaitAsync(patience, Token);
        removed.ShouldBeEmpty();
    }

    /// <summary>Turns the clock on until it is so.</summary>
    private async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            clock.Turn(TimeSpan.FromSeconds(0.1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }

    /// <summary>From when it has answered a first question.</summary>
    private async Task<SftpEndpoint> EndpointSlowAtAsync(byte slowAt)
    {
        SftpEndpoint endpoint = new("sftp://scripted", "", _ => Task.FromResult<SftpPipe>(ScriptedSftpServer.Start(request =>
        {
            if (isSlow && request.Type == slowAt)
            {
                held.TrySetResult();
                goesOn.Wait(Token);
            }

            if (request.Type == Remove)
            {
                removed.Enqueue(Encoding.UTF8.GetString(request.Body[4..]));
            }

            return request.Type == Open ? Handle(request) : Status(request, 0);
        })), clock, _ => { });
        await endpoint.CreateFolderAsync("folder", Token);
        isSlow = true;
        return endpoint;
    }
}
