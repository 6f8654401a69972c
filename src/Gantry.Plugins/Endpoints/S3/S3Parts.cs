namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// How large the parts of a file are. A file has 10,000 parts at most, each but the last of 5 MiB to 5 GiB
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html), so that large files need large parts.
/// </summary>
internal static class S3Parts
{
    public const int CountMax = 10_000;
    public const int BytesMin = 5 * 1024 * 1024;
    public const int BytesDefault = 8 * 1024 * 1024;
    public const int BytesMax = 1024 * 1024 * 1024;
    public const long FileBytesMax = 5L * 1024 * 1024 * 1024 * 1024;

    /// <summary>No copy inside the service is larger than that in one request, and no upload.</summary>
    public const long SingleBytesMax = 5L * 1024 * 1024 * 1024;

    private const int Step = 1024 * 1024;

    // Parts of this size keep a fast line busy.
    private const int BytesPreferredMax = 32 * 1024 * 1024;
    private const int CountPreferred = 100;
    private const int GrowsEvery = 500;

    /// <summary>The size of all parts but the last, for a file of that length.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="bytesWished">What the settings say.</param>
    public static int BytesOf(long length, int bytesWished)
    {
        var least = (length + CountMax - 1) / CountMax;
        var preferred = Math.Clamp(length / CountPreferred, bytesWished, Math.Max(bytesWished, BytesPreferredMax));
        var bytes = Math.Max(Math.Max(least, preferred), BytesMin);
        return (int)((bytes + Step - 1) / Step * Step);
    }

    /// <summary>The size of the part of that number (from 1 on), when nobody knows the length beforehand: together they hold more than 700 GiB.</summary>
    public static int BytesOfUnknown(int number, int bytesWished) => bytesWished + ((number - 1) / GrowsEvery * bytesWished);
}
