using System.Buffers.Binary;
using Gantry.Engine.Files;

namespace Gantry.Hub.Executions;

/// <summary>
/// Who this hub is towards the database. A hub keeps its id with its data folder, whose lock it holds: when it starts again under the same
/// id, the claims of that id are a dead process's, and are taken up at once.
/// </summary>
internal sealed record HubIdentity(Guid Id)
{
    private const string FileName = "hub-id";

    /// <summary>What the advisory lock on this hub's claims is called.</summary>
    public long LockKey => KeyOf(Id);

    public static long KeyOf(Guid hubId)
    {
        Span<byte> bytes = stackalloc byte[16];
        hubId.TryWriteBytes(bytes, bigEndian: true, out _);
        // The end of a version 7 id is random, its beginning is the time.
        return BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
    }

    /// <summary>An id that nobody had before: for a hub without a data folder.</summary>
    public static HubIdentity New() => new(Guid.CreateVersion7());

    /// <summary>The id kept in the folder, or a new one that is kept there from now on. The caller holds the folder's lock.</summary>
    public static HubIdentity OfFolder(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out var known))
            return new HubIdentity(known);
        var identity = New();
        WholeFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(identity.Id + "\n"));
        return identity;
    }
}
