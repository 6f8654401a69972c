using System.Globalization;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>
/// The id of a transfer, which is the same whenever the same user transfers from the same places to the same target, so that a command that
/// was cut off and is run again goes on at once. While one such command runs, a second one gets no id and keeps to itself.
/// </summary>
internal sealed class TransferSession : IDisposable
{
    private const int IdLength = 20;
    private const ulong FnvBasis = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly FileStream? held;

    private TransferSession(string? transferId, FileStream? held)
    {
        TransferId = transferId;
        this.held = held;
    }

    /// <summary>Null when another program is at the same transfer, or nobody can say.</summary>
    public string? TransferId { get; }

    public static TransferSession Begin(TransferPlaces places) => Begin(IdOf(places), Path.Combine(UserFolder.Config, "running"));

    /// <param name="id">Of the transfer.</param>
    /// <param name="folder">Where running transfers hold a file each; the system lets go of it when a program dies.</param>
    public static TransferSession Begin(string id, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new TransferSession(id, new FileStream(Path.Combine(folder, id), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new TransferSession(null, null);
        }
    }

    public void Dispose()
    {
        if (held is not null)
        {
            File.Delete(held.Name);
            held.Dispose();
        }
    }

    private static string IdOf(TransferPlaces places)
    {
        var parts = new List<string> { Environment.MachineName, Environment.UserName, places.Target.Endpoint.Address, places.Target.Folder, places.Target.FileName ?? "" };
        foreach (var source in places.Sources)
        {
            parts.AddRange([source.Endpoint.Address, source.Path]);
        }

        // FNV-1a, forwards and backwards: it only has to tell one user's transfers apart, and OpenSSL would take 10 ms to begin.
        var text = string.Join('\0', parts);
        var (forwards, backwards) = (FnvBasis, FnvBasis);
        for (var i = 0; i < text.Length; i++)
        {
            forwards = (forwards ^ text[i]) * FnvPrime;
            backwards = (backwards ^ text[^(i + 1)]) * FnvPrime;
        }

        return (forwards.ToString("x16", CultureInfo.InvariantCulture) + backwards.ToString("x16", CultureInfo.InvariantCulture))[..IdLength];
    }
}
