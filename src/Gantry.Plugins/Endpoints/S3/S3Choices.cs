using Amazon.S3;
using Amazon.S3.Model;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>What an endpoint's settings say of the files that are written, as headers of the requests that make them.</summary>
internal sealed record S3Choices
{
    public string? StorageClass { get; init; }

    /// <summary>"AES256", "aws:kms" or "aws:kms:dsse"; null leaves it to the bucket.</summary>
    public string? Encryption { get; init; }

    public string? EncryptionKey { get; init; }

    public string? Acl { get; init; }

    public string? CacheControl { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>In bytes; larger files get larger parts.</summary>
    public int PartBytes { get; init; } = S3Parts.BytesDefault;

    public int Connections { get; init; } = 64;

    /// <summary>The headers of a new file, but for its metadata.</summary>
    public IEnumerable<(string Name, string? Value)> Headers(string path)
    {
        yield return ("content-type", S3ContentType.Of(path));
        yield return ("cache-control", CacheControl);
        yield return ("x-amz-storage-class", StorageClass);
        yield return ("x-amz-server-side-encryption", Encryption);
        yield return ("x-amz-server-side-encryption-aws-kms-key-id", EncryptionKey);
        yield return ("x-amz-acl", Acl);
    }

    /// <summary>The headers of what Gantry puts there for itself: encrypted like files, since buckets may insist on it.</summary>
    public IEnumerable<(string Name, string? Value)> OwnHeaders(string type)
    {
        yield return ("content-type", type);
        yield return ("x-amz-server-side-encryption", Encryption);
        yield return ("x-amz-server-side-encryption-aws-kms-key-id", EncryptionKey);
    }

    /// <summary>The same for an upload in parts.</summary>
    public void ApplyTo(InitiateMultipartUploadRequest request)
    {
        request.StorageClass = StorageClass is null ? null : new S3StorageClass(StorageClass);
        request.ServerSideEncryptionMethod = Encryption is null ? null : new ServerSideEncryptionMethod(Encryption);
        request.ServerSideEncryptionKeyManagementServiceKeyId = EncryptionKey;
        request.CannedACL = Acl is null ? null : new S3CannedACL(Acl);
        if (CacheControl is not null)
        {
            request.Headers.CacheControl = CacheControl;
        }
    }

    /// <summary>And for a copy inside the service.</summary>
    public void ApplyTo(CopyObjectRequest request)
    {
        request.StorageClass = StorageClass is null ? null : new S3StorageClass(StorageClass);
        request.ServerSideEncryptionMethod = Encryption is null ? null : new ServerSideEncryptionMethod(Encryption);
        request.ServerSideEncryptionKeyManagementServiceKeyId = EncryptionKey;
        request.CannedACL = Acl is null ? null : new S3CannedACL(Acl);
    }

    /// <summary>What is kept with a new file: the settings' metadata, over it the file's own, over it the time.</summary>
    public IReadOnlyDictionary<string, string> MetadataOf(WriteOptions options)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (var (name, value) in Metadata.Concat(options.Metadata ?? new Dictionary<string, string>()))
        {
            all[S3Metadata.CheckedName(name)] = value;
        }

        if (options.ModifiedAt is { } time)
        {
            all[S3Time.MetadataName] = S3Time.Format(time);
        }

        return all;
    }
}
