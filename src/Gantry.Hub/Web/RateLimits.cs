namespace Gantry.Hub.Web;

/// <summary>
/// How many requests a key, a user and an address may send: so many a minute, of which those of ten seconds may come at once. What is remembered is bounded
/// however many there are.
/// </summary>
internal sealed class RateLimits(WebOptions options, TimeProvider clock)
{
    private readonly Buckets keys = new(options.PerMinuteOfKey, clock);
    private readonly Buckets users = new(options.PerMinuteOfUser, clock);
    private readonly Buckets addresses = new(options.PerMinuteOfAddress, clock);

    /// <summary>Counts a request.</summary>
    /// <param name="caller">Null when nobody is signed in: then the address counts.</param>
    /// <param name="address">Where it comes from.</param>
    /// <returns>How long to wait when it is one too many; otherwise null.</returns>
    public TimeSpan? Count(Caller? caller, ClientAddress? address) => caller is null
        ? addresses.Take(address?.Network ?? "")
        : (caller.ApiKeyId is { } key ? keys.Take(key.ToString()) : null) ?? users.Take(caller.UserId.ToString());

    /// <summary>Each fills up steadily, and a request takes one from it.</summary>
    internal sealed class Buckets(int perMinute, TimeProvider clock)
    {
        public const int RememberedMax = 20_000;

        private readonly double capacity = Math.Max(1, perMinute / 6.0);
        private readonly double perSecond = perMinute / 60.0;
        private readonly Dictionary<string, (double Left, long At)> buckets = new(StringComparer.Ordinal);
        private readonly Lock gate = new();

        public int Count => buckets.Count;

        public TimeSpan? Take(string name)
        {
            if (perMinute == int.MaxValue) return null;
            lock (gate)
            {
                var now = clock.GetTimestamp();
                var left = buckets.TryGetValue(name, out var known) ? LeftAt(known, now) : capacity;
                if (left < 1) return TimeSpan.FromSeconds((1 - left) / perSecond);
                if (buckets.Count >= RememberedMax && !buckets.ContainsKey(name)) Clean(now);
                buckets[name] = (left - 1, now);
                return null;
            }
        }

        private double LeftAt((double Left, long At) bucket, long now) =>
            Math.Min(capacity, bucket.Left + clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond);

        /// <summary>The fullest go first: whoever has used up the most stays remembered.</summary>
        private void Clean(long now)
        {
            foreach (var full in buckets.OrderByDescending(bucket => LeftAt(bucket.Value, now)).Take(RememberedMax / 2).Select(bucket => bucket.Key).ToList())
                buckets.Remove(full);
        }
    }
}
