using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

internal enum ChangeVerdict
{
    Unchanged,
    Changed,

    /// <summary>The listings do not tell; the contents have to be compared.</summary>
    CompareContent,
}

/// <summary>Whether a file at the target is the one at the source, by what the listings told.</summary>
internal sealed class ChangeDetection
{
    private readonly ChangeRule rule;
    private readonly TimeSpan? precision;
    private readonly DateTimeOffset first;
    private readonly DateTimeOffset last;

    public ChangeDetection(ChangeRule rule, Capabilities source, Capabilities target)
    {
        this.rule = rule;
        precision = source.TimePrecision is { } a && target.TimePrecision is { } b ? (a > b ? a : b) : null;
        first = source.TimeFirst > target.TimeFirst ? source.TimeFirst : target.TimeFirst;
        last = source.TimeLast < target.TimeLast ? source.TimeLast : target.TimeLast;
    }

    /// <summary>Times are asked for but one side does not keep them, so that the size alone decides.</summary>
    public bool IsBySizeAlone => rule == ChangeRule.SizeAndTime && precision is null;

    public ChangeVerdict Compare(long sourceSize, DateTimeOffset? sourceTime, in TargetEntry target) => rule switch
    {
        ChangeRule.NeverOverwrite => ChangeVerdict.Unchanged,
        ChangeRule.Always => ChangeVerdict.Changed,
        _ when sourceSize != target.Size => ChangeVerdict.Changed,
        ChangeRule.Checksum => ChangeVerdict.CompareContent,
        _ => IsSameTime(sourceTime, target.ModifiedAt) ? ChangeVerdict.Unchanged : ChangeVerdict.Changed,
    };

    /// <summary>Times that differ by less than the coarser side can tell are the same; so are those beyond what one side can hold.</summary>
    private bool IsSameTime(DateTimeOffset? source, DateTimeOffset? target)
    {
        if (precision is not { } step || source is not { } a || target is not { } b)
        {
            return true;
        }

        var difference = (Held(a) - Held(b)).Duration();
        return difference < step || difference == TimeSpan.Zero;
    }

    private DateTimeOffset Held(DateTimeOffset time) => time < first ? first : time > last ? last : time;
}
