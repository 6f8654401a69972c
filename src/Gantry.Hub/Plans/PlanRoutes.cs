using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Plans;

/// <summary>Plans by name or id. Every change is a new version, under <c>If-Match</c> when the caller says which one it changes.</summary>
internal static class PlanRoutes
{
    private const int OriginLengthMax = 200;

    public static void MapPlans(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/plans").WithTags("Plans");
        group.MapGet("", ListAsync).Allow(Access.Viewer).WithSummary("Lists the plans by name.").WithQuery("origin", "Only the plans that come from there.");
        group.MapPost("", CreateAsync).Allow(Access.Editor).WithSummary("Saves a plan under a new name: a plan as JSON or YAML.")
            .Takes<JsonElement>("application/json", "application/yaml").Produces<ShownPlan>(201).Refuses(409, 415, 422);
        group.MapPost("/check", CheckAsync).Allow(Access.Viewer)
            .WithSummary("Finds all that is wrong with a plan without running it, each with line and column.")
            .Takes<JsonElement>("application/json", "application/yaml").Produces<PlanVerdict>().Refuses(415);
        group.MapGet("/{plan}", ShowAsync).Allow(Access.Viewer).WithSummary("Shows a plan by name or id; the ETag is its version.").Produces<ShownPlan>();
        group.MapPut("/{plan}", ChangeAsync).Allow(Access.Editor)
            .WithSummary("Saves a new version; under If-Match only when nobody else changed it.")
            .Takes<JsonElement>("application/json", "application/yaml").WithHeader("If-Match", "The ETag of the version that is to be replaced.")
            .WithQuery("origin", "Where the plan comes from, such as the name of a checkout; kept as it is if not given.")
            .Produces<ShownPlan>().Produces<ShownPlan>(201).Refuses(409, 412, 415, 422);
        group.MapDelete("/{plan}", DeleteAsync).Allow(Access.Editor).WithSummary("Deletes a plan; what it ran stays.")
            .WithQuery("origin", "Deletes the plan only if it comes from there.").Produces(204).Refuses(409);
        group.MapGet("/{plan}/versions", VersionsAsync).Allow(Access.Viewer).WithSummary("Lists a plan's versions, the newest first.");
        group.MapGet("/{plan}/versions/{version:int}", VersionAsync).Allow(Access.Viewer).WithSummary("Shows one version and its text.");
        group.MapGet("/{plan}/diff", DiffAsync).Allow(Access.Viewer)
            .WithSummary("Tells what two versions differ in, by steps and as texts.")
            .WithQuery("from", "The one version; the one before 'to' if not given.").WithQuery("to", "The other; the newest if not given.").Produces<PlanDiff>();
        group.MapPost("/{plan}/versions/{version:int}/restore", RestoreAsync).Allow(Access.Editor)
            .WithSummary("Makes an old version the newest again.").Produces<ShownPlan>();
    }

    /// <summary>For every route that names a plan: what is not the caller's is not there.</summary>
    public static async Task<SavedPlanRow> FindAsync(HubSession session, string plan, CancellationToken cancellationToken) =>
        await PlanStore.FindAsync(session, plan, cancellationToken) ?? throw NotFound(plan);

    private static async Task<Page<SavedPlanRow>> ListAsync(
        Caller caller, HubDatabase database, string? origin, string? limit, string? after, CancellationToken cancellationToken)
    {
        var (from, count) = (OriginFrom(origin), PageQuery.Limit(limit));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return Page<SavedPlanRow>.From(await PlanStore.ListAsync(session, from, after, count + 1, cancellationToken), count, plan => plan.Name);
    }

    private static async Task<IResult> CheckAsync(HttpRequest request, Caller caller, PlanLibrary plans, HubDatabase database, CancellationToken cancellationToken)
    {
        var source = await PlanBody.ReadPlanAsync(request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await plans.CheckAsync(session, source, null, cancellationToken);
        return Results.Json(new PlanVerdict(found.Findings.Count == 0, found.Findings, [.. (found.Plan?.Triggers ?? []).OfType<ScheduleTrigger>().Select(schedule => schedule.Words)]), HubJson.Options);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, Caller caller, PlanLibrary plans, HubDatabase database, PlanSaved saved, CancellationToken cancellationToken)
    {
        var source = await PlanBody.ReadPlanAsync(context.Request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await plans.CheckAsync(session, source, null, cancellationToken);
        if (found.Plan is not { } plan)
            return PlanProblem.Of(found.Findings);
        var name = NameOf(plan, null);
        return await SaveNewAsync(context, session, name, plan, source, null, saved, cancellationToken);
    }

    private static async Task<IResult> SaveNewAsync(
        HttpContext context, HubSession session, string name, Plan plan, string source, string? origin, PlanSaved saved, CancellationToken cancellationToken)
    {
        var row = await AddAsync(context, session, name, plan, source, origin, saved, cancellationToken);
        await session.CommitAsync(cancellationToken);
        context.Response.Headers.Location = $"/api/plans/{row.Id}";
        return Answer(context, row, source, StatusCodes.Status201Created);
    }

    /// <summary>A new plan with its audit entry and what follows from it, to be committed by the caller. A name that is taken is a problem of the request.</summary>
    public static async Task<SavedPlanRow> AddAsync(
        HttpContext context, HubSession session, string name, Plan plan, string source, string? origin, PlanSaved saved, CancellationToken cancellationToken)
    {
        var row = await PlanStore.CreateAsync(session, name, plan.Description, source, cancellationToken)
            ?? throw ProblemException.Conflict($"There is a plan '{name}' already. Change it by PUT /api/plans/{Uri.EscapeDataString(name)}, or choose another name.");
        if (origin is not null)
            row = await PlanStore.MoveAsync(session, row, origin, cancellationToken);
        await saved(session, row, plan, cancellationToken);
        await AuditLog.AppendAsync(session, context, "plan.created", row.Id.ToString(), new { name, version = 1, origin }, cancellationToken);
        return row;
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, Caller caller, string plan, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, NameFrom(plan), cancellationToken);
        var version = await PlanStore.VersionAsync(session, row.Id, row.Version, cancellationToken);
        return Answer(context, row, version!.Source!, StatusCodes.Status200OK);
    }

    /// <summary>Makes the plan what the body says; a name that nobody has is made a plan.</summary>
    private static async Task<IResult> ChangeAsync(
        HttpContext context, Caller caller, string plan, string? origin, PlanLibrary plans, HubDatabase database, PlanSaved saved, CancellationToken cancellationToken)
    {
        (plan, origin) = (NameFrom(plan), OriginFrom(origin));
        var source = await PlanBody.ReadPlanAsync(context.Request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var known = await PlanStore.FindAsync(session, plan, cancellationToken);
        var found = await plans.CheckAsync(session, source, known?.Name ?? plan, cancellationToken);
        if (found.Plan is not { } read)
            return PlanProblem.Of(found.Findings);
        if (known is not { } row)
        {
            if (Guid.TryParse(plan, out _) || IfMatch(context) is not null || (read.Name is { } other && other != plan))
                throw NotFound(plan);
            return await SaveNewAsync(context, session, NameOf(read, plan), read, source, origin, saved, cancellationToken);
        }

        RefuseOtherVersion(context, row);
        var newest = await PlanStore.VersionAsync(session, row.Id, row.Version, cancellationToken);

        // What starts by itself starts as whoever saved it: that has to be somebody who may.
        var isForsaken = (read.Triggers.Count > 0 || read.Notify is not null) && !await PlanStore.MaySaverStartAsync(session, row, cancellationToken);
        return newest!.Source != source || isForsaken ? await SaveAsync(context, session, row, read, source, "plan.changed", origin, saved, cancellationToken)
            : origin is null || origin == row.Origin ? Answer(context, row, source, StatusCodes.Status200OK)
            : await MoveAsync(context, session, row, source, origin, cancellationToken);
    }

    /// <summary>The same text from elsewhere is no new version.</summary>
    private static async Task<IResult> MoveAsync(
        HttpContext context, HubSession session, SavedPlanRow row, string source, string origin, CancellationToken cancellationToken)
    {
        var moved = await PlanStore.MoveAsync(session, row, origin, cancellationToken);
        await AuditLog.AppendAsync(session, context, "plan.moved", row.Id.ToString(), new { name = row.Name, from = row.Origin, origin }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Answer(context, moved, source, StatusCodes.Status200OK);
    }

    private static async Task<IResult> SaveAsync(
        HttpContext context, HubSession session, SavedPlanRow row, Plan plan, string source, string action, string? origin, PlanSaved follow, CancellationToken cancellationToken)
    {
        try
        {
            var saved = await PlanStore.ChangeAsync(
                session, row.Id, row.Version, NameOf(plan, row.Name), plan.Description, source, cancellationToken) ?? throw Changed(row);
            if (origin is not null)
                saved = await PlanStore.MoveAsync(session, saved, origin, cancellationToken);
            await follow(session, saved, plan, cancellationToken);
            await AuditLog.AppendAsync(
                session, context, action, row.Id.ToString(), new { name = saved.Name, version = saved.Version, origin }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return Answer(context, saved, source, StatusCodes.Status200OK);
        }
        catch (PostgresException taken) when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "execution_plans_by_name" })
        {
            throw ProblemException.Conflict($"There is another plan '{plan.Name}' already.");
        }
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, Caller caller, string plan, string? origin, HubDatabase database, CancellationToken cancellationToken)
    {
        origin = OriginFrom(origin);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, NameFrom(plan), cancellationToken);
        RefuseOtherVersion(context, row);
        if (origin is not null && origin != row.Origin)
            throw ProblemException.Conflict($"The plan '{row.Name}' {(row.Origin is { } other ? $"comes from '{other}'" : "has no origin")}, and not from '{origin}'. Nothing was deleted.");
        if (!await PlanStore.DeleteAsync(session, row.Id, row.Version, cancellationToken))
            throw Changed(row);
        await AuditLog.AppendAsync(session, context, "plan.deleted", row.Id.ToString(), new { name = row.Name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.NoContent();
    }

    private static async Task<Page<PlanVersionRow>> VersionsAsync(
        Caller caller, string plan, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, NameFrom(plan), cancellationToken);
        var versions = await PlanStore.VersionsAsync(session, row.Id, PageQuery.AfterNumber(after), count + 1, cancellationToken);
        return Page<PlanVersionRow>.From(versions, count, version => version.Version.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<PlanVersionRow> VersionAsync(
        Caller caller, string plan, int version, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await FindVersionAsync(session, await FindAsync(session, NameFrom(plan), cancellationToken), version, cancellationToken);
    }

    private static async Task<IResult> DiffAsync(
        Caller caller, string plan, string? from, string? to, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, NameFrom(plan), cancellationToken);
        var later = VersionFrom("to", to) ?? row.Version;
        var earlier = VersionFrom("from", from) ?? Math.Max(1, later - 1);
        var before = await FindVersionAsync(session, row, earlier, cancellationToken);
        var after = await FindVersionAsync(session, row, later, cancellationToken);
        try
        {
            return Results.Json(PlanDiff.Of(earlier, before.Source!, later, after.Source!), HubJson.Options);
        }
        catch (DocumentException unreadable)
        {
            throw new ProblemException(422, $"One of the versions cannot be read by this program: {unreadable.Message}");
        }
    }

    /// <summary>Null when it was not given.</summary>
    private static int? VersionFrom(string name, string? given)
    {
        if (given is null)
            return null;
        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version
            : throw ProblemException.Invalid($"The parameter '{name}' is the number of a version.");
    }

    /// <summary>The old text becomes the newest version.</summary>
    private static async Task<IResult> RestoreAsync(
        HttpContext context, Caller caller, string plan, int version, PlanLibrary plans, HubDatabase database, PlanSaved saved, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, NameFrom(plan), cancellationToken);
        RefuseOtherVersion(context, row);
        var source = (await FindVersionAsync(session, row, version, cancellationToken)).Source!;
        var found = await plans.CheckAsync(session, source, row.Name, cancellationToken);
        return found.Plan is { } read
            ? await SaveAsync(context, session, row, read, source, "plan.restored", null, saved, cancellationToken)
            : PlanProblem.Of(found.Findings);
    }

    private static async Task<PlanVersionRow> FindVersionAsync(
        HubSession session, SavedPlanRow row, int version, CancellationToken cancellationToken) =>
        await PlanStore.VersionAsync(session, row.Id, version, cancellationToken)
        ?? throw ProblemException.NotFound($"There is no version {version} of the plan '{row.Name}'; the newest is {row.Version}.");

    private static IResult Answer(HttpContext context, SavedPlanRow row, string source, int status)
    {
        context.Response.Headers.ETag = $"\"{row.Version}\"";
        return Results.Json(
            new ShownPlan(row.Id, row.Name, row.Description, row.Version, row.Origin, row.CreatedAt, row.UpdatedAt, source), HubJson.Options, statusCode: status);
    }

    private static string NameOf(Plan plan, string? otherwise) => plan.Name ?? otherwise
        ?? throw ProblemException.Invalid("A plan that is saved needs a name. Give it the field 'name'.");

    /// <summary>Null when it was not given.</summary>
    private static string? OriginFrom(string? given) => given is null or { Length: > 0 and <= OriginLengthMax } && given?.Any(char.IsControl) != true ? given
        : throw ProblemException.Invalid($"The parameter 'origin' is a name of 1 to {OriginLengthMax} characters.");

    // A slash in a path's part comes through as it was sent.
    private static string NameFrom(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static void RefuseOtherVersion(HttpContext context, SavedPlanRow row)
    {
        if (IfMatch(context) is { } version && version != $"\"{row.Version}\"" && version != "*")
            throw Changed(row);
    }

    private static string? IfMatch(HttpContext context) => context.Request.Headers.IfMatch is [{ } version, ..] ? version.Trim() : null;

    private static ProblemException Changed(SavedPlanRow row) =>
        new(StatusCodes.Status412PreconditionFailed, $"The plan '{row.Name}' has changed meanwhile. Read it again, and change what it is now.");

    public static ProblemException NotFound(string plan) =>
        ProblemException.NotFound($"There is no plan '{(plan.Length <= 200 ? plan : plan[..200] + "…")}'.");

    /// <param name="Schedules">Its schedules as people say them, in their order: "Every day at 06:00 (Europe/Berlin)"; none of a plan with errors.</param>
    private sealed record PlanVerdict(bool Ok, IReadOnlyList<PlanFinding> Errors, IReadOnlyList<string> Schedules);

    private sealed record ShownPlan(
        Guid Id, string Name, string? Description, int Version, string? Origin, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Source);
}
