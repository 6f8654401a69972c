using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// Signs requests (AWS Signature Version 4, https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). The SDK does as well, and
/// takes several times as long for it: a small file is little more than its signature.
/// </summary>
internal sealed class S3Signer(string region, TimeProvider clock, string service = "s3")
{
    /// <summary>The payload is not part of the signature: TLS protects it, or a checksum that is signed.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    private readonly AwsSignature signature = new(region, service);

    /// <summary>Adds the headers that sign it, in place of those of an earlier signature.</summary>
    public void Sign(S3Request request, string host, string path, string query, AwsKeys? keys)
    {
        var now = AwsSignature.Time(clock.GetUtcNow());
        request.Headers.RemoveAll(static header => header.Name is "x-amz-content-sha256" or "x-amz-date" or "x-amz-security-token" or "authorization");
        request.Headers.Add(new S3Header("x-amz-content-sha256", request.PayloadHash));
        if (keys is null)
        {
            return;
        }

        request.Headers.Add(new S3Header("x-amz-date", now));
        if (keys.SessionToken is { } token)
        {
            request.Headers.Add(new S3Header("x-amz-security-token", token));
        }

        List<KeyValuePair<string, string>> signed = [new("host", host)];
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.Ordinal) || name is "content-md5" or "content-type")
            {
                signed.Add(new(name, value));
            }
        }

        request.Headers.Add(new S3Header("authorization", signature.Sign(request.Method.Method, path, query, signed, request.PayloadHash, now, keys)));
    }
}
