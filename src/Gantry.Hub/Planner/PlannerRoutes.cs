using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>Drafts: asked for, read, saved as plans by whoever may save plans, deleted. No route here starts anything.</summary>
internal static class PlannerRoutes
{
    private const int PromptCharactersMax = 8_000;
    private const int ModelCharactersMax = 200;

    public static async Task<IResult> DraftAsync(HttpContext context, Caller caller, DraftRequest request, Drafter drafter, HubDatabase database, CancellationToken cancellationToken)
    {
        request = request with { Prompt = request.Prompt.Trim() };
        if (request.Prompt.Length is 0 or > PromptCharactersMax || request.Prompt.Contains('\0'))
            throw ProblemException.Invalid($"The field 'prompt' says in 1 to {PromptCharactersMax} characters what the plan is to do.");
        CheckNames(request.Model, request.Connection);
        var draft = await drafter.DraftAsync(caller.Actor, request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await DraftStore.AddAsync(session, draft, cancellationToken);
        await AuditLog.AppendAsync(session, context, "ai_draft.created", draft.Id.ToString(),
            new { draft.Provider, draft.Model, draft.Tokens, uses = draft.Checked.Uses, findings = draft.Findings.Count }, cancellationToken);
        var view = (await DraftStore.FindAsync(session, draft.Id, cancellationToken))!;
        await session.CommitAsync(cancellationToken);
        return TypedResults.Created($"/api/ai-planner/drafts/{draft.Id}", view);
    }

    public static async Task<Page<DraftView>> ListAsync(Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var (count, from) = (PageQuery.Limit(limit), PageQuery.AfterId(after));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return Page<DraftView>.From(await DraftStore.ListAsync(session, from, count + 1, cancellationToken), count, draft => draft.Draft.ToString());
    }

    public static async Task<DraftView> ShowAsync(string draft, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await FindAsync(session, draft, cancellationToken);
    }

    /// <summary>The draft's text as it is, or as the person who approves it changed it, becomes a plan, if it is right as things stand now.</summary>
    public static async Task<IResult> ApproveAsync(
        HttpContext context, string draft, ApproveRequest? request, Caller caller, HubDatabase database, PlanLibrary plans, PlanSaved saved, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await FindAsync(session, draft, cancellationToken);
        if (found.ApprovedAt is not null) throw ProblemException.Conflict("This draft has been approved already.");
        if ((request?.Plan ?? found.Plan) is not { } source) throw new ProblemException(422, "The draft holds no plan. Ask for another one, in other words.");
        var checkedPlan = await plans.CheckAsync(session, source, null, cancellationToken);
        if (checkedPlan.Plan is not { } plan) return PlanProblem.Of(checkedPlan.Findings);
        if (plan.Name is not { } name) throw new ProblemException(422, "A plan that is saved needs a name, and the draft's plan has none. Write 'name: …' into it.");
        var row = await PlanRoutes.AddAsync(context, session, name, plan, source, null, saved, cancellationToken);
        if (!await DraftStore.ApproveAsync(session, found.Draft, row.Id, cancellationToken)) throw ProblemException.Conflict("This draft has been approved already, or is gone.");
        await AuditLog.AppendAsync(session, context, "ai_draft.approved", found.Draft.ToString(), new { plan = name, changed = source != found.Plan }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.Created($"/api/plans/{row.Id}", new ApprovedDraft(found.Draft, row));
    }

    public static async Task<IResult> DeleteAsync(HttpContext context, string draft, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await FindAsync(session, draft, cancellationToken);
        if (!await DraftStore.DeleteAsync(session, found.Draft, cancellationToken)) throw ProblemException.Forbidden("A draft is deleted by who asked for it, and by editors and owners of the workspace.");
        await AuditLog.AppendAsync(session, context, "ai_draft.deleted", found.Draft.ToString(), null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<PlannerView> ShowSettingsAsync(Caller caller, HubDatabase database, PlannerBudget budget, ProviderCatalog catalog, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return PlannerView.Of(await PlannerSettings.ReadAsync(session, cancellationToken), await budget.UseAsync(session, cancellationToken), catalog);
    }

    public static async Task<PlannerView> ChangeSettingsAsync(
        HttpContext context, Caller caller, PlannerSettings request, HubDatabase database, PlannerBudget budget, ProviderCatalog catalog, CancellationToken cancellationToken)
    {
        var known = ChatVendor.In(catalog);
        if (request.Provider is { } provider && known.All(vendor => vendor.Provider != provider))
            throw ProblemException.Invalid($"The field 'provider' is one of {string.Join(", ", known.Select(vendor => vendor.Provider))}.");
        if (request.Provider is null && (request.Model ?? request.Connection) is not null)
            throw ProblemException.Invalid("The fields 'model' and 'connection' are of a provider: say which, in the field 'provider'.");
        CheckNames(request.Model, request.Connection);
        if (request.TokensADay < 0 || request.RequestsADay < 0) throw ProblemException.Invalid("The fields 'tokens_a_day' and 'requests_a_day' are whole numbers from 0 on.");
        if (request.PlanTokensADay < 0 || request.PlanCostADay < 0) throw ProblemException.Invalid("The fields 'plan_tokens_a_day' and 'plan_cost_a_day' are numbers from 0 on.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await request.SaveAsync(session, cancellationToken);
        await AuditLog.AppendAsync(session, context, "ai_planner.changed", caller.WorkspaceName, request, cancellationToken);
        var view = PlannerView.Of(request, await budget.UseAsync(session, cancellationToken), catalog);
        await session.CommitAsync(cancellationToken);
        return view;
    }

    private static void CheckNames(string? model, string? connection)
    {
        if (model is not null && (model.Length is 0 or > ModelCharactersMax || model.Any(char.IsControl)))
            throw ProblemException.Invalid($"The field 'model' is a model's id, of 1 to {ModelCharactersMax} characters.");
        if (connection is not null && !SecretRef.IsName(connection))
            throw ProblemException.Invalid("The field 'connection' is the name of a provider's credentials, never their value.");
    }

    private static async Task<DraftView> FindAsync(HubSession session, string draft, CancellationToken cancellationToken) =>
        await DraftStore.FindAsync(session, PageQuery.Id(draft, "draft"), cancellationToken) ?? throw ProblemException.NotFound($"There is no draft '{EndpointPath.Printable(draft)}'.");
}

/// <param name="Prompt">What the plan is to do, in plain words.</param>
/// <param name="Provider">Which AI; what the workspace says when left out.</param>
/// <param name="Model">Which model of it.</param>
/// <param name="Connection">The name of the credentials; never a value.</param>
internal sealed record DraftRequest(string Prompt, string? Provider = null, string? Model = null, string? Connection = null);

/// <param name="Plan">The plan's text as a person changed it; the draft's own when left out.</param>
internal sealed record ApproveRequest(string? Plan = null);

/// <param name="Draft">The draft's id.</param>
/// <param name="Plan">The plan that was made of it. It has not been started.</param>
internal sealed record ApprovedDraft(Guid Draft, SavedPlanRow Plan);

/// <summary>What a workspace says about its AI, and how it stands.</summary>
/// <param name="TokensADay">The budget.</param>
/// <param name="RequestsADay">The budget.</param>
/// <param name="TokensToday">What of it is used, with what is being asked now.</param>
/// <param name="RequestsToday">The same.</param>
/// <param name="PlanTokensADay">What steps of plans may use; null when it is not bounded.</param>
/// <param name="PlanCostADay">The same by what vendors say that their answers cost.</param>
/// <param name="PlanTokensToday">What of it is used, with what is being asked now.</param>
/// <param name="PlanCostToday">The same.</param>
/// <param name="Providers">Who can draft, once there are credentials for them; the first comes first.</param>
internal sealed record PlannerView(
    string? Provider, string? Model, string? Connection, long TokensADay, long RequestsADay, long TokensToday, long RequestsToday,
    long? PlanTokensADay, decimal? PlanCostADay, long PlanTokensToday, decimal PlanCostToday, IReadOnlyList<PlannerProvider> Providers)
{
    public static PlannerView Of(PlannerSettings settings, PlannerUse use, ProviderCatalog catalog) => new(
        settings.Provider, settings.Model, settings.Connection, settings.TokensADay ?? PlannerBudget.TokensDefault, settings.RequestsADay ?? PlannerBudget.RequestsDefault,
        use.Tokens, use.Requests, settings.PlanTokensADay, settings.PlanCostADay, use.PlanTokens, use.PlanCost,
        [.. ChatVendor.In(catalog).Select(vendor => new PlannerProvider(vendor.Provider, catalog.Find(vendor.Provider)!.Title, vendor.Model))]);
}

/// <param name="Id">The provider's.</param>
/// <param name="Model">Which of its models is asked when nobody says which; null when that must be said.</param>
internal sealed record PlannerProvider(string Id, string Title, string? Model);
