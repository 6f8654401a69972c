namespace Gantry.Engine.Endpoints;

/// <summary>What a listing does not tell of a file, and costs a request for each.</summary>
public sealed record FileDetails
{
    /// <summary>When the content was last changed, where it came from; null when that is not known.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>Names in lower case, as object stores keep them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>An endpoint whose listings leave things out: <see cref="Entry.ModifiedAt"/> is null there, and <see cref="Entry.StoredAt"/> may be given.</summary>
public interface ITellsDetails
{
    /// <summary>Null when there is no such file.</summary>
    ValueTask<FileDetails?> FindDetailsAsync(string path, CancellationToken cancellationToken);
}

/// <summary>A stream of <see cref="IEndpoint.OpenReadAsync"/> that learned the file's details with the first answer.</summary>
public interface IDetailedStream
{
    FileDetails Details { get; }
}

/// <summary>A hash of a file's content.</summary>
/// <param name="Name">In lower case: "sha256", "md5".</param>
/// <param name="Hex">In lower-case hexadecimal.</param>
public sealed record FileHash(string Name, string Hex);
