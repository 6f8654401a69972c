using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Operations;

/// <summary>How a workspace is doing, in numbers that each name a list.</summary>
/// <param name="Since">From when on it is counted: the beginning of an hour.</param>
/// <param name="Running">Executions under way now.</param>
/// <param name="Waiting">Executions that wait for a time, an event or a person.</param>
/// <param name="Queued">Executions that are not begun yet.</param>
/// <param name="Approvals">Steps that wait for somebody's yes or no.</param>
/// <param name="EventsDead">Events that nobody tries any more by itself, whenever they came.</param>
/// <param name="EventsMissed">Expected events that did not come.</param>
/// <param name="TriggersBroken">Triggers that do nothing, and say why.</param>
/// <param name="SchedulesLate">Schedules whose time is over by more than a minute.</param>
/// <param name="Hours">One for each hour that was asked for, the oldest first, to this one.</param>
internal sealed record OverviewShape(
    DateTimeOffset Since,
    int Running,
    int Waiting,
    int Queued,
    int Approvals,
    int EventsDead,
    int EventsMissed,
    int TriggersBroken,
    int SchedulesLate,
    IReadOnlyList<OverviewHour> Hours);

/// <summary>What was accepted within an hour, and what became of it.</summary>
internal sealed record OverviewHour
{
    public required DateTimeOffset At { get; init; }

    /// <summary>All executions.</summary>
    public required int Total { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    /// <summary>Those that are not at their end.</summary>
    public required int Open { get; init; }

    /// <summary>That transfers moved.</summary>
    public required long Files { get; init; }

    /// <summary>That transfers moved.</summary>
    public required long Bytes { get; init; }
}

/// <summary>What is running and what is wrong, at a glance.</summary>
internal static class OverviewRoutes
{
    private const int HoursDefault = 24;

    /// <summary>So far back is counted at most.</summary>
    public const int HoursMax = 24 * 7;

    public static void AddOverview(this IServiceCollection services)
    {
        services.AddSingleton<SettledHours>();
        services.AddSingleton<OverviewStore>();
    }

    public static void MapOverview(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/overview", ShowAsync).Allow(Access.Viewer).WithTags("Overview")
            .WithSummary("Counts what runs and waits, what became of the executions of the last hours (?hours=24; 0 for none), and what is late, broken or dead.")
            .Produces<OverviewShape>();

    private static async Task<OverviewShape> ShowAsync(Caller caller, HubDatabase database, OverviewStore store, TimeProvider clock, int? hours, CancellationToken cancellationToken)
    {
        var count = hours ?? HoursDefault;
        if (count is < 0 or > HoursMax)
            throw ProblemException.Invalid($"The parameter 'hours' is a whole number from 0 to {HoursMax}.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await store.ReadAsync(session, clock.GetUtcNow(), count, cancellationToken);
    }
}
