using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>Starting: a plan by name or as it stands, and an execution again.</summary>
internal sealed class ExecuteRoutes(
    HubDatabase database, PlanFinder finder, PlanLibrary plans, ExecutionStarter starter, EndWatch ends, ProviderCatalog providers, TimeProvider clock)
{
    private static readonly TimeSpan TestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    public async Task<IResult> ExecuteAsync(HttpContext context, Caller caller)
    {
        var wait = WaitOf(context.Request);
        var key = KeyOf(context.Request);
        var body = await StartBody.ReadAsync(context.Request, context.RequestAborted);
        var (saved, plan, findings) = body.PlanName is { } name
            ? await SavedAsync(caller, name, context.RequestAborted)
            : Given(plans.Check(body.PlanText!));
        if (plan is null)
            return PlanProblem.Of(findings);
        var start = new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            Saved = saved,
            PlanText = body.PlanText,
            Plan = plan,
            Inputs = InputsFor(plan, body.Inputs),
            Address = AuditLog.AddressOf(context),
            Key = key,
            RequestHash = key is null ? null : body.Hash,
        };
        return await StartAsync(context, caller, start, wait);
    }

    /// <summary>One step by itself, as an execution of its own.</summary>
    public async Task<IResult> TestStepAsync(HttpContext context, Caller caller)
    {
        var wait = WaitOf(context.Request) ?? TestWait;
        var (text, inputs) = await StepTest.ReadAsync(context.Request, providers, context.RequestAborted);
        var found = plans.Check(text);
        if (found.Plan is not { } plan)
            return PlanProblem.Of(found.Findings);
        var start = new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            PlanText = text,
            Plan = plan,
            Inputs = InputsFor(plan, inputs),
            Address = AuditLog.AddressOf(context),
        };
        return await StartAsync(context, caller, start, wait);
    }

    public async Task<IResult> RerunAsync(HttpContext context, Caller caller, string id)
    {
        var wait = WaitOf(context.Request);
        var key = KeyOf(context.Request);
        var body = await RerunBody.ReadAsync(context.Request, context.RequestAborted);
        ExecutionView old;
        TransferRecord? transfer;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
        {
            old = await ExecutionRoutes.FindAsync(session, id, context.RequestAborted);
            transfer = await TransferRecords.FindAsync(session, old.Id, context.RequestAborted);
        }

        var (saved, plan, findings) = old.PlanId is { } planId
            ? body.IsNewest
                ? await SavedAsync(caller, planId.ToString(), context.RequestAborted)
                : (new SavedPlan(planId, old.PlanVersion!.Value, old.PlanName!), await OldAsync(caller, old, context.RequestAborted), [])
            : Given(plans.Check(old.PlanText!));
        if (plan is null)
            return PlanProblem.Of(findings);
        var start = new ExecutionStart
        {
            WorkspaceId = caller.WorkspaceId!.Value,
            UserId = caller.UserId,
            Saved = saved,
            PlanText = old.PlanText,
            Results = body.From is { } from ? await TakenAsync(caller, old, plan, from, context.RequestAborted) : null,
            Plan = plan,
            Inputs = InputsFor(plan, body.Inputs ?? ExecutionJson.Parse(old.Inputs)),
            RerunOf = old.Id,
            Trigger = old.Trigger,
            Transfer = transfer,
            Address = AuditLog.AddressOf(context),
            Key = key,
            RequestHash = key is null ? null : [.. old.Id.ToByteArray(), .. body.Hash],
        };
        return await StartAsync(context, caller, start, wait);
    }

    /// <summary>The results of the steps before the one that is named, or before the one that failed.</summary>
    private async Task<TakenResults> TakenAsync(Caller caller, ExecutionView old, Plan plan, string from, CancellationToken cancellationToken)
    {
        if (!old.IsFinal)
            throw ProblemException.Conflict($"The execution is {old.Status}. Only one that is at its end can be run again from a step of it.");
        var isFailed = from == RerunBody.FromFailed;
        if (isFailed && old.FailedStep is null)
            throw ProblemException.Conflict("No step of the execution failed. Name the path of the step that is to be the first, or run all of it again.");
        var path = isFailed ? old.FailedStep! : from;
        IReadOnlyList<StepView> steps;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
            steps = await ExecutionStore.StepsAsync(session, old.Id, cancellationToken);
        path = steps.FirstOrDefault(step => step.Id == path && step.Path != path)?.Path ?? path;
        var before = TakeOver.From(plan, path, isFailed)
            ?? throw new ProblemException(422, $"The plan has no step '{path}'. Name a step by its path, such as 2 or 2.then.0, or by its id.");
        var taken = steps.Where(step => step.Status is "succeeded" or "skipped" && before.Has(step.Path)).ToList();
        return before.Misfit(taken) is { } misfit
            ? throw new ProblemException(422, $"{misfit} Run the whole plan again, or the version that was run.")
            : new TakenResults(old.Id, path, [.. taken.Select(step => step.Path)]);
    }

    private async Task<IResult> StartAsync(HttpContext context, Caller caller, ExecutionStart start, TimeSpan? wait)
    {
        var (view, status) = await BeginAsync(context, caller, start, Guid.CreateVersion7(clock.GetUtcNow()), wait);
        return Answer(context, view, status);
    }

    /// <summary>Starts it, or finds what the same key started before, and waits for the end when that is asked: the execution, and the status to answer with.</summary>
    public async Task<(ExecutionView View, int Status)> BeginAsync(HttpContext context, Caller caller, ExecutionStart start, Guid id, TimeSpan? wait)
    {
        using var ending = wait is null ? null : ends.Begin(id);
        var accepted = await AcceptAsync(start, id);
        if (accepted.Known is { } known)
            return await KnownAsync(context, caller, known, wait);
        if (accepted.Standing?.Status == "cancelled")
        {
            await using var session = await database.OpenAsync(caller.Actor, context.RequestAborted);
            return (await ExecutionRoutes.FindAsync(session, id.ToString(), context.RequestAborted), wait is null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
        }

        var view = ViewOf(start, accepted);
        if (ending is not null && await ends.WaitAsync(caller.Actor, view, ending, wait!.Value, context.RequestAborted) is { } ended)
            return (ended, StatusCodes.Status200OK);
        return (view, StatusCodes.Status202Accepted);
    }

    private async Task<AcceptedStart> AcceptAsync(ExecutionStart start, Guid id)
    {
        try
        {
            return await starter.StartAsync(start, id);
        }
        catch (ConcurrencyKeyException wrong)
        {
            throw new ProblemException(422, wrong.Message);
        }
    }

    private async Task<(ExecutionView View, int Status)> KnownAsync(HttpContext context, Caller caller, KnownStart known, TimeSpan? wait)
    {
        if (!known.IsSameRequest)
            throw new ProblemException(422, "This Idempotency-Key was used for another request within the last 24 hours. Send a new key with a new request.");
        using var ending = ends.Begin(known.ExecutionId);
        ExecutionView view;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
            view = await ExecutionRoutes.FindAsync(session, known.ExecutionId.ToString(), context.RequestAborted);
        if (wait is { } time && !view.IsFinal)
            view = await ends.WaitAsync(caller.Actor, view, ending, time, context.RequestAborted) ?? view;
        context.Response.Headers["Idempotency-Replayed"] = "true";
        return (view, wait is not null && view.IsFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private async Task<(SavedPlan? Saved, Plan? Plan, IReadOnlyList<PlanFinding> Findings)> SavedAsync(
        Caller caller, string name, CancellationToken cancellationToken)
    {
        var row = await finder.FindAsync(caller.Actor, name, cancellationToken) ?? throw PlanRoutes.NotFound(name);
        try
        {
            return (new SavedPlan(row.Id, row.Version, row.Name), await plans.ReadAsync(caller.WorkspaceId!.Value, row.Id, row.Version, null, cancellationToken), []);
        }
        catch (PlanUnreadableException unreadable)
        {
            throw new ProblemException(422, unreadable.Message);
        }
    }

    private async Task<Plan> OldAsync(Caller caller, ExecutionView old, CancellationToken cancellationToken)
    {
        try
        {
            return await plans.ReadAsync(caller.WorkspaceId!.Value, old.PlanId, old.PlanVersion, old.PlanText, cancellationToken);
        }
        catch (PlanUnreadableException unreadable)
        {
            throw new ProblemException(422, unreadable.Message);
        }
    }

    private static (SavedPlan? Saved, Plan? Plan, IReadOnlyList<PlanFinding> Findings) Given(CheckedPlan found) =>
        (null, found.Plan, found.Findings);

    /// <summary>The inputs as the execution gets them, the defaults filled in.</summary>
    public static string InputsFor(Plan plan, JsonElement? given)
    {
        var findings = new List<SettingFinding>();
        var inputs = PlanInputs.Complete(plan, given, findings);
        if (findings.Count > 0)
            throw new ProblemException(422, "The inputs do not fit the plan: " + string.Join(" ", findings.Select(finding => finding.Message)));
        var text = inputs.GetRawText();
        return text.Length <= ExecutionLimits.InputsBytesMax ? text
            : throw new ProblemException(413, "The inputs are larger than 1 MB. Give the place of the data instead of the data.");
    }

    /// <summary>An execution as it was just accepted.</summary>
    public static ExecutionView ViewOf(ExecutionStart start, AcceptedStart accepted) => new()
    {
        Id = accepted.ExecutionId,
        UserId = start.UserId,
        PlanId = start.Saved?.Id,
        PlanVersion = start.Saved?.Version,
        PlanName = start.Saved?.Name ?? start.Plan.Name,
        Inputs = start.Inputs,
        RerunOf = start.RerunOf,
        RerunFrom = start.Results?.From,
        IsTransfer = start.Transfer is not null,
        Status = accepted.IsClaimed ? "running" : "queued",
        WaitingFor = accepted.IsClaimed ? null : accepted.Standing?.WaitingFor ?? "a free worker",
        CreatedAt = accepted.CreatedAt,
        StartedAt = accepted.IsClaimed ? accepted.CreatedAt : null,
    };

    private static JsonAnswer Answer(HttpContext context, ExecutionView view, int status)
    {
        context.Response.Headers.Location = $"/api/executions/{view.Id}";
        return JsonAnswer.Of(json => view.Write(json), status);
    }

    /// <summary>Null when the request does not wait.</summary>
    public static TimeSpan? WaitOf(HttpRequest request)
    {
        if (request.Query["wait"] is not [{ } text, ..])
            return null;
        return Duration.TryParse(text, out var wait) && wait >= TimeSpan.Zero && wait <= WaitMax ? wait
            : throw ProblemException.Invalid("The parameter 'wait' is a time of at most 10 minutes, such as 30s.");
    }

    /// <summary>Null when none was given.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (SingleHeader.Of(request, "Idempotency-Key") is not { } key)
            return null;
        return key.Length is > 0 and <= ExecutionLimits.KeyCharactersMax && key.All(character => character is > ' ' and < '\x7F') ? key
            : throw ProblemException.Invalid("An Idempotency-Key has 1 to 255 visible ASCII characters.");
    }
}
