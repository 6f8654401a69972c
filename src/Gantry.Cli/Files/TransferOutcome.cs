using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>Runs a transfer in sight of the user, and says at its end what it did.</summary>
internal static class TransferOutcome
{
    private const int FailuresShown = 20;

    public static async Task<int> ShowAsync(TransferRunner runner, Invocation invocation, TransferMode mode, CancellationToken cancellationToken)
    {
        var asJson = invocation.Has("--json");
        TransferResult result;
        try
        {
            await using var status = invocation.Has("--quiet") || asJson || Console.IsErrorRedirected ? null : new StatusLine(() => runner.Progress);
            result = await runner.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ShowCancelled(runner.Progress, asJson);
            return ExitStatus.Cancelled;
        }

        if (asJson)
        {
            return ShowJson(result);
        }

        var summary = mode == TransferMode.Check ? $"{result.Skipped} the same, {result.Failed} different."
            : invocation.Has("--dry-run") ? "Would be: " + TransferReport.Summary(result)
            : TransferReport.Summary(result);
        Show(result, invocation.Has("--quiet") ? null : summary);
        return StatusOf(result);
    }

    public static int ShowJson(TransferResult result)
    {
        Console.Out.WriteLine(TransferReport.ToJson(result).GetRawText());
        return StatusOf(result);
    }

    public static int StatusOf(TransferResult result) => result switch
    {
        { IsSuccess: true } => ExitStatus.Succeeded,
        { EndedBy: { } end } when result.Copied + result.Skipped == 0 || CommandProgram.StatusOf(end.Error) == ExitStatus.WrongUsage =>
            CommandProgram.StatusOf(end.Error),
        _ => ExitStatus.Failed,
    };

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
            Console.Error.WriteLine($"gantry: … and {result.Failed - FailuresShown} more failures; --json lists up to {result.Failures.Count} of them.");
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

    private static void ShowCancelled(TransferProgress progress, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["status"] = "cancelled",
                ["copied"] = progress.Copied,
                ["skipped"] = progress.Skipped,
                ["deleted"] = progress.Deleted,
                ["failed"] = progress.Failed,
            }.ToJsonString());
        }
        else
        {
            Console.Error.WriteLine($"gantry: Cancelled. {progress.Copied} copied, {progress.Skipped} unchanged, {progress.Deleted} deleted, {progress.Failed} failed.");
        }
    }
}
