using System.Net;
using System.Security.Cryptography;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Endpoints.S3;

/// <param name="Name">In lower case.</param>
/// <param name="Value">As it is sent.</param>
internal sealed record S3Header(string Name, string Value);

/// <summary>One request before it is signed.</summary>
internal sealed class S3Request(HttpMethod method, string? key)
{
    public HttpMethod Method { get; } = method;

    /// <summary>Null means the bucket itself.</summary>
    public string? Key { get; } = key;

    /// <summary>Name and value as they are, in the order of their names.</summary>
    public IReadOnlyList<(string Name, string Value)> Query { get; init; } = [];

    /// <summary>Names in lower case.</summary>
    public List<S3Header> Headers { get; } = [];

    public S3Body? Body { get; init; }

    /// <summary>Whether it looks at an object or writes it as a whole: every S3 service says the ETag then, and a web page that answers anything does not.</summary>
    private bool IsToldETag => Key is not null && Query.Count == 0 && (Method == HttpMethod.Head || Method == HttpMethod.Put);

    /// <summary>For the signature.</summary>
    public string PayloadHash { get; set; } = AwsSignature.Nothing;

    /// <summary>What the request is about, for messages: the path as the user knows it.</summary>
    public required string About { get; init; }

    /// <summary>Whether an answer of this status, with this ETag or none, says that it was done.</summary>
    public bool IsDoneBy(HttpStatusCode status, string? etag) => (int)status is >= 200 and < 300 && (!IsToldETag || etag is { Length: > 0 });

    public S3Request With(string name, string? value)
    {
        if (value is not null)
        {
            Headers.Add(new S3Header(name, value));
        }

        return this;
    }

    public S3Request With(IEnumerable<(string Name, string? Value)> headers)
    {
        foreach (var (name, value) in headers)
        {
            With(name, value);
        }

        return this;
    }

    /// <summary>The server refuses content that did not arrive as it was sent.</summary>
    public S3Request WithMd5(ReadOnlySpan<byte> content) => With("content-md5", Convert.ToBase64String(MD5.HashData(content)));
}
