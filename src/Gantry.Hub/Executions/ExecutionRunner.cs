using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions.Files;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Executions.Manifests;
using Gantry.Hub.Plans;
using Gantry.Hub.Providers.Connections;
using Gantry.Hub.Vault;

namespace Gantry.Hub.Executions;

/// <summary>Brings one claimed execution to its end, or to where somebody else takes it up.</summary>
internal sealed partial class ExecutionRunner(
    PlanLibrary plans,
    PlanRunner runner,
    SecretsOf secretsOf,
    TokensOf tokensOf,
    SecretsInUse secretsInUse,
    EndpointAccess endpoints,
    WorkspaceEgress egress,
    ExecutionOptions options,
    JournalWriter writer,
    ExecutionEvents events,
    CallStarter calls,
    OutputStore outputs,
    OutputMemory memory,
    ClaimStore claims,
    Waker waker,
    HubDatabase database,
    TimeProvider clock,
    ILogger<ExecutionRunner> logger) : IDisposable
{
    private readonly CancellationTokenSource handOver = new();

    /// <summary>This process is about to stop: what runs ends its present attempt and is handed over.</summary>
    public void HandOver() => handOver.Cancel();

    public void Dispose() => handOver.Dispose();

    /// <summary>
    /// True when the execution is at its end, or another hub's; false when it is to be given back unfinished. Never fails: what goes wrong is in
    /// the execution's own record.
    /// </summary>
    public async Task<bool> RunAsync(RunningExecutions.Entry entry)
    {
        var claim = entry.Claim;
        if (claim.IsCancelRequested)
            entry.Cancel();
        try
        {
            return await RunAsync(claim, entry);
        }
        catch (JournalLostException lost)
        {
            if (await claim.IsAcceptedAsync())
                Log.Lost(logger, claim.ExecutionId, lost.Message);
            return true;
        }
        catch (Exception failure)
        {
            if (!await claim.IsAcceptedAsync())
                return true;
            Log.Interrupted(logger, claim.ExecutionId, failure);
            return false;
        }
    }

    private async Task<bool> RunAsync(Claim claim, RunningExecutions.Entry entry)
    {
        var startedAt = claim.StartedAt ?? clock.GetUtcNow();
        Plan plan;
        try
        {
            plan = claim.Plan ?? await plans.ReadAsync(claim.WorkspaceId, claim.PlanId, claim.PlanVersion, claim.PlanText, CancellationToken.None);
        }
        catch (PlanUnreadableException unreadable)
        {
            await JournalFor(claim, entry).FailAsync(
                new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = unreadable.Message }, null, startedAt, clock.GetUtcNow());
            return true;
        }

        var journal = JournalFor(claim, entry);
        if (claim.IsTakenUpAgain || claim.Parent is not null)
            journal.TellChanged();
        if (claim.IsLost)
            journal.Write(Warning("Taken up again where it stood, since the hub that ran it stopped."));
        var egressAllowed = await egress.AllowedAsync(new Actor(claim.UserId, claim.WorkspaceId), CancellationToken.None);
        return await RunAsync(claim, plan, journal, startedAt, egressAllowed, entry);
    }

    private async Task<bool> RunAsync(
        Claim claim, Plan plan, ExecutionJournal journal, DateTimeOffset startedAt, IReadOnlyList<string> egressAllowed, RunningExecutions.Entry entry)
    {
        var doomed = claim.Doomed;
        if (doomed is null && claim.Losses > ExecutionLimits.LossesMax)
            await claims.DoomAsync(claim, doomed = CutOffTooOften(claim), CancellationToken.None);
        using var redactor = secretsInUse.Begin();
        while (true)
        {
            try
            {
                return await RunAsync(claim, plan, journal, startedAt, egressAllowed, entry, redactor, doomed);
            }
            catch (Exception failure) when (failure is not JournalLostException)
            {
                if (!await claim.IsAcceptedAsync())
                    return true;
                Log.Failed(logger, claim.ExecutionId, failure);
                var error = new ProviderError
                {
                    Kind = ProviderErrorKind.Internal,
                    Message = failure is JournalRefusedException
                        ? failure.Message
                        : "The hub itself failed while it ran this execution. Its log says how; look for the execution's id.",
                };
                if (doomed is not null || plan.OnFailure.Count == 0)
                {
                    await journal.FailAsync(doomed ?? error, null, startedAt, clock.GetUtcNow());
                    return true;
                }

                // What the plan does on a failure is done for this one too.
                journal.Forgive();
                await claims.DoomAsync(claim, doomed = error, CancellationToken.None);
            }
        }
    }

    private async Task<bool> RunAsync(
        Claim claim, Plan plan, ExecutionJournal journal, DateTimeOffset startedAt, IReadOnlyList<string> egressAllowed, RunningExecutions.Entry entry,
        Redactor redactor, ProviderError? doomed)
    {
        var actor = new Actor(claim.UserId, claim.WorkspaceId);
        var found = secretsOf(actor);
        using var wiping = found as IDisposable;
        var secrets = claim.Accept is null ? found : new SecretsOnceAccepted(found, claim);
        using var held = memory.Begin();
        var run = new PlanRun
        {
            ExecutionId = claim.ExecutionId,
            Plan = plan,
            Inputs = ExecutionJson.Parse(claim.Inputs),
            Trigger = claim.Trigger is { } trigger ? ExecutionJson.Parse(trigger) : null,
            Recorded = claim.Recorded,
            Signals = entry.Signals,
            Stays = ExecutionLimits.Stays,
            StartedAt = startedAt,
            CallEndsAt = claim.CallEndsAt,
            Failed = doomed,
            Secrets = secrets,
            Redactor = redactor,
            Endpoints = new ExecutionFilesOpener(
                endpoints.OpenerFor(actor, new RedactingSecrets(secrets, redactor), notice => WriteNotice(journal, redactor.Text(notice))), database, actor),
            EgressAllowed = egressAllowed,
            Tokens = tokensOf(actor),
            ProgramsAllowed = options.ProgramsAllowed,
            Memory = held,
            Ai = new WorkspaceAi(database, actor, clock),
            Files = new FileKeeper(database.Worker, claim, redactor, options.FileBytesMax, clock),
            Manifests = new ExecutionManifests(database.Worker, claim, redactor, clock),
            Environment = options.Environment,
            HandOver = handOver.Token,
        };
        var outcome = await runner.RunAsync(run, journal, entry.Stop);
        if (outcome.Status == ExecutionStatus.Queued)
        {
            await journal.FlushAsync();
            return false;
        }

        if (outcome.Status == ExecutionStatus.Waiting)
        {
            if (!await journal.ParkAsync(outcome, entry.SignalsKnownTo(outcome.Waits)) && outcome.WakeAt is { } wakeAt)
                waker.Expect(wakeAt);
            return true;
        }

        await journal.EndAsync(outcome, startedAt, clock.GetUtcNow());
        return true;
    }

    private ExecutionJournal JournalFor(Claim claim, RunningExecutions.Entry entry) =>
        new(writer, events, calls, outputs, claim, entry.Cancel);

    /// <summary>What an endpoint tells from whatever thread it is on. Whether the claim still stands is the runner's business, not that thread's.</summary>
    private void WriteNotice(ExecutionJournal journal, string notice)
    {
        try
        {
            journal.Write(Warning(notice));
        }
        catch (JournalLostException)
        {
            // The execution is another hub's, and this one is about to notice.
        }
    }

    private static ProviderError CutOffTooOften(Claim claim) => new()
    {
        Kind = ProviderErrorKind.Internal,
        Message = $"The hub ended {claim.Losses} times in a row while it ran this execution, and no step came to its end meanwhile. "
            + "If a step of it ends the hub, as by using up its memory, change that step; then run the execution again.",
    };

    private ExecutionLogLine Warning(string message) => new()
    {
        Time = clock.GetUtcNow(),
        Level = StepLogLevel.Warning,
        Message = message,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Execution {ExecutionId} is no longer this hub's: {Reason}")]
        public static partial void Lost(ILogger logger, Guid executionId, string reason);

        [LoggerMessage(2, LogLevel.Error, "Execution {ExecutionId} failed by the hub's own fault.")]
        public static partial void Failed(ILogger logger, Guid executionId, Exception failure);

        [LoggerMessage(3, LogLevel.Error, "Execution {ExecutionId} could not go on here; it is queued again.")]
        public static partial void Interrupted(ILogger logger, Guid executionId, Exception failure);
    }
}
