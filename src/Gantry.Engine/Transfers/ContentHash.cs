using System.Buffers;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>Hashes of files: by the server where it can, else by reading them here.</summary>
internal static class ContentHash
{
    private const int BufferBytes = 128 * 1024;
    private static readonly string[] ComputedHere = ["sha256", "sha1", "md5", "sha512"];

    /// <summary>The hash that costs least reading: one that both servers know, else one of either, else SHA-256 by reading.</summary>
    public static string ChooseName(IEndpoint source, IEndpoint target)
    {
        var ofSource = NamesOf(source);
        var ofTarget = NamesOf(target);
        return ofSource.FirstOrDefault(ofTarget.Contains)
            ?? ofTarget.Concat(ofSource).FirstOrDefault(ComputedHere.Contains)
            ?? "sha256";
    }

    /// <summary>Whether <see cref="IncrementalHash"/> can compute it while a file streams by.</summary>
    public static IncrementalHash? Incremental(string name) => name switch
    {
        "sha256" => IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
        "sha512" => IncrementalHash.CreateHash(HashAlgorithmName.SHA512),
        "sha1" => IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
        "md5" => IncrementalHash.CreateHash(HashAlgorithmName.MD5),
        _ => null,
    };

    public static async ValueTask<string> OfAsync(IEndpoint endpoint, string path, long size, string name, CancellationToken cancellationToken)
    {
        if (endpoint is IHashes hashes && hashes.HashNames.Contains(name))
        {
            return await hashes.HashAsync(path, name, cancellationToken);
        }

        await using var stream = await endpoint.OpenReadAsync(path, 0, size, cancellationToken);
        using var hash = Incremental(name)
            ?? throw new EndpointException(EndpointError.NotSupported, $"'{endpoint.Address}' cannot compute the hash '{name}', nor can this program.");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IReadOnlyList<string> NamesOf(IEndpoint endpoint) => endpoint is IHashes hashes ? hashes.HashNames : [];
}
