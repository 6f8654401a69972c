using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Endpoints.ScriptedSftpServer;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>What a transfer waits for before its first file is asked together with the greeting, which saves it a round trip.</summary>
public sealed class SftpGreetingSpecs
{
    private const byte OpenFolder = 11;
    private const byte RealPath = 16;
    private const uint NoSuchFile = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task The_target_is_listed_and_located_before_the_server_has_said_anything()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<byte[]> held = [];
        var isListed = false;

        // It says nothing, not even its version, before it was asked for both.
        byte[]? Answer(HeardRequest request)
        {
            begun.TrySetResult();
            isListed |= request.Type == OpenFolder && request.Body.AsSpan().SequenceEqual(Text("/target"));
            if (request.Type != RealPath)
            {
                held.Add(Status(request, NoSuchFile));
                return null;
            }

            return [.. Version3, .. held.SelectMany(answer => answer), .. Names(request, "/real/target"u8.ToArray())];
        }

        await using var endpoint = new SftpEndpoint(
            "sftp://held/target", "/target", _ => Task.FromResult<SftpPipe>(Start(Answer, [])), TimeProvider.System, _ => { });
        await begun.Task.WaitAsync(Token);

        var listing = endpoint.ListAsync("", Token).ToListAsync(Token).AsTask();
        var place = await endpoint.RealPathAsync("", Token);

        place.ShouldBe("/real/target");
        isListed.ShouldBeTrue();
        (await listing.ShouldThrowAsync<EndpointException>()).Error.ShouldBe(EndpointError.NotFound);
    }
}
