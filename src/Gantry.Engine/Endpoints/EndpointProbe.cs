using System.Text;

namespace Gantry.Engine.Endpoints;

/// <summary>What an endpoint was found able to do, phase by phase.</summary>
public sealed record EndpointProbeResult
{
    /// <summary>The phases that went well, in their order: connect, list, write, rename, delete.</summary>
    public required IReadOnlyList<string> Passed { get; init; }

    /// <summary>Null when all went well; besides the phases above: "host key", "login", "folder" and what the failure itself names, such as "bucket".</summary>
    public string? FailedPhase { get; init; }

    public EndpointException? Failure { get; init; }

    public bool IsSuccess => FailedPhase is null;
}

/// <summary>Tries an endpoint: connects, lists its folder, writes, renames and deletes a file of its own, and leaves nothing behind.</summary>
public static class EndpointProbe
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("Gantry tried whether it can write here. This file may be deleted.\n");

    /// <param name="open">Opens the endpoint; what it throws is a failure to connect.</param>
    /// <param name="id">Eight or more characters of [0-9a-z] that no other probe has.</param>
    public static async Task<EndpointProbeResult> RunAsync(Func<ValueTask<IEndpoint>> open, string id, CancellationToken cancellationToken)
    {
        List<string> passed = [];
        var phase = "connect";
        try
        {
            await using var endpoint = await open();
            if (await endpoint.FindAsync("", cancellationToken) is null && !endpoint.Capabilities.FoldersAreImplied)
            {
                throw new EndpointException(EndpointError.NotFound, $"There is no folder at '{endpoint.Address}'.");
            }

            Pass("list");
            await foreach (var _ in endpoint.ListAsync("", cancellationToken))
            {
                break;
            }

            Pass("write");
            await TryFileAsync(endpoint, $".gantry-probe-{id}", Pass, cancellationToken);
            passed.Add(phase);
            return new EndpointProbeResult { Passed = passed };
        }
        catch (EndpointException failure)
        {
            return new EndpointProbeResult { Passed = passed, FailedPhase = failure.Phase ?? PhaseOf(failure.Error, phase), Failure = failure };
        }

        void Pass(string next)
        {
            passed.Add(phase);
            phase = next;
        }
    }

    private static async Task TryFileAsync(IEndpoint endpoint, string name, Action<string> pass, CancellationToken cancellationToken)
    {
        var present = name;
        WriteOptions options = new() { PartialName = name + ".part", Length = Content.Length };
        await endpoint.WriteAsync(name, new MemoryStream(Content), options, cancellationToken);
        try
        {
            if (endpoint is IMoves mover)
            {
                pass("rename");
                await mover.MoveAsync(name, name + "-renamed", cancellationToken);
                present = name + "-renamed";
            }
        }
        catch
        {
            await endpoint.DeleteFileAsync(present, CancellationToken.None);
            throw;
        }

        pass("delete");
        await endpoint.DeleteFileAsync(present, CancellationToken.None);
    }

    /// <summary>The first call connects, so what it fails by tells how far it came.</summary>
    private static string PhaseOf(EndpointError error, string phase) => (error, phase) switch
    {
        (EndpointError.HostKey, _) => "host key",
        (EndpointError.LoginRefused, _) => "login",
        (EndpointError.NotFound or EndpointError.NotAFolder, "connect" or "list") => "folder",
        _ => phase,
    };
}
