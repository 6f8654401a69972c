using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A folder under way: its places on both sides, and how much of it is still to come.</summary>
internal sealed class FolderNode
{
    private readonly Lock gate = new();
    private Task? creation;
    private int pending = 1;

    /// <summary>Null for the folder at which a source begins.</summary>
    public required FolderNode? Parent { get; init; }

    public required TransferSide Source { get; init; }

    /// <summary>Relative to the source, for filters and messages.</summary>
    public required string Path { get; init; }

    public required string SourcePath { get; init; }

    public required string TargetPath { get; init; }

    /// <summary>Whether the target has it, as the listing of the folder above told; null when nobody knows yet.</summary>
    public bool? IsAtTarget { get; set; }

    /// <summary>The folder in which it really lies, when a link led here; loops are found by it.</summary>
    public string? RealPath { get; init; }

    /// <summary>A link led to it, or to a folder above it.</summary>
    public bool IsBehindLink { get => field || Parent?.IsBehindLink == true; init; }

    /// <summary>Of the folder at which a source begins, and those below it.</summary>
    public PlaceOverlap? Overlap { get => field ?? Parent?.Overlap; init; }

    /// <summary>Of the folder at which a source begins: its name, when it is kept; null otherwise.</summary>
    public string? KeptName { get; init; }

    /// <summary>Something in it stays at the source, so that a move leaves it there.</summary>
    public bool IsKept { get; private set; }

    /// <summary>The folder itself belongs to what is moved, and goes when it is empty.</summary>
    public bool IsRemovable { get; init; } = true;

    /// <summary>Whether files can follow without waiting: it is there, or at a target that keeps the order its making is on the way.</summary>
    public bool TakesFiles(bool keepsOrder) =>
        IsAtTarget == true || (Volatile.Read(ref creation) is { } making && (keepsOrder || making.IsCompletedSuccessfully));

    public void Keep()
    {
        for (var folder = this; folder is { IsKept: false }; folder = folder.Parent)
        {
            folder.IsKept = true;
        }
    }

    public void Enter() => Interlocked.Increment(ref pending);

    /// <summary>True for the last one to leave.</summary>
    public bool Leave() => Interlocked.Decrement(ref pending) == 0;

    /// <summary>Made once, after the folder above it; whoever needs it waits for the same making.</summary>
    public Task EnsureCreatedAsync(Func<FolderNode, Task> create)
    {
        if (IsAtTarget == true)
        {
            return Task.CompletedTask;
        }

        lock (gate)
        {
            return creation ??= create(this);
        }
    }

    public string TargetPathOf(string name) => EndpointPath.Join(TargetPath, name);

    public string SourcePathOf(string name) => EndpointPath.Join(SourcePath, name);

    public string PathOf(string name) => EndpointPath.Join(Path, name);
}
