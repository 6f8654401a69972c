namespace Gantry.Engine.Transfers;

/// <summary>A partial file of the version that is being transferred, at the target.</summary>
/// <param name="Name">In the folder of the file.</param>
/// <param name="Size">In bytes, as listed; 0 when that is not known.</param>
/// <param name="ModifiedAt">As listed, by the target's clock.</param>
/// <param name="Writer">Who wrote it.</param>
internal sealed record Leftover(string Name, long Size, DateTimeOffset? ModifiedAt, LeftoverWriter Writer);

internal enum LeftoverWriter
{
    /// <summary>Another transfer, which may still be at it.</summary>
    Another,

    /// <summary>A former attempt at this transfer, which is dead.</summary>
    FormerAttempt,

    /// <summary>This attempt, over a connection that was lost.</summary>
    ThisAttempt,
}
