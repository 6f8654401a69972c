using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Triggers;
using Gantry.Hub.Web;

namespace Gantry.Hub.Notifications;

/// <summary>Telling people how executions ended: what plans and workspaces say, durably, and not more often than they say.</summary>
internal static class NotificationSlice
{
    public static void AddNotifications(this IServiceCollection services)
    {
        // The registration that counts is the last: what triggers do as a plan is saved comes before what notifications do.
        services.AddSingleton<PlanSaved>(async (session, row, plan, cancellationToken) =>
        {
            await PlanTriggers.SaveAsync(session, row, plan, cancellationToken);
            await NotificationRules.SaveAsync(session, row, plan, cancellationToken);
        });
        services.AddSingleton(services => new NotificationWork(services.GetRequiredService<HubDatabase>().Worker));
        services.AddSingleton<Notifier>();
        services.AddHostedService(services => services.GetRequiredService<Notifier>());
    }

    public static void MapNotifications(this IEndpointRouteBuilder app)
    {
        var notifications = app.MapGroup("/api/notifications").WithTags("Notifications");
        notifications.MapGet("", NotificationRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists what was told of executions' ends, and to whom, the newest first.");
        notifications.MapGet("/{notification}", NotificationRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows one notification and what became of it.");
        var rules = app.MapGroup("/api/notification-default").WithTags("Notifications");
        rules.MapGet("", NotificationRoutes.ShowDefaultAsync).Allow(Access.Viewer).WithSummary("Shows who is told of the ends of plans that say nothing.");
        rules.MapPut("", NotificationRoutes.SetDefaultAsync).Allow(Access.Editor).WithSummary("Sets who is told of the ends of plans that say nothing.")
            .Takes<NotifyDefault>().Produces<NotifyDefault>(200).Refuses(415, 422);
        rules.MapDelete("", NotificationRoutes.RemoveDefaultAsync).Allow(Access.Editor).WithSummary("Tells nobody any more of the ends of plans that say nothing.").Produces(204);
    }
}
