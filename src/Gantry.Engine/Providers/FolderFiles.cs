using System.Security.Cryptography;

namespace Gantry.Engine.Providers;

/// <summary>
/// Files of steps in a temporary folder that nobody but the user can look into, made when the first one comes. They stay until the system clears its temporary folder: whoever ran the
/// plan is told their paths.
/// </summary>
public sealed class FolderFiles : IStepFiles
{
    private readonly Lazy<string> folder = new(() => Directory.CreateTempSubdirectory("gantry-files-").FullName);
    private int count;

    public async Task<StepFile> KeepAsync(string stepPath, int attempt, StepFileHead head, Stream content, CancellationToken cancellationToken)
    {
        var own = Path.Combine(folder.Value, Interlocked.Increment(ref count).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(own);
        var path = Path.Combine(own, head.Name);
        try
        {
            var (size, hash) = await WriteAsync(path, content, cancellationToken);
            return new StepFile(path, null, head.Name, size, hash);
        }
        catch (Exception failure)
        {
            Directory.Delete(own, recursive: true);
            if (failure is not IOException { HResult: NoSpace or NoQuota } full)
            {
                throw;
            }

            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Unavailable, Message = $"There is no room for the file '{head.Name}' in {folder.Value}: make room there, or name another place in 'save_to'." }, full);
        }
    }

    // ENOSPC, and EDQUOT of Linux and of macOS.
    private const int NoSpace = 28;
    private const int NoQuota = 122;

    private static async Task<(long Size, string Sha256)> WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        var buffer = new byte[128 * 1024];
        long size = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0; size += read)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
