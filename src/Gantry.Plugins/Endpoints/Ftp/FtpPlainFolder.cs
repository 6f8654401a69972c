using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>What LIST tells of one place: held back while that may yet be a file, and told as it comes from then on.</summary>
internal sealed class FtpPlainFolder(Action<Entry> tell)
{
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

    public void AddItself()
    {
        HasItself = true;
        Confirm();
    }

    /// <summary>From here on it is certain that this is a folder.</summary>
    public void Confirm()
    {
        IsKnown = true;
        Tell();
    }

    public void Add(Entry entry)
    {
        held.Add(entry);
        if (IsKnown)
        {
            Tell();
        }
    }

    private void Tell()
    {
        HasTold |= held.Count > 0;
        held.ForEach(tell);
        held.Clear();
    }
}
