using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Whether a file of the source still is the one that was listed, by what both looks at it told.</summary>
internal static class SourceVersion
{
    /// <summary>A listing and a look at one file do not always tell the same things (object stores): what only one of them told says nothing.</summary>
    public static bool IsSame(Entry listed, Entry now) =>
        listed.Kind == now.Kind
        && listed.Size == now.Size
        && (listed.ModifiedAt is not { } modified || now.ModifiedAt is not { } modifiedNow || modified == modifiedNow)
        && (listed.StoredAt is not { } stored || now.StoredAt is not { } storedNow || WholeSecond(stored) == WholeSecond(storedNow))
        && (listed.Hash is not { } hash || now.Hash is not { } hashNow || hash.Name != hashNow.Name || hash.Hex == hashNow.Hex);

    /// <summary>A header of HTTP has no more.</summary>
    private static long WholeSecond(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
