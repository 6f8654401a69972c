using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What the marker of an upload in parts holds, a small object under the partial name beside the file: a later attempt finds the upload by it.
/// </summary>
internal sealed record S3Upload
{
    private const int MarkerBytesMax = 16 * 1024;

    /// <summary>By which a marker is told from any other file.</summary>
    [JsonPropertyName("gantry_upload")]
    public required string UploadId { get; init; }

    public required string Key { get; init; }

    public required long Length { get; init; }

    public required int PartBytes { get; init; }

    /// <summary>How large the part of that number has to be.</summary>
    public long SizeOf(int number) => Math.Min(PartBytes, Length - ((number - 1) * (long)PartBytes));

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, S3UploadJson.Default.S3Upload);

    /// <summary>Null when it is no marker.</summary>
    public static S3Upload? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.Length <= MarkerBytesMax && JsonSerializer.Deserialize(bytes, S3UploadJson.Default.S3Upload) is { UploadId.Length: > 0, Key.Length: > 0 } upload
                ? upload
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(S3Upload))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class S3UploadJson : JsonSerializerContext;
