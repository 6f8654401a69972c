using System.Text.RegularExpressions;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>A regular expression that a whole value has to match; none takes long.</summary>
public sealed class ManifestPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Lazy<Regex> regex;

    /// <summary>Fails with <see cref="ArgumentException"/> when it is none.</summary>
    public ManifestPattern(string source)
    {
        Source = source;
        _ = new Regex(source, RegexOptions.CultureInvariant, Limit);
        regex = new Lazy<Regex>(Build);
    }

    public string Source { get; }

    public bool Fits(string value)
    {
        try
        {
            return regex.Value.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    public override string ToString() => Source;

    private Regex Build()
    {
        var whole = $@"\A(?:{Source})\z";
        try
        {
            // It takes a time that grows with the value and no more. A limit by the clock would only refuse good values on a busy machine.
            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            // Looking ahead and back is only done the other way, within the time limit.
            return new Regex(whole, RegexOptions.CultureInvariant, Limit);
        }
    }
}
