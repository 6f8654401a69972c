namespace Gantry.Hub.Accounts;

/// <summary>
/// Slows down guessing: after some failures an account, or an address, must wait, twice as long each time up to half a minute. Nobody is
/// locked out for ever, and unknown names are treated like known ones. From where an account was signed in to lately, only failures from there
/// make it wait: whoever guesses at it from elsewhere does not keep its owner out.
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock)
{
    public const int FreeForAccount = 5;
    public const int FreeForAddress = 30;
    private const int RememberedMax = 10_000;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(30);

    private readonly Dictionary<string, Failures> failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> knownPlaces = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>How long to wait before the next attempt is looked at; null when it may be made now.</summary>
    /// <param name="account">The name that is signed in by, known or not.</param>
    /// <param name="address">The network it comes from.</param>
    public TimeSpan? WaitFor(string account, string? address)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var until = new[] { AccountKey(account, address), Key("address", address) }
                .Select(key => failures.TryGetValue(key, out var known) ? known.BlockedUntil : DateTimeOffset.MinValue).Max();
            return until > now ? until - now : null;
        }
    }

    public void Failed(string account, string? address)
    {
        lock (gate)
        {
            if (failures.Count >= RememberedMax) Clean();
            Count(AccountKey(account, address), FreeForAccount);
            Count(Key("address", address), FreeForAddress);
        }
    }

    /// <summary>The account's failures are forgiven; the address's are not, or one good account would buy endless guesses at others.</summary>
    public void Succeeded(string account, string? address)
    {
        lock (gate)
        {
            failures.Remove(AccountKey(account, address));
            failures.Remove(Key("account", account));
            if (knownPlaces.Count >= RememberedMax) knownPlaces.Remove(knownPlaces.MinBy(place => place.Value).Key);
            knownPlaces[PlaceKey(account, address)] = clock.GetUtcNow();
        }
    }

    private string AccountKey(string account, string? address) =>
        knownPlaces.TryGetValue(PlaceKey(account, address), out var since) && clock.GetUtcNow() - since < KnownFor ? PlaceKey(account, address) : Key("account", account);

    private void Count(string key, int free)
    {
        var now = clock.GetUtcNow();
        var count = failures.TryGetValue(key, out var known) && now - known.Last < ForgottenAfter ? known.Count + 1 : 1;
        var over = Math.Min(count - free, 10);
        var wait = over <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over - 1), WaitMax.TotalSeconds));
        failures[key] = new Failures(count, now, now + wait);
    }

    /// <summary>A flood of new names pushes out other new names before an account that is being guessed at.</summary>
    private void Clean()
    {
        var now = clock.GetUtcNow();
        foreach (var old in failures.Where(pair => now - pair.Value.Last > ForgottenAfter).Select(pair => pair.Key).ToList()) failures.Remove(old);
        foreach (var least in failures.OrderBy(pair => pair.Value.Count).ThenBy(pair => pair.Value.Last).Select(pair => pair.Key).Take(failures.Count - RememberedMax / 2).ToList())
            failures.Remove(least);
    }

    private static string PlaceKey(string account, string? address) => Key("place " + address, account);

    private static string Key(string kind, string? value) => $"{kind} {(value is { Length: > 200 } ? value[..200] : value)}";

    private sealed record Failures(int Count, DateTimeOffset Last, DateTimeOffset BlockedUntil);
}
