using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Providers;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Triggers;
using Npgsql;

namespace Gantry.Hub.Notifications;

/// <summary>
/// Tells what there is to tell: each notification is told by an execution of a plan of one step, with the retries, the secrets and the log that executions have. Its id is the
/// notification's, so that one notification is told by one execution, however often this is cut off.
/// </summary>
internal sealed partial class Notifier(
    HubDatabase database, NotificationWork work, TriggerWork triggers, ExecutionStarter starter, ProviderCatalog providers, TriggerOptions options, TimeProvider clock,
    ILogger<Notifier> logger) : BackgroundService
{
    private const int AttemptsMax = 10;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    private DateTimeOffset keptHouseAt = DateTimeOffset.MinValue;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new NewsChannel(database.Standing, "gantry_notifications", clock).ListenAsync(HearAsync, failure => Log.Interrupted(logger, failure), stoppingToken);

    /// <summary>Decides and tells all that there is now.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        while (await work.DecideAsync(cancellationToken) > 0)
        {
            FaultPoint.Pass("notification.decided");
        }

        while (await TellAsync(cancellationToken))
        {
            // The same.
        }

        if (clock.GetUtcNow() - keptHouseAt >= Housekeeping)
        {
            await work.ForgetAsync(options.EventsKept, cancellationToken);
            keptHouseAt = clock.GetUtcNow();
        }
    }

    private async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            await TickAsync(cancellationToken);
            await connection.WaitAsync(Look, cancellationToken);
        }
    }

    /// <summary>False when nothing is due any more.</summary>
    private async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        var taken = await work.TakeAsync(cancellationToken);
        if (taken.Count == 0)
            return false;
        FaultPoint.Pass("notification.taken");
        var starters = await triggers.WhoMayStartAsync(taken.Select(due => (due.WorkspaceId, due.UserId)), cancellationToken);
        foreach (var due in taken)
            await TellAsync(due, starters.Contains((due.WorkspaceId, due.UserId)), cancellationToken);
        return true;
    }

    private async Task TellAsync(DueNotification due, bool mayStart, CancellationToken cancellationToken)
    {
        try
        {
            if (!mayStart)
            {
                await work.FailedAsync(due, NotificationRules.MayNotStart, null, cancellationToken);
                return;
            }

            if (!due.IsStarted)
                await starter.StartAsync(StartOf(due), due.Id);
            FaultPoint.Pass("notification.told");
            await work.StartedAsync(due, cancellationToken);
            FaultPoint.Pass("notification.recorded");
        }
        catch (Exception failed) when (failed is PlanFormatException or JsonException or JournalRefusedException)
        {
            Log.Failed(logger, due.Id, failed);
            await work.FailedAsync(due, failed.Message, due.Attempts < AttemptsMax ? EventLimits.PauseAfter(due.Attempts) : null, cancellationToken);
        }
    }

    private ExecutionStart StartOf(DueNotification due)
    {
        var step = JsonSerializer.Deserialize<StoredRule>(due.Rule, StoredRule.Json)!.ToRule().StepWith(providers);
        var retry = step.Retry!;
        var text = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["name"] = "notification",
            ["steps"] = new object[]
            {
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["id"] = step.Id!,
                    ["use"] = step.Use,
                    ["with"] = step.Parameters,
                    ["repeatable"] = step.IsRepeatable,
                    ["retry"] = new { attempts = retry.Attempts, delay = $"{retry.Delay.TotalSeconds:0}s", factor = retry.Factor, max = $"{retry.Max.TotalSeconds:0}s" },
                },
            },
        });
        var document = PlanReader.Read(text);
        return new ExecutionStart
        {
            WorkspaceId = due.WorkspaceId,
            UserId = due.UserId,
            PlanText = text,
            Plan = document.Plan ?? throw new PlanFormatException(document.Findings[0].ToString()),
            Inputs = "{}",
            Trigger = NotificationText.Payload(due),
            Key = $"notification {due.Id}",
            RequestHash = SHA256.HashData(Encoding.UTF8.GetBytes(due.Id.ToString())),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The notifier was interrupted; it goes on.")]
        public static partial void Interrupted(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Error, "The notification {NotificationId} could not be told.")]
        public static partial void Failed(ILogger logger, Guid notificationId, Exception failure);
    }
}
