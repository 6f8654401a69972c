using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>How much may be in an archive, counted while it is read: what an archive says of itself counts for nothing.</summary>
internal sealed class ArchiveBounds(int filesMax, long bytesMax, int ratioMax)
{
    public const int FilesMost = 1_000_000;

    /// <summary>So much may come of the smallest archive.</summary>
    private const long BytesFree = 10 * 1024 * 1024;

    private long archiveBytes;
    private long bytes;
    private int files;

    public long BytesMax => bytesMax;

    public int FilesMax => filesMax;

    public static ArchiveBounds Of(HttpCall parameters)
    {
        var text = parameters.FindText("max_bytes") ?? "4G";
        return ByteSize.TryParse(text, out var bytesMax) && bytesMax > 0
            ? new ArchiveBounds(
                ServerParameters.NumberOf(parameters, "max_files", 10_000, 1, FilesMost), bytesMax, ServerParameters.NumberOf(parameters, "max_ratio", 200, 1, 1_000_000))
            : throw HttpCall.Bad($"'max_bytes' is {ByteSize.Form}.");
    }

    /// <summary>Begins to count anew, for an archive of this size.</summary>
    public void Begin(long size) => (archiveBytes, bytes, files) = (size, 0, 0);

    public void CountEntry()
    {
        if (++files > filesMax)
        {
            throw TooMuch($"has more than {filesMax:N0} entries, as 'max_files' allows");
        }
    }

    public void CountBytes(int count)
    {
        bytes += count;
        if (bytes > bytesMax)
        {
            throw TooMuch($"holds more than {ByteSize.Format(bytesMax)}, as 'max_bytes' allows");
        }

        if (bytes > BytesFree && bytes / ratioMax > archiveBytes)
        {
            throw TooMuch($"holds more than {ratioMax:N0} times its own size, as 'max_ratio' allows");
        }
    }

    public static ProviderException TooMuch(string what) => HttpCall.Bad($"The archive {what}. Nothing was unpacked. If it is meant to be so, raise that parameter.");
}
