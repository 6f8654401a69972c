namespace Gantry.Engine.Plans.Triggers;

/// <summary>Time zones by their IANA names, as this machine knows them now.</summary>
internal static class TimeZones
{
    /// <summary>Null when there is none of this name.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        // Names of other kinds ("W. Europe Standard Time", a path, "EST5EDT,M3…") are understood by some machines only.
        var isName = name.Length is > 0 and <= 64
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '-' or '+')
            && char.IsAsciiLetter(name[0]);
        return isName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    public static IEnumerable<string> Names => TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id);
}
