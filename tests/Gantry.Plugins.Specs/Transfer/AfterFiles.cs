using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Something happens when so many files have arrived.</summary>
internal sealed class AfterFiles(int count, Action happen) : ITransferManifest
{
    private int left = count;

    public void Add(in ManifestEntry entry)
    {
        if (entry.Outcome == FileOutcome.Copied && Interlocked.Decrement(ref left) == 0)
        {
            happen();
        }
    }
}
