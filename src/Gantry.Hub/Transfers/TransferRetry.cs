namespace Gantry.Hub.Transfers;

/// <summary>A transfer that takes up only what another left undone.</summary>
internal static class TransferRetry
{
    /// <summary>
    /// A link that came to its end knows each file that failed; one that was cut off knows only what arrived, and all else is looked at again. What arrives anew at a
    /// link goes on to the next.
    /// </summary>
    public static TransferSpec Of(TransferView old)
    {
        var (spec, stands) = (old.Spec, old.Links());
        return spec with
        {
            // A file that was named and is still to come is among the failed ones, or has not been looked at.
            Files = IsComplete(stands, 0) ? null : spec.Files,

            // What is at the target besides is more than what failed: a retry deletes none of it.
            Options = spec.Options.Where(option => option.Key != "purge" && !(option.Key == "max_delete" && spec.Mode != "sync")).ToDictionary(StringComparer.Ordinal),
            Choices = [.. Enumerable.Range(0, spec.To.Count).Select(link => Choice(old.Id, spec, stands, link))],
        };
    }

    private static LinkChoice Choice(Guid old, TransferSpec spec, IReadOnlyDictionary<string, LinkStand> stands, int link)
    {
        var mine = LinkChoice.NameOf(old.ToString(), link);
        var anew = link == 0 ? null : LinkChoice.NameOf(LinkChoice.Self, link - 1);
        if (IsComplete(stands, link))
            return new LinkChoice { FailedIn = [mine], ArrivedIn = anew is null ? null : [anew] };
        var before = spec.Choices?[link].SaidBy(old) ?? (link == 0 ? new LinkChoice() : new LinkChoice { ArrivedIn = [LinkChoice.NameOf(old.ToString(), link - 1)] });
        return new LinkChoice
        {
            FailedIn = before.FailedIn,
            ArrivedIn = anew is null ? before.ArrivedIn : [.. (before.ArrivedIn ?? []).Where(name => IsThere(stands, old, name)), anew],
            NotArrivedIn = stands.ContainsKey(LinkStand.PathOf(link)) ? [.. before.NotArrivedIn ?? [], mine] : before.NotArrivedIn,
        };
    }

    private static bool IsComplete(IReadOnlyDictionary<string, LinkStand> stands, int link) =>
        stands.GetValueOrDefault(LinkStand.PathOf(link)) is { IsComplete: true };

    /// <summary>Of the old transfer itself, a link that never began told nothing.</summary>
    private static bool IsThere(IReadOnlyDictionary<string, LinkStand> stands, Guid old, string manifest) =>
        manifest.Split('/') is not [var execution, var step] || execution != old.ToString() || stands.ContainsKey(step);
}
