using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>Runs a transfer in sight of the user, and says at its end what it did.</summary>
internal static class TransferOutcome
{
    private const int FailuresShown = 20;

    public static async Task<int> ShowAsync(TransferRequest request, Invocation invocation, TransferMode mode, CancellationToken cancellationToken)
    {
        var (asJson, isQuiet) = (invocation.Has("--json"), invocation.Has("--quiet"));
        await using var manifest = ManifestOf(invocation);
        using var planned = invocation.Has("--dry-run") && (asJson || !isQuiet) ? new PlannedFiles(asJson) : null;
        var runner = new TransferRunner(request with { Manifest = Both(manifest, planned) });
        TransferResult result;
        try
        {
            await using var status = isQuiet || asJson ? null : new StatusLine(() => runner.Progress, isTerminal: !Console.IsErrorRedirected);
            result = await runner.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            manifest?.Complete(null, runner.Progress);
            planned?.End();
            ShowCancelled(runner.Progress, asJson, planned is not null);
            return ExitStatus.Cancelled;
        }

        manifest?.Complete(result, runner.Progress);
        planned?.End();
        if (asJson)
        {
            ShowJson(result, planned is not null);
        }
        else
        {
            Show(result, isQuiet ? null : Summary(result, mode, invocation));
        }

        return manifest?.Failure is { } failure
            ? throw new CommandException($"The manifest '{invocation.Find("--manifest")}' could not be written whole: {failure.Message}")
            : StatusOf(result);
    }

    public static int ShowJson(TransferResult result)
    {
        ShowJson(result, isContinued: false);
        return StatusOf(result);
    }

    public static int StatusOf(TransferResult result) => result switch
    {
        { IsSuccess: true } => ExitStatus.Succeeded,
        { EndedBy: { } end } when result.Copied + result.Skipped == 0 || CommandProgram.StatusOf(end.Error) == ExitStatus.WrongUsage =>
            CommandProgram.StatusOf(end.Error),
        _ => ExitStatus.Failed,
    };

    /// <param name="isContinued">The document was begun already, with the files of a dry run.</param>
    private static void ShowJson(TransferResult result, bool isContinued)
    {
        var document = TransferReport.ToJson(result).GetRawText();
        Console.Out.WriteLine(isContinued ? document[1..] : document);
    }

    private static ManifestFile? ManifestOf(Invocation invocation)
    {
        if (invocation.Find("--manifest") is not { } path)
        {
            return null;
        }

        try
        {
            return ManifestFile.Create(Path.GetFullPath(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The manifest '{path}' cannot be written, so nothing was begun: {exception.Message}");
        }
    }

    private static ITransferManifest? Both(ManifestFile? manifest, PlannedFiles? planned) =>
        manifest is null ? planned : planned is null ? manifest : new TwoManifests(manifest, planned);

    private static string Summary(TransferResult result, TransferMode mode, Invocation invocation) =>
        mode == TransferMode.Check ? $"{result.Skipped} the same, {result.Failed} different."
        : invocation.Has("--dry-run") ? "Would be: " + result.Summary
        : result.Summary;

    private static void Show(TransferResult result, string? summary)
    {
        foreach (var note in result.Notes)
        {
            Console.Error.WriteLine("gantry: " + note);
        }

        foreach (var failure in result.Failures.Take(FailuresShown))
        {
            Console.Error.WriteLine(failure.Path.Length == 0 ? $"gantry: {failure.Reason}" : $"gantry: {EndpointPath.Printable(failure.Path)}: {failure.Reason}");
        }

        if (result.Failed > FailuresShown)
        {
            Console.Error.WriteLine($"gantry: … and {result.Failed - FailuresShown} more failures; --json lists up to {result.Failures.Count} of them, --manifest FILE all.");
        }

        if (result.EndedBy is { } end)
        {
            Console.Error.WriteLine("gantry: " + end.Message);
        }

        if (summary is not null && (result.EndedBy is null || result.Copied + result.Skipped + result.Failed > 0))
        {
            Console.Out.WriteLine(summary);
        }
    }

    private static void ShowCancelled(TransferProgress progress, bool asJson, bool isContinued)
    {
        if (asJson)
        {
            var document = new JsonObject
            {
                ["status"] = "cancelled",
                ["copied"] = progress.Copied,
                ["skipped"] = progress.Skipped,
                ["deleted"] = progress.Deleted,
                ["failed"] = progress.Failed,
            }.ToJsonString();
            Console.Out.WriteLine(isContinued ? document[1..] : document);
        }
        else
        {
            Console.Error.WriteLine($"gantry: Cancelled. {progress.Copied} copied, {progress.Skipped} unchanged, {progress.Deleted} deleted, {progress.Failed} failed.");
        }
    }

    private sealed class TwoManifests(ITransferManifest one, ITransferManifest other) : ITransferManifest
    {
        public void Add(in ManifestEntry entry)
        {
            one.Add(entry);
            other.Add(entry);
        }
    }
}
