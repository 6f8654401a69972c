using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Audit;

/// <summary>
/// Audits refusals without letting whoever is refused fill the log: the first of a kind is written at once, its repetitions within a minute as one entry with
/// their number. What is held is bounded; beyond that, and beyond what may be written at once in a minute, refusals are only counted, by action.
/// </summary>
internal sealed partial class RefusalLog(HubDatabase database, TimeProvider clock, ILogger<RefusalLog> logger) : BackgroundService
{
    public const int KindsMax = 1000;
    private const int TargetLengthMax = 200;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private Dictionary<Refusal, int> repeated = [];

    /// <param name="refusal">What is refused to whom.</param>
    /// <param name="details">Of the first one.</param>
    public async Task AddAsync(Refusal refusal, object? details, CancellationToken cancellationToken)
    {
        refusal = refusal with { Target = Shorten(refusal.Target) };
        if (!IsFirst(refusal)) return;
        await using var session = await database.OpenAsync(refusal.Actor, cancellationToken);
        await AuditLog.AppendAsync(session, refusal.Action, refusal.Target, details, refusal.Address, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Writes what was only counted until now.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<Refusal, int> counted;
        lock (gate) (counted, repeated) = (repeated, []);
        foreach (var (refusal, count) in counted.Where(pair => pair.Value > 0))
        {
            await using var session = await database.OpenAsync(refusal.Actor, cancellationToken);
            await AuditLog.AppendAsync(session, refusal.Action, refusal.Target, new { repeated = count }, refusal.Address, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>What was counted is written before the hub ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushOrLogAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Window, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushOrLogAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private bool IsFirst(Refusal refusal)
    {
        lock (gate)
        {
            if (repeated.TryGetValue(refusal, out var count))
            {
                repeated[refusal] = count + 1;
                return false;
            }

            if (repeated.Count < KindsMax)
            {
                repeated[refusal] = 0;
                return true;
            }

            var others = new Refusal(Actor.Nobody, refusal.Action, null, null);
            repeated[others] = repeated.GetValueOrDefault(others) + 1;
            return false;
        }
    }

    private async Task FlushOrLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.NotWritten(logger, exception);
        }
    }

    private static string? Shorten(string? target) => target is { Length: > TargetLengthMax } ? target[..TargetLengthMax] + "…" : target;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Repeated refusals could not be written to the audit log")]
        public static partial void NotWritten(ILogger logger, Exception exception);
    }
}

/// <summary>A kind of refusal: who is refused what, and from where.</summary>
/// <param name="Actor">Nobody when it is not known who asks.</param>
/// <param name="Address">The caller's address, or for IPv6 its network: one customer has a whole one.</param>
internal sealed record Refusal(Actor Actor, string Action, string? Target, string? Address)
{
    public static Refusal Of(HttpContext context, Caller? caller, string action, string? target) =>
        new(caller?.Actor ?? Actor.Nobody, action, target, ClientAddress.Of(context)?.Network);

    /// <summary>"POST /api/users": what was asked for.</summary>
    public static string Request(HttpContext context) => $"{context.Request.Method} {context.Request.Path}";
}
