using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Triggers.Watching;
using Gantry.Hub.Triggers.Webhooks;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers;

/// <summary>What starts plans by itself: schedules, webhooks, files, events of object stores, other executions' ends; and what each of them saw.</summary>
internal static class TriggerSlice
{
    public static void AddTriggers(this IServiceCollection services, TriggerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<PlanSaved>(PlanTriggers.SaveAsync);
        services.AddSingleton(Create<TriggerWork>);
        services.AddSingleton<TriggerStarter>();
        services.AddSingleton<ScheduleRun>();
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<ArrivalWatch>();
        services.AddSingleton(Create<WebhookFinder>);
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookRoutes>();
        services.AddSingleton(Create<ArrivalStore>);
        services.AddSingleton<WatchService>();
        services.AddHostedService(services => services.GetRequiredService<WatchService>());
        services.AddSingleton<Scheduler>();
        services.AddHostedService(services => services.GetRequiredService<Scheduler>());
    }

    public static void MapTriggers(this IEndpointRouteBuilder app)
    {
        var triggers = app.MapGroup("/api/triggers").WithTags("Triggers");
        triggers.MapGet("", TriggerRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists what starts plans by itself; with ?state=broken what does nothing now, and why.");
        triggers.MapGet("/{trigger}", TriggerRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows a trigger; a schedule with its next ten times.");
        triggers.MapPost("/{trigger}/pause", TriggerRoutes.PauseAsync).Allow(Access.Editor).WithSummary("Pauses a trigger, also through later versions of its plan.");
        triggers.MapPost("/{trigger}/resume", TriggerRoutes.ResumeAsync).Allow(Access.Editor).WithSummary("Resumes a trigger; what would have been meanwhile is not made up for.");
        triggers.MapPost("/{trigger}/run", TriggerRoutes.RunAsync).Allow(Access.Operator)
            .WithSummary("Starts a schedule's plan now, with the schedule's inputs and in one's own name; its times stay as they are.").Produces<EventView>(202).Refuses(409, 422);
        app.MapGet("/api/scheduler/jobs", TriggerRoutes.JobsAsync).Allow(Access.Viewer).WithTags("Triggers")
            .WithSummary("Lists all schedules with their next ten times and what came of the last.");
        app.MapGet("/api/scheduler/occurrences", OccurrenceRoutes.ListAsync).Allow(Access.Viewer).WithTags("Triggers")
            .WithSummary("Lists when each schedule that is not paused runs within a span of time: for calendars.")
            .WithQuery("from", "The beginning; now if not given.").WithQuery("until", "The end, at most 62 days later; a week later if not given.");
        triggers.MapDelete("/{trigger}", TriggerRoutes.RemoveAsync).Allow(Access.Editor).WithSummary("Takes a trigger away that was set beside its plan's text.").Produces(204).Refuses(409);
        app.MapPost("/api/plans/{plan}/triggers", TriggerRoutes.SetAsync).Allow(Access.Editor).WithTags("Triggers")
            .WithSummary("Sets what starts the plan beside its text, such as {\"files\": {\"endpoint\": \"incoming\", \"match\": \"*.csv\", \"batch\": true}}: one of each kind, in the place of the one before.")
            .Takes<TriggerRequest>().Refuses(409, 415, 422);
        app.MapPost("/api/plans/{plan}/schedule", TriggerRoutes.ScheduleAsync).Allow(Access.Editor).WithTags("Triggers")
            .WithSummary("Sets the plan's schedule beside its text, or, without a body, resumes its schedules.").MayTake<ScheduleRequest>().Refuses(415, 422);
        app.MapPost("/api/plans/{plan}/unschedule", TriggerRoutes.UnscheduleAsync).Allow(Access.Editor).WithTags("Triggers")
            .WithSummary("Takes the schedule away that was set beside the plan's text, and pauses those of its text.");

        var webhooks = app.ServiceProvider.GetRequiredService<WebhookRoutes>();
        var guard = new OwnGuard(WebhookBody.BytesMax);
        app.MapPost("/api/webhook/{**path}", webhooks.CallAsync).Allow(Access.Anyone).WithMetadata(guard).WithTags("Triggers")
            .WithSummary("Calls a webhook: PATH in the workspace 'default', ~WORKSPACE/PATH in any; by the verb that it has.").Takes<JsonElement>("application/json", "application/x-www-form-urlencoded", "text/plain")
            .Produces<WebhookAnswer>().Produces<WebhookAnswer>(202).Refuses(404, 422);
        app.MapMethods("/api/webhook/{**path}", ["PUT", "PATCH", "DELETE", "GET"], webhooks.CallAsync).Allow(Access.Anyone).WithMetadata(guard).ExcludeFromDescription();

        var events = app.MapGroup("/api/events").WithTags("Triggers");
        events.MapGet("", EventRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists what triggers saw, the newest first.");
        events.MapGet("/{event}", EventRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows one event with what its trigger saw.");
        events.MapPost("/{event}/replay", EventRoutes.ReplayAsync).Allow(Access.Operator).WithSummary("Tries an event once more, now.").Produces<EventView>(202).Refuses(409);
        events.MapPost("/replay", EventRoutes.ReplayAllAsync).Allow(Access.Operator).WithSummary("Tries all events once more that fit.").Produces<ReplayView>(202);
    }

    /// <summary>For what works across workspaces, on the worker's own pool.</summary>
    private static T Create<T>(IServiceProvider services) =>
        ActivatorUtilities.CreateInstance<T>(services, services.GetRequiredService<HubDatabase>().Worker);
}
