using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// What LIST tells of one place: held back while that may yet be a file, and told as it comes from then on. Whether it is a folder is asked when the listing
/// does not say so early.
/// </summary>
/// <param name="tell">Takes what is in the folder.</param>
/// <param name="check">Fails when it is none.</param>
internal sealed class FtpPlainFolder(Func<Entry, ValueTask> tell, Func<ValueTask> check)
{
    private const int HeldMax = 1000;

    private readonly List<Entry> held = [];

    /// <summary>Whether it is certain that this is a folder.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether the listing has the folder itself, as "." in it.</summary>
    public bool HasItself { get; private set; }

    public bool HasEntries => HasTold || held.Count > 0;

    /// <summary>What was told cannot be taken back: from then on the listing is not begun anew.</summary>
    public bool HasTold { get; private set; }

    /// <summary>A listing begins, perhaps anew.</summary>
    public void Begin() => held.Clear();

    public ValueTask AddItselfAsync()
    {
        HasItself = true;
        IsKnown = true;
        return TellAsync();
    }

    /// <summary>From here on it is certain that this is a folder.</summary>
    public async ValueTask CheckAsync()
    {
        await check().ConfigureAwait(false);
        IsKnown = true;
        await TellAsync().ConfigureAwait(false);
    }

    public ValueTask AddAsync(Entry entry)
    {
        if (IsKnown && held.Count == 0)
        {
            HasTold = true;
            return tell(entry);
        }

        held.Add(entry);
        return IsKnown ? TellAsync() : held.Count > HeldMax ? CheckAsync() : ValueTask.CompletedTask;
    }

    private async ValueTask TellAsync()
    {
        HasTold |= held.Count > 0;
        foreach (var entry in held)
        {
            await tell(entry).ConfigureAwait(false);
        }

        held.Clear();
    }
}
