using System.Globalization;
using Gantry.Hub.Web;

namespace Gantry.Hub.Transfers;

/// <summary>A place in a manifest: behind the line of this number in this chunk. It is "CHUNK.INDEX" as a cursor and as the id of an event.</summary>
internal readonly record struct ManifestPlace(int Chunk, int Index)
{
    public static ManifestPlace Beginning { get; } = new(0, -1);

    /// <summary>Null is the beginning.</summary>
    /// <exception cref="ProblemException">It is no place.</exception>
    public static ManifestPlace Parse(string? text, string parameter)
    {
        if (string.IsNullOrEmpty(text))
            return Beginning;
        return text.Split('.') is [var chunk, var index] && Number(chunk) is { } first && Number(index) is { } second
            ? new ManifestPlace(first, second)
            : throw ProblemException.Invalid($"The parameter '{parameter}' is no place in a manifest. Take the 'next' of the page before, or the id of the last event, as it is.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chunk}.{Index}");

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < int.MaxValue ? number : null;
}
