using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>Starts transfers: each is an execution of the plan that it says.</summary>
internal sealed class TransferStarter(ExecuteRoutes executions, PlanLibrary plans, TemplateLibrary templates, TimeProvider clock)
{
    /// <param name="context">Of the request; its Idempotency-Key counts.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What is moved.</param>
    /// <param name="name">What the history shows it as.</param>
    /// <param name="retry">The transfer whose failures it takes up; null for a new one.</param>
    /// <param name="hash">Tells requests with the same key apart.</param>
    /// <exception cref="ProblemException">It cannot be run.</exception>
    public Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, TransferSpec spec, string? name, Retried? retry, byte[] hash)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var known = Fix(spec, id);
        var text = TransferPlan.Write(known);
        return StartAsync(context, caller, id, new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            PlanText = text,
            Plan = Check(text),
            Inputs = TransferPlan.InputsOf(known),
            Trigger = retry?.Trigger,
            Transfer = Record(known, name, null, retry?.Id),
        }, hash);
    }

    /// <summary>Runs a template.</summary>
    public Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, TransferSpec spec, SavedPlan saved, Plan plan, byte[] hash)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        return StartAsync(context, caller, id, OfTemplate(new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            Saved = saved,
            Plan = plan,
            Inputs = TransferPlan.InputsOf(spec),
        }, spec, id), hash);
    }

    /// <summary>The start of a plan by what nobody asked for as a transfer: when the plan is a template it is one all the same, and otherwise what it was.</summary>
    /// <exception cref="ProblemException">The inputs name no files, or a place has a variable that is not known.</exception>
    public async ValueTask<ExecutionStart> AsTransferAsync(ExecutionStart start, Guid id, CancellationToken cancellationToken) =>
        start.Saved is { } saved && await templates.FindAsync(new Actor(start.UserId, start.WorkspaceId), saved, cancellationToken) is { } template
            ? OfTemplate(start, TransferSpecs.WithFiles(template.Spec, TransferPlan.FilesOf(start.Inputs)), id)
            : start;

    /// <summary>The plan of a transfer, or why there can be none.</summary>
    public Plan Check(string text)
    {
        var found = plans.Check(text);
        return found.Plan ?? throw Refused(string.Join(' ', found.Findings.Select(finding => finding.Message).Distinct(StringComparer.Ordinal)));
    }

    /// <summary>The targets as they are for this execution.</summary>
    /// <exception cref="ProblemException">One of them has a variable that is not known.</exception>
    public static TransferSpec Fix(TransferSpec spec, Guid execution)
    {
        try
        {
            return TransferPlan.Fix(spec, execution);
        }
        catch (EndpointException wrong)
        {
            throw Refused(wrong.Message);
        }
    }

    private Task<(ExecutionView View, int Status)> StartAsync(HttpContext context, Caller caller, Guid id, ExecutionStart start, byte[] hash)
    {
        var key = ExecuteRoutes.KeyOf(context.Request);
        var inputs = ExecuteRoutes.InputsFor(start.Plan, ExecutionJson.Parse(start.Inputs));
        return executions.BeginAsync(
            context,
            caller,
            start with { Inputs = inputs, Address = AuditLog.AddressOf(context), Key = key, RequestHash = key is null ? null : hash },
            id,
            ExecuteRoutes.WaitOf(context.Request));
    }

    /// <summary>A template as it is saved; a chain whose places depend on the time, as it is at this moment.</summary>
    private ExecutionStart OfTemplate(ExecutionStart start, TransferSpec spec, Guid id)
    {
        var known = Fix(spec, id);
        var moved = start with { Transfer = Record(known, start.Saved!.Name, start.Saved.Id, null) };
        if (!spec.IsChain || known.To.SequenceEqual(spec.To, StringComparer.Ordinal))
            return moved;
        var text = TransferPlan.Write(known, start.Saved.Name);
        var plan = Check(text);
        return moved with { Saved = null, PlanText = text, Plan = plan, Inputs = ExecuteRoutes.InputsFor(plan, ExecutionJson.Parse(TransferPlan.InputsOf(known))) };
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

    private static ProblemException Refused(string why) => new(StatusCodes.Status422UnprocessableEntity, "The transfer cannot be run: " + why);
}

/// <summary>A transfer that is taken up.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Trigger">JSON: what its trigger saw, which its places may name; null when a person started it.</param>
internal sealed record Retried(Guid Id, string? Trigger);
