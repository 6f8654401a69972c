namespace Gantry.Engine.Plans;

/// <summary>How often and when a step that failed for a passing reason is tried again: exponential backoff, with jitter.</summary>
public sealed record RetryPolicy
{
    /// <summary>One attempt and no more.</summary>
    public static RetryPolicy None { get; } = new() { Attempts = 1 };

    /// <summary>Three attempts, a second and two apart.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>The first one counts.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Before the second attempt.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Each further wait is so many times the one before it.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>No wait of our own is longer. The other side's Retry-After may be.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortens each wait by a random part of up to a half, so that what failed together does not come back together.</summary>
    public bool HasJitter { get; init; } = true;

    /// <summary>
    /// The wait after so many failures (counted from 1). <paramref name="random"/> is in [0, 1). The other side's wish is kept to even when it is longer.
    /// </summary>
    public TimeSpan WaitAfter(int failures, double random, TimeSpan? retryAfter)
    {
        var seconds = Math.Min(Delay.TotalSeconds * Math.Pow(Factor, failures - 1), Max.TotalSeconds);
        if (double.IsNaN(seconds) || seconds < 0)
        {
            seconds = Max.TotalSeconds;
        }

        var wait = TimeSpan.FromSeconds(HasJitter ? seconds * (1 - (random / 2)) : seconds);
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
