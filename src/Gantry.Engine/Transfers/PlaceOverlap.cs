using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Whether one of a transfer's folders lies inside of the other. On one system their real paths tell, before anything moves. Across two (a server that is this machine, a
/// share of it) a folder is suspected when it has the name of the other, and proved by a temporary file: that asks nobody anything as long as no name fits.
/// </summary>
internal sealed class PlaceOverlap
{
    private readonly TransferRun run;
    private readonly TransferSide source;
    private readonly string sourceFolder;
    private readonly string targetFolder;
    private readonly Lazy<Task<string>> sourcePlace;
    private readonly Lazy<Task<string>> targetPlace;

    public PlaceOverlap(TransferRun run, TransferSide source, string sourceFolder, string targetFolder)
    {
        this.run = run;
        this.source = source;
        this.sourceFolder = sourceFolder;
        this.targetFolder = targetFolder;
        sourcePlace = new(() => PlaceOfAsync(source.Endpoint, sourceFolder));
        targetPlace = new(() => PlaceOfAsync(run.Target.Endpoint, targetFolder));
    }

    /// <summary>Refuses what the names tell already.</summary>
    public async Task CheckNamesAsync()
    {
        RequestCheck.CheckPlaces(run.Request, RequestCheck.PlaceOf(source.Endpoint, sourceFolder), RequestCheck.PlaceOf(run.Target.Endpoint, targetFolder));
        if (SystemOf(source.Endpoint) == SystemOf(run.Target.Endpoint))
        {
            RequestCheck.CheckPlaces(run.Request, await sourcePlace.Value, await targetPlace.Value);
        }
    }

    /// <summary>Asks where the target lies, while its first listing is under way: nobody waits for the answer then.</summary>
    public void Ask() => _ = targetPlace.Value;

    /// <summary>Ends the transfer when this folder of the source is the target: it would be copied into itself without end.</summary>
    public async ValueTask<bool> EndsAtAsync(FolderNode folder)
    {
        if (folder.Parent is null || run.IsReadOnly || !EndsWith(await targetPlace.Value, folder.Path) || !await SamePlace.IsSameAsync(run, source, folder.SourcePath, targetFolder))
        {
            return false;
        }

        run.Stop.End(
            EndpointError.BadSetting,
            $"The target '{EndpointPath.Printable(RequestCheck.PlaceOf(run.Target.Endpoint, targetFolder))}' is '{EndpointPath.Printable(folder.Path)}' of the source under another name: it would be copied into itself without end.",
            isTransient: false);
        return true;
    }

    /// <summary>Whether the source lies inside of the target, so that deleting there would reach it.</summary>
    public async Task<bool> IsSourceInTargetAsync()
    {
        var segments = Segments(await sourcePlace.Value);
        for (var i = segments.Length - 1; i > 0 && EndpointPath.IsName(segments[i]); i--)
        {
            var path = EndpointPath.Join(targetFolder, string.Join('/', segments[i..]));
            if (await run.Target.RunAsync((endpoint, cancellationToken) => endpoint.FindAsync(path, cancellationToken)) is { Kind: EntryKind.Folder }
                && await SamePlace.IsSameAsync(run, source, sourceFolder, path))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<string> PlaceOfAsync(IEndpoint endpoint, string folder)
    {
        run.Running.Enter();
        try
        {
            if (endpoint is ITellsRealPath teller && await teller.RealPathAsync(folder, run.Token) is { } path)
            {
                return SystemOf(endpoint) + path;
            }
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            // The path as it is written will do; who needs the endpoint is told.
        }
        finally
        {
            run.Running.Leave();
        }

        return RequestCheck.PlaceOf(endpoint, folder);
    }

    /// <summary>The beginning of an address, up to the path: "sftp://user@host", "" of this machine.</summary>
    private static string SystemOf(IEndpoint endpoint)
    {
        var scheme = endpoint.Address.IndexOf("://", StringComparison.Ordinal);
        var slash = endpoint.Address.IndexOf('/', scheme < 0 ? 0 : scheme + 3);
        return slash < 0 ? endpoint.Address : endpoint.Address[..slash];
    }

    private static string[] Segments(string place)
    {
        var isUrl = place.Contains("://", StringComparison.Ordinal);
        var path = isUrl && place.IndexOf('?', StringComparison.Ordinal) is > 0 and var query ? place[..query] : place;
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whatever the case: it is only a suspicion.</summary>
    private static bool EndsWith(string place, string path)
    {
        var name = EndpointPath.NameOf(path);
        return place.Contains(name, StringComparison.OrdinalIgnoreCase)
            && string.Join('/', ["", .. Segments(place)]).EndsWith("/" + path, StringComparison.OrdinalIgnoreCase);
    }
}
