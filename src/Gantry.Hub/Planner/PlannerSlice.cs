using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>Plans from plain words: an AI that the workspace is connected to drafts, the hub checks, and a person decides. Nothing here runs a plan.</summary>
internal static class PlannerSlice
{
    public static void AddPlanner(this IServiceCollection services)
    {
        services.AddSingleton<PlannerBudget>();
        services.AddSingleton<ActionSearch>();
        services.AddSingleton<DraftCheck>();
        services.AddSingleton<Drafter>();
    }

    public static void MapPlanner(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/ai-planner").WithTags("Plans");
        group.MapPost("", PlannerRoutes.DraftAsync).Allow(Access.Operator).WithSummary("Has an AI draft a plan from plain words; it is stored as a draft and not run.")
            .Produces<DraftView>(201).Refuses(422, 429, 502, 504);
        group.MapGet("/drafts", PlannerRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists the drafts, the newest first.");
        group.MapGet("/drafts/{draft}", PlannerRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows a draft: the plan, its steps in plain words, and what is missing.");
        group.MapPost("/drafts/{draft}/approve", PlannerRoutes.ApproveAsync).Allow(Access.Editor).WithSummary("Saves a draft as a plan, as it is or as a person changed it. Nothing is started.")
            .Produces<ApprovedDraft>(201).Refuses(409, 422);
        group.MapDelete("/drafts/{draft}", PlannerRoutes.DeleteAsync).Allow(Access.Operator).WithSummary("Deletes a draft; a plan that was made of it stays.").Produces(204);
        group.MapGet("/settings", PlannerRoutes.ShowSettingsAsync).Allow(Access.Viewer).WithSummary("Shows which AI drafts, its budget a day, and what of it is used.");
        group.MapPut("/settings", PlannerRoutes.ChangeSettingsAsync).Allow(Access.Owner).WithSummary("Says which AI drafts, and its budget a day.")
            .Refuses(422);
    }
}
