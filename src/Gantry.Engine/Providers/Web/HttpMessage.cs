namespace Gantry.Engine.Providers.Web;

/// <summary>Makes the message of a request, and refuses what must not go on the wire.</summary>
internal static class HttpMessage
{
    /// <summary>They belong to the connection, or would say something else than the URL.</summary>
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Transfer-Encoding", "Content-Length", "TE", "Trailer", "Upgrade", "Expect",
        "HTTP2-Settings",
    };

    /// <param name="request">What is asked.</param>
    /// <param name="place">Where it is sent, whatever host its URL names; null for that host.</param>
    public static HttpRequestMessage Create(WebRequest request, Uri? place = null)
    {
        CheckUrl(request.Url);
        var message = new HttpRequestMessage(request.Method, place is null ? request.Url : new Uri(place, request.Url.PathAndQuery));
        if (place is not null)
        {
            message.Headers.Host = request.Url.Authority;
        }

        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
        }
        else if (request.Content is { } content)
        {
            message.Content = content();
        }

        foreach (var (name, value) in request.Headers)
        {
            CheckHeader(name, value);
            if (IsContentHeader(name))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    /// <summary>The same of a request that a library made.</summary>
    public static void Check(HttpRequestMessage message)
    {
        CheckUrl(message.RequestUri!);
        foreach (var header in message.Headers.NonValidated)
        {
            foreach (var value in header.Value)
            {
                CheckHeader(header.Key, value);
            }
        }
    }

    private static void CheckUrl(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
        {
            throw Refuse($"A URL begins with http:// or https://, and this one with {url.Scheme}:.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw Refuse($"The URL of {url.Host} holds a user name or a password. Leave it out, and use 'basic' with ${{cred:NAME}}.");
        }
    }

    private static void CheckHeader(string name, string value)
    {
        if (name.Length == 0 || !name.All(IsTokenCharacter))
        {
            throw Refuse("A header's name is made of letters, digits and '-'; one of these is not.");
        }

        if (Ours.Contains(name))
        {
            throw Refuse($"The header '{name}' is set by the program and cannot be given.");
        }

        // What adds headers without validation would let a line break end the header and begin another.
        if (value.Any(char.IsControl))
        {
            throw Refuse($"The value of the header '{name}' holds a line break or another control character.");
        }
    }

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);

    private static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Security-Policy", StringComparison.OrdinalIgnoreCase);

    private static ProviderException Refuse(string message) => HttpGate.Fail(ProviderErrorKind.BadRequest, message);
}
