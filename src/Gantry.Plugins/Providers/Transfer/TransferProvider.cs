using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>Files as steps of plans: copied, synced, moved, listed and deleted.</summary>
public sealed class TransferProvider : IProvider
{
    private const int LimitDefault = 10_000;

    public string Id => "transfer";

    public string Title => "Files";

    public string Help => "Moves files between any two places.";

    public string Category => "Storage & files";

    public IReadOnlyList<ProviderAction> Actions => TransferActions.All;

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken) => call.Action switch
    {
        "copy" => TransferAsync(call, TransferMode.Copy, cancellationToken),
        "sync" => TransferAsync(call, TransferMode.Sync, cancellationToken),
        "move" => TransferAsync(call, TransferMode.Move, cancellationToken),
        "list" => ListAsync(call, cancellationToken),
        "delete" => DeleteAsync(call, cancellationToken),
        _ => throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"The provider 'transfer' has no action '{call.Action}'." }),
    };

    private static async Task<ProviderResult> TransferAsync(ProviderCall call, TransferMode mode, CancellationToken cancellationToken)
    {
        var parameters = new TransferParameters(call);
        var options = parameters.Request(mode);
        var chosen = await ChosenFiles.FindAsync(parameters, call.Manifests, cancellationToken);
        if (chosen.Only is { Count: 0 })
        {
            return ProviderResult.Success(TransferReport.ToJson(TransferReport.Nothing), "There was nothing to transfer.");
        }

        TransferRunner? runner = null;
        await using var manifest = call.Manifests?.Begin(call.StepPath, call.Attempt, () => runner?.Progress);
        var bandwidth = parameters.Bandwidth;
        await using var places = await TransferPlaces.OpenAsync(call.Endpoints, parameters.Addresses, cancellationToken);
        using var share = bandwidth is null ? null : await bandwidth.EnterAsync(places.Priority, cancellationToken);
        runner = new TransferRunner(
            options with
            {
                Sources = [.. places.Sources.Select(source => source with { ConcurrentFiles = parameters.ParallelSource })],
                Target = places.Target with { ConcurrentFiles = parameters.ParallelTarget },
                BackupFolder = places.BackupFolder,
                Share = share,
                Selection = options.Selection.With(chosen.Only, chosen.Except),
                Manifest = manifest,
            },
            call.Clock);
        TransferResult result;
        try
        {
            await using var report = new ProgressReport(call.Log, call.Clock, () => runner.Progress);
            result = await RunAsync(runner, manifest, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            call.Log.Write(StepLogLevel.Warning, "The transfer was cancelled.", TransferReport.ToJson(runner.Progress));
            throw;
        }

        return Answer(call, result, result.Summary);
    }

    private static async Task<TransferResult> RunAsync(TransferRunner runner, IKeptManifest? manifest, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(cancellationToken);
        if (manifest is not null)
        {
            await manifest.CompleteAsync(result, cancellationToken);
        }

        return result;
    }

    private static async Task<ProviderResult> ListAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new TransferParameters(call);
        await using var endpoint = await call.Endpoints.OpenAsync(parameters.From, cancellationToken);
        var output = await FolderList.RunAsync(
            endpoint, parameters.Selection(), parameters.Is("recursive"), parameters.Integer("limit") ?? LimitDefault, call.Clock, cancellationToken);
        return ProviderResult.Success(output, $"{output.GetProperty("count").GetInt32()} entries.");
    }

    private static async Task<ProviderResult> DeleteAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new TransferParameters(call);
        var selection = parameters.Selection();
        var isDryRun = parameters.Is("dry_run");
        await using var endpoint = await call.Endpoints.OpenAsync(parameters.From, cancellationToken);
        var entry = await endpoint.FindAsync("", cancellationToken);
        if (entry is null)
        {
            return ProviderResult.Success(JsonElement.Parse("""{"deleted":0,"failed":0}"""), "There was nothing to delete.");
        }

        if (entry.Kind != EntryKind.Folder)
        {
            return await DeleteFileAsync(call, parameters.From, isDryRun, cancellationToken);
        }

        var deletion = new TreeDelete(endpoint, selection, isDryRun, call.Clock);
        TransferResult result;
        await using (new ProgressReport(call.Log, call.Clock, () => deletion.Progress))
        {
            result = await deletion.RunAsync("", cancellationToken);
        }

        return Answer(call, result, $"{result.Deleted} deleted.");
    }

    private static async Task<ProviderResult> DeleteFileAsync(ProviderCall call, string address, bool isDryRun, CancellationToken cancellationToken)
    {
        var (folder, name) = TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is a file without a folder that could be opened.");
        await using var parent = await call.Endpoints.OpenAsync(folder, cancellationToken);
        if (!isDryRun)
        {
            await parent.DeleteFileAsync(name, cancellationToken);
        }

        return ProviderResult.Success(JsonElement.Parse("""{"deleted":1,"failed":0}"""), "1 deleted.");
    }

    private static ProviderResult Answer(ProviderCall call, TransferResult result, string summary)
    {
        foreach (var note in result.Notes)
        {
            call.Log.Write(StepLogLevel.Info, note);
        }

        var output = TransferReport.ToJson(result);
        if (result.IsSuccess)
        {
            return ProviderResult.Success(output, summary);
        }

        if (result.EndedBy is { } end)
        {
            var error = ProviderFailure.Describe(new EndpointException(end.Error, end.Message, end.IsTransient), isCancelled: false);
            return ProviderResult.Failure(error, output);
        }

        var first = result.Failures[0];
        return ProviderResult.Failure(
            new ProviderError
            {
                Kind = ProviderErrorKind.Partial,
                Message = $"{result.Failed} failed ({summary.TrimEnd('.')}). The first: {(first.Path.Length > 0 ? EndpointPath.Printable(first.Path) + ": " : "")}{first.Reason}",
                IsTransient = result.AllFailuresAreTransient,
            },
            output);
    }
}
