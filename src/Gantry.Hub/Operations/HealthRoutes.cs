using System.Globalization;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Operations;

/// <summary>Whether the hub lives, and whether it can work. What exactly is wrong is for those who are signed in.</summary>
internal static class HealthRoutes
{
    private const long FreeBytesMin = 100L * 1024 * 1024;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => new Health("ok", Checks: null)).Allow(Access.Anyone).WithSummary("Answers as long as the hub lives.");
        app.MapGet("/health/ready", ReadyAsync).Allow(Access.Anyone)
            .WithSummary("Says whether the hub can work; what exactly is wrong only to those who are signed in.").Produces<Health>().Produces<Health>(503);
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, HubDatabase database, HubConfiguration configuration, CancellationToken cancellationToken)
    {
        HealthCheck[] checks = [await DatabaseAsync(database, cancellationToken), Disk(configuration.DataFolder)];
        var isReady = checks.All(check => check.IsOk);
        var health = new Health(isReady ? "ready" : "not_ready", context.Caller() is null ? null : checks);
        return Results.Json(health, statusCode: isReady ? 200 : 503);
    }

    private static async Task<HealthCheck> DatabaseAsync(HubDatabase database, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerWithin);
        try
        {
            await using var session = await database.OpenAsync(Actor.Nobody, patience.Token);
            return new HealthCheck("database", IsOk: true, "It answers.");
        }
        catch (Exception exception) when (DatabaseUnavailableException.Fits(exception)
            || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheck("database", IsOk: false, $"It did not answer within {AnswerWithin.TotalSeconds:0} s.");
        }
    }

    private static HealthCheck Disk(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new HealthCheck("disk", free >= FreeBytesMin, string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:0.0} GB are free for the data folder."));
    }

    private sealed record Health(string Status, IReadOnlyList<HealthCheck>? Checks);

    private sealed record HealthCheck(string Name, bool IsOk, string Message);
}
