using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Before a move: whether both folders are one under two names (a link, a mount, a server that is this machine). Every file would be
/// found at the target already, and then deleted at the source, which is the only one there is.
/// </summary>
internal static class SamePlace
{
    private static int probes;

    /// <summary>Puts an empty temporary file into the target's folder and looks for it in the source's.</summary>
    public static async Task CheckAsync(TransferRun run, TransferSide source, string sourceFolder, string targetFolder)
    {
        if (run.Request.Mode != TransferMode.Move || run.IsReadOnly || !await IsSameAsync(run, source, sourceFolder, targetFolder))
        {
            return;
        }

        throw new EndpointException(
            EndpointError.BadSetting, $"'{source.Endpoint.Address}' and '{run.Target.Endpoint.Address}' are the same folder under two names: there is nothing to move.");
    }

    /// <summary>Whether a temporary file in the target's folder is seen in the source's. False where none can be written.</summary>
    public static async Task<bool> IsSameAsync(TransferRun run, TransferSide source, string sourceFolder, string targetFolder)
    {
        if (!await IsThereAsync(run.Target, targetFolder))
        {
            return false;
        }

        var name = PartialName.Of("same place", 0, null, $"{run.AttemptId}probe{Interlocked.Increment(ref probes)}");
        var path = EndpointPath.Join(targetFolder, name);
        if (!await TryWriteAsync(run, path))
        {
            // Where nothing can be written nothing is moved to, and each file will say so.
            return false;
        }

        try
        {
            return await IsThereAsync(source, EndpointPath.Join(sourceFolder, name));
        }
        finally
        {
            await TargetCleanup.DeleteQuietlyAsync(run.Target.Endpoint, path);
        }
    }

    private static async Task<bool> IsThereAsync(TransferSide side, string path) =>
        await side.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(path, cancellationToken)) is not null;

    private static async Task<bool> TryWriteAsync(TransferRun run, string path)
    {
        try
        {
            var options = new WriteOptions { PartialName = PartialName.Of("same place", 0, null, run.AttemptId + "probing"), Length = 0 };
            await run.Target.RunAsync(async (endpoint, cancellationToken) =>
            {
                using var nothing = new MemoryStream();
                await endpoint.WriteAsync(path, nothing, options, cancellationToken);
            });
            return true;
        }
        catch (EndpointException)
        {
            return false;
        }
    }
}
