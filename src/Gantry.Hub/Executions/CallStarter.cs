using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;

namespace Gantry.Hub.Executions;

/// <summary>Makes the start of a called plan ready, for the transaction that records the step which calls it.</summary>
internal sealed class CallStarter(PlanFinder finder, PlanLibrary plans, TurnOf turns, WorkNews work, TimeProvider clock)
{
    /// <exception cref="CallRefusedException">There is no such plan, its inputs do not fit, or calls are nested too deeply.</exception>
    public async Task<AcceptRecord> PrepareAsync(Claim caller, string stepPath, PlanCall call, CancellationToken cancellationToken)
    {
        if (caller.Depth >= ExecutionLimits.CallDepthMax)
        {
            throw Refused($"The plan '{call.Plan}' is not called: plans call plans at most {ExecutionLimits.CallDepthMax} deep. "
                + "Look for a plan that calls itself, perhaps by way of others.");
        }

        var row = await finder.FindAsync(new Actor(caller.UserId, caller.WorkspaceId), call.Plan, cancellationToken)
            ?? throw Refused($"There is no plan '{call.Plan}' in this workspace, or whoever started this execution may not see it any more.");
        var plan = await ReadAsync(caller.WorkspaceId, row, cancellationToken);
        var inputs = InputsFor(plan, call);
        return new AcceptRecord
        {
            ExecutionId = call.ExecutionId,
            WorkspaceId = caller.WorkspaceId,
            UserId = caller.UserId,
            PlanId = row.Id,
            PlanVersion = row.Version,
            PlanName = row.Name,
            Inputs = inputs.GetRawText(),
            CreatedAt = clock.GetUtcNow(),
            Caller = new CallLink(caller.ExecutionId, stepPath, caller.Fence, call.IsAwaited, caller.Depth + 1),
            Turn = TurnFor(caller, call, plan, row, inputs),
        };
    }

    /// <summary>What was prepared is accepted and can be claimed.</summary>
    public void Publish(Guid executionId) => work.Publish([executionId]);

    private async Task<Plan> ReadAsync(Guid workspaceId, SavedPlanRow row, CancellationToken cancellationToken)
    {
        try
        {
            return await plans.ReadAsync(workspaceId, row.Id, row.Version, null, cancellationToken);
        }
        catch (PlanUnreadableException unreadable)
        {
            throw Refused($"The plan '{row.Name}' cannot be called. {unreadable.Message}");
        }
    }

    private static JsonElement InputsFor(Plan plan, PlanCall call)
    {
        var findings = new List<SettingFinding>();
        var inputs = PlanInputs.Complete(plan, call.Inputs, findings);
        if (findings.Count > 0)
            throw Refused($"The inputs do not fit the plan '{call.Plan}': " + string.Join(" ", findings.Select(finding => finding.Message)));
        return inputs.GetRawText().Length <= ExecutionLimits.InputsBytesMax ? inputs
            : throw Refused($"The inputs for the plan '{call.Plan}' are larger than 1 MB. Give the place of the data instead of the data.");
    }

    private Turn? TurnFor(Claim caller, PlanCall call, Plan plan, SavedPlanRow row, JsonElement inputs)
    {
        try
        {
            return turns.Of(plan, caller.WorkspaceId, row.Id, call.ExecutionId, inputs, trigger: null);
        }
        catch (ConcurrencyKeyException wrong)
        {
            throw Refused($"The plan '{call.Plan}' is not called. {wrong.Message}");
        }
    }

    private static CallRefusedException Refused(string message) => new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = message });
}
