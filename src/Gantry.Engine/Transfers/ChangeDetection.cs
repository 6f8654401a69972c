using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

internal enum ChangeVerdict
{
    Unchanged,
    Changed,

    /// <summary>The listings do not tell; the times have to be asked for.</summary>
    AskTimes,

    /// <summary>The listings do not tell; the contents have to be compared.</summary>
    CompareContent,
}

/// <summary>Whether a file at the target is the one at the source, by what is known of both.</summary>
internal sealed class ChangeDetection
{
    private readonly ChangeRule rule;
    private readonly TimeSpan? precision;
    private readonly DateTimeOffset first;
    private readonly DateTimeOffset last;
    private readonly bool canAskSource;
    private readonly bool canAskTarget;

    public ChangeDetection(ChangeRule rule, IEndpoint source, IEndpoint target)
    {
        this.rule = rule;
        var (ofSource, ofTarget) = (source.Capabilities, target.Capabilities);
        precision = ofSource.TimePrecision is { } a && ofTarget is { KeepsGivenTimes: true, TimePrecision: { } b } ? (a > b ? a : b) : null;
        first = ofSource.TimeFirst > ofTarget.TimeFirst ? ofSource.TimeFirst : ofTarget.TimeFirst;
        last = ofSource.TimeLast < ofTarget.TimeLast ? ofSource.TimeLast : ofTarget.TimeLast;
        canAskSource = source is ITellsDetails;
        canAskTarget = target is ITellsDetails;
    }

    /// <summary>Times are asked for but one side does not keep them, so that the size alone decides.</summary>
    public bool IsBySizeAlone => rule == ChangeRule.SizeAndTime && precision is null;

    public ChangeVerdict Compare(Entry source, in TargetEntry target)
    {
        switch (rule)
        {
            case ChangeRule.NeverOverwrite:
                return ChangeVerdict.Unchanged;
            case ChangeRule.Always:
                return ChangeVerdict.Changed;
        }

        if (source.Size != target.Size)
        {
            return ChangeVerdict.Changed;
        }

        // Both listings told what is in the file: nothing else can tell better.
        if (source.Hash is { } hash && target.Hash is { } other && hash.Name == other.Name)
        {
            return hash.Hex == other.Hex ? ChangeVerdict.Unchanged : ChangeVerdict.Changed;
        }

        if (rule == ChangeRule.Checksum)
        {
            return ChangeVerdict.CompareContent;
        }

        var isToAsk = precision is not null
            && ((source.ModifiedAt is null && canAskSource) || (target.ModifiedAt is null && canAskTarget));
        return isToAsk ? ChangeVerdict.AskTimes : CompareTimes(source.ModifiedAt ?? source.StoredAt, target.ModifiedAt, target.StoredAt);
    }

    /// <summary>
    /// Times that differ by less than the coarser side can tell are the same; so are those beyond what one side can hold. Of a target that knows only
    /// when it took the file in, what is newer at the source than that has changed.
    /// </summary>
    public ChangeVerdict CompareTimes(DateTimeOffset? source, DateTimeOffset? target, DateTimeOffset? storedAt)
    {
        if (precision is not { } step || source is not { } a)
        {
            return ChangeVerdict.Unchanged;
        }

        if (target is not { } b)
        {
            return storedAt is { } stored && a >= stored + step ? ChangeVerdict.Changed : ChangeVerdict.Unchanged;
        }

        var difference = (Held(a) - Held(b)).Duration();
        return difference < step || difference == TimeSpan.Zero ? ChangeVerdict.Unchanged : ChangeVerdict.Changed;
    }

    private DateTimeOffset Held(DateTimeOffset time) => time < first ? first : time > last ? last : time;
}
