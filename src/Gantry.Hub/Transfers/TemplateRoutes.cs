using System.Security.Cryptography;
using System.Text;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>Templates by name or id: saved, changed, run. Each is a plan, and every change a version of it.</summary>
internal static class TemplateRoutes
{
    public static async Task<Page<TemplateView>> ListAsync(Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await TemplateStore.ListAsync(session, after, count + 1, cancellationToken);
        return Page<TemplateView>.From([.. found.Select(row => TemplateView.Of(row, TransferTemplate.Parse(row.Template!)))], count, template => template.Name);
    }

    public static async Task<TemplateView> ShowAsync(string template, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var (row, found) = await FindAsync(session, template, cancellationToken);
        return TemplateView.Of(row, found);
    }

    public static async Task<IResult> AddAsync(TemplateRequest request, Caller caller, HttpContext context, HubDatabase database, EndpointAccess endpoints,
        TransferStarter starter, CancellationToken cancellationToken)
    {
        var name = TransferSpecs.CheckName(request.Name) ?? throw ProblemException.Invalid("A template needs a name. Give it the field 'name'.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await CreateAsync(context, session, name, request, endpoints, starter, cancellationToken);
    }

    /// <summary>Makes the template what the body says; a name that nobody has is made a template.</summary>
    public static async Task<IResult> PutAsync(string template, TemplateRequest request, Caller caller, HttpContext context, HubDatabase database, EndpointAccess endpoints,
        TransferStarter starter, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (await PlanStore.FindAsync(session, NameFrom(template), cancellationToken) is not { } plan)
        {
            var isOther = Guid.TryParse(template, out _) || (request.Name is { } other && other != NameFrom(template));
            return isOther ? throw NotThere(template) : await CreateAsync(context, session, TransferSpecs.CheckName(NameFrom(template))!, request, endpoints, starter, cancellationToken);
        }

        _ = await TemplateStore.FindAsync(session, plan.Id, cancellationToken)
            ?? throw ProblemException.Conflict($"'{plan.Name}' is a plan that was not saved as a template. Change it by PUT /api/plans/{plan.Id}, or choose another name.");
        var (text, found) = await CheckAsync(session, TransferSpecs.CheckName(request.Name) ?? plan.Name, request, endpoints, starter, cancellationToken);
        return await ChangeAsync(context, session, plan, request, text, found, cancellationToken);
    }

    public static async Task<IResult> DeleteAsync(string template, Caller caller, HttpContext context, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var plan = await PlanStore.FindAsync(session, NameFrom(template), cancellationToken) ?? throw NotThere(template);
        _ = await TemplateStore.FindAsync(session, plan.Id, cancellationToken) ?? throw NotThere(template);
        if (!await PlanStore.DeleteAsync(session, plan.Id, plan.Version, cancellationToken))
            throw Changed(plan.Name);
        await AuditLog.AppendAsync(session, context, "transfer_template.deleted", plan.Id.ToString(), new { name = plan.Name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.NoContent();
    }

    public static async Task<IResult> RunAsync(string template, HttpContext context, Caller caller, HubDatabase database, TransferStarter starter, PlanLibrary plans,
        TemplateRunRequest? request, CancellationToken cancellationToken)
    {
        TemplateRow row;
        TransferTemplate found;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
            (row, found) = await FindAsync(session, template, cancellationToken);
        var spec = TransferSpecs.WithFiles(found.Spec, request?.Files);
        var plan = await plans.ReadAsync(caller.WorkspaceId!.Value, row.Id, row.Version, null, cancellationToken);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{row.Id}\n{TransferPlan.InputsOf(spec)}"));
        var (execution, status) = await starter.StartAsync(context, caller, spec, new SavedPlan(row.Id, row.Version, row.Name), plan, hash);
        return await TransferRoutes.AnswerAsync(context, caller, database, execution.Id, status, cancellationToken);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, HubSession session, string name, TemplateRequest request, EndpointAccess endpoints,
        TransferStarter starter, CancellationToken cancellationToken)
    {
        var (text, template) = await CheckAsync(session, name, request, endpoints, starter, cancellationToken);
        var plan = await PlanStore.CreateAsync(session, name, request.Description, text, cancellationToken)
            ?? throw ProblemException.Conflict($"There is a plan or a template '{name}' already. Change it by PUT /api/transfer-templates/{Uri.EscapeDataString(name)}, or choose another name.");
        await TemplateStore.AddAsync(session, plan.Id, plan.Version, template.ToJson(), cancellationToken);
        return await SavedAsync(context, session, plan, "transfer_template.created", StatusCodes.Status201Created, cancellationToken);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, HubSession session, SavedPlanRow plan, TemplateRequest request, string text,
        TransferTemplate template, CancellationToken cancellationToken)
    {
        SavedPlanRow saved;
        try
        {
            saved = await PlanStore.ChangeAsync(session, plan.Id, plan.Version, TransferSpecs.CheckName(request.Name) ?? plan.Name, request.Description, text, cancellationToken)
                ?? throw Changed(plan.Name);
        }
        catch (Npgsql.PostgresException taken) when (taken.SqlState == Npgsql.PostgresErrorCodes.UniqueViolation)
        {
            throw ProblemException.Conflict($"There is another plan or template '{request.Name}' already.");
        }

        await TemplateStore.AddAsync(session, saved.Id, saved.Version, template.ToJson(), cancellationToken);
        return await SavedAsync(context, session, saved, "transfer_template.changed", StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<(string Text, TransferTemplate Template)> CheckAsync(HubSession session, string name, TemplateRequest request, EndpointAccess endpoints,
        TransferStarter starter, CancellationToken cancellationToken)
    {
        var template = TransferTemplate.Of(request);
        await TransferSpecs.CheckAsync(template.Spec, session, endpoints, cancellationToken);
        var text = TransferPlan.Write(template.Spec, name, request.Description, isTemplate: true);
        starter.Check(text);
        return (text, template);
    }

    private static async Task<IResult> SavedAsync(HttpContext context, HubSession session, SavedPlanRow plan, string action, int status, CancellationToken cancellationToken)
    {
        await AuditLog.AppendAsync(session, context, action, plan.Id.ToString(), new { name = plan.Name, version = plan.Version }, cancellationToken);
        var (row, template) = await FindAsync(session, plan.Id.ToString(), cancellationToken);
        await session.CommitAsync(cancellationToken);
        context.Response.Headers.Location = $"/api/transfer-templates/{plan.Id}";
        return Results.Json(TemplateView.Of(row, template), HubJson.Options, statusCode: status);
    }

    /// <summary>What is no template, or another workspace's, is not there.</summary>
    private static async Task<(TemplateRow Row, TransferTemplate Template)> FindAsync(HubSession session, string template, CancellationToken cancellationToken)
    {
        var plan = await PlanStore.FindAsync(session, NameFrom(template), cancellationToken) ?? throw NotThere(template);
        var row = await TemplateStore.FindAsync(session, plan.Id, cancellationToken) ?? throw NotThere(template);
        return row.Template is { } text
            ? (row, TransferTemplate.Parse(text))
            : throw ProblemException.Conflict(
                $"The template '{row.Name}' was changed as a plan since. Run it by POST /api/execute, restore a version of it by POST /api/plans/{row.Id}/versions/N/restore, or save the template anew.");
    }

    // A slash in a path's part comes through as it was sent.
    private static string NameFrom(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static ProblemException Changed(string name) =>
        new(StatusCodes.Status412PreconditionFailed, $"The template '{name}' has changed meanwhile. Read it again, and change what it is now.");

    private static ProblemException NotThere(string template) =>
        ProblemException.NotFound($"There is no transfer template '{(template.Length <= 200 ? template : template[..200] + "…")}'.");
}
