using System.Net;

namespace Gantry.Engine.Providers.Web;

/// <summary>One request as <see cref="HttpGate"/> sends it. It may hold secrets: it is never logged.</summary>
public sealed class WebRequest
{
    public required HttpMethod Method { get; init; }

    /// <summary>Absolute, http or https, without user and password in it.</summary>
    public required Uri Url { get; init; }

    /// <summary>In the order they are sent. Content-Type is among them when there is a body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Instead of <see cref="Body"/>: makes a content that is read while it is sent, anew for each redirect; null when there is none.</summary>
    public Func<HttpContent>? Content { get; init; }

    internal bool HasBody => Body is not null || Content is not null;

    /// <summary>For everything: connecting, redirects, and the answer to its end.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>A longer answer is refused, after decompression.</summary>
    public int BytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>Where the room for the answer's body is taken from while it is read; null when nobody counts it.</summary>
    public MemoryShare? Memory { get; init; }

    public bool FollowsRedirects { get; init; } = true;

    /// <summary>
    /// Asked when the answer begins, with an answer whose body is not there yet: true when it has taken the body, which is then empty in the answer; false to have it read as any
    /// other. Null when it always is.
    /// </summary>
    public Func<WebAnswer, Stream, CancellationToken, ValueTask<bool>>? Receive { get; init; }

    /// <summary>See <see cref="ProviderCall.EgressAllowed"/>.</summary>
    public IReadOnlyList<string> EgressAllowed { get; init; } = [];

    /// <summary>Without the query, which may hold what nobody should read: for messages.</summary>
    public static string Display(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

/// <summary>The answer, read to its end.</summary>
public sealed class WebAnswer
{
    public required HttpStatusCode Status { get; init; }

    /// <summary>As the server says it: "Not Found". May be empty.</summary>
    public required string Reason { get; init; }

    /// <summary>Where the last redirect led.</summary>
    public required Uri Url { get; init; }

    /// <summary>Lower-case names.</summary>
    public required IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Headers { get; init; }

    public required byte[] Body { get; init; }

    public string? MediaType { get; init; }

    public string? Charset { get; init; }

    /// <summary>How long the server asks to be left alone; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
