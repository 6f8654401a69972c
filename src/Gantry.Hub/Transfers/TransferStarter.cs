using Gantry.Engine.Plans;
using Gantry.Hub.Audit;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>Starts transfers: each is an execution of the plan that it says.</summary>
internal sealed class TransferStarter(ExecuteRoutes executions, PlanLibrary plans)
{
    /// <param name="context">Of the request; its Idempotency-Key counts.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What is moved.</param>
    /// <param name="name">What the history shows it as.</param>
    /// <param name="retryOf">The transfer whose failures it takes up; null for a new one.</param>
    /// <param name="hash">Tells requests with the same key apart.</param>
    /// <exception cref="ProblemException">It cannot be run.</exception>
    public Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, TransferSpec spec, string? name, Guid? retryOf, byte[] hash)
    {
        var text = TransferPlan.Write(spec);
        return StartAsync(context, caller, new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            PlanText = text,
            Plan = Check(text),
            Inputs = "{}",
            Transfer = Record(spec, name, null, retryOf),
        }, spec, hash);
    }

    /// <summary>Runs a template as it is saved.</summary>
    public Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, TransferSpec spec, SavedPlan saved, Plan plan, byte[] hash) =>
        StartAsync(context, caller, new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            Saved = saved,
            Plan = plan,
            Inputs = "{}",
            Transfer = Record(spec, saved.Name, saved.Id, null),
        }, spec, hash);

    /// <summary>The plan of a transfer, or why there can be none.</summary>
    public Plan Check(string text)
    {
        var found = plans.Check(text);
        return found.Plan ?? throw new ProblemException(
            StatusCodes.Status422UnprocessableEntity,
            "The transfer cannot be run: " + string.Join(' ', found.Findings.Select(finding => finding.Message).Distinct(StringComparer.Ordinal)));
    }

    private Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, ExecutionStart start, TransferSpec spec, byte[] hash)
    {
        var key = ExecuteRoutes.KeyOf(context.Request);
        var inputs = ExecuteRoutes.InputsFor(start.Plan, ExecutionJson.Parse(TransferPlan.InputsOf(spec)));
        return executions.BeginAsync(
            context,
            caller,
            start with { Inputs = inputs, Address = AuditLog.AddressOf(context), Key = key, RequestHash = key is null ? null : hash },
            ExecuteRoutes.WaitOf(context.Request));
    }

    private static TransferRecord Record(TransferSpec spec, string? name, Guid? templateId, Guid? retryOf) => new()
    {
        Name = name,
        Mode = spec.Mode,
        Request = spec.ToJson(),
        TemplateId = templateId,
        RetryOf = retryOf,
        SearchText = ExecutionJson.Storable(TransferGrams.TextOf([name, .. spec.From, .. spec.To])),
        Endpoints = spec.Endpoints,
    };
}
