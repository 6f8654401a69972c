using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class S3ContractSpecs(SharedS3Servers servers) : EndpointContract
{
    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    // fauxqs does not tell which parts of an upload it has (ListParts).
    protected override bool GoesOn => false;

    protected override async ValueTask<IEndpoint> OpenAsync() =>
        new S3Kind().Open(await (await servers.FauxqsAsync()).NewBucketAsync(), S3Server.Context());
}

/// <summary>Below a prefix, against another maker's server, which keeps objects as files of this machine.</summary>
public sealed class S3rverContractSpecs(SharedS3Servers servers) : EndpointContract
{
    protected override bool KeepsEveryByteInNames => false;

    protected override bool KeepsModes => false;

    // A key is a file name to it, and an error of the file system ends it.
    protected override bool KeepsLongNames => false;

    // It knows neither which parts it has nor how to forget them.
    protected override bool GoesOn => false;

    // It answers with 500 when the folder of what is deleted is not there.
    protected override bool TakesDeletesOfNothing => false;

    // It answers with 500 when two requests rename the same file.
    protected override bool TakesWritesAtOnce => false;

    protected override async ValueTask<IEndpoint> OpenAsync()
    {
        var endpoint = new S3Kind().Open(await (await servers.S3rverAsync()).NewBucketAsync("some/prefix"), S3Server.Context());
        await endpoint.CreateFolderAsync("", Token);
        return endpoint;
    }
}
