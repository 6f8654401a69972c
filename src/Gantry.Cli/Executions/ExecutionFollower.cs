using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Executions;

/// <summary>Follows an execution on a hub to its end, through broken streams and restarts of the hub.</summary>
internal sealed class ExecutionFollower(HubClient hub, ExecutionPrinter? printer, TimeProvider clock)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(5);

    /// <summary>Answers the execution as it ended.</summary>
    public async Task<JsonElement> FollowAsync(string executionId, CancellationToken cancellationToken)
    {
        var path = $"api/executions/{Uri.EscapeDataString(executionId)}";
        string? lastEventId = null;
        var pause = TimeSpan.FromMilliseconds(200);
        var heard = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await foreach (var item in hub.ReadEventsAsync(path + "/events", lastEventId, cancellationToken))
                {
                    lastEventId = item.EventId is { Length: > 0 } id ? id : lastEventId;
                    heard = clock.GetTimestamp();
                    pause = TimeSpan.FromMilliseconds(200);
                    Show(item.EventType, item.Data);
                }

                var execution = await hub.GetAsync(path, cancellationToken);
                if (IsFinal(execution.FindText("status")))
                {
                    return execution;
                }
            }
            catch (CommandException unreachable) when (
                unreachable.Status == ExitStatus.CannotConnect && lastEventId is not null && clock.GetElapsedTime(heard) < PatienceMax)
            {
                printer?.Line($"The hub does not answer; trying again in {pause.TotalSeconds:0.#} s.");
            }

            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    public static int StatusOf(JsonElement execution) => execution.FindText("status") switch
    {
        "succeeded" => ExitStatus.Succeeded,
        "cancelled" => ExitStatus.Cancelled,
        _ => ExitStatus.Failed,
    };

    /// <summary>"Succeeded." or "Failed: why".</summary>
    public static string EndOf(JsonElement execution)
    {
        var status = execution.FindText("status") ?? "";
        return $"{char.ToUpperInvariant(status[0])}{status[1..]}{(execution.Find("error")?.FindText("message") is { } why ? ": " + why : ".")}";
    }

    public static bool IsFinal(string? status) => status is "succeeded" or "failed" or "cancelled";

    private void Show(string type, string data)
    {
        if (printer is null)
        {
            return;
        }

        var json = JsonElement.Parse(HalfPairs.Mend(data));
        switch (type)
        {
            case "log" when json.FindText("level") is { } level and not "debug":
                printer.Log(level, json.FindText("message") ?? "");
                break;
            case "progress":
                printer.Progress(json.Find("progress") ?? json);
                break;
        }
    }
}
