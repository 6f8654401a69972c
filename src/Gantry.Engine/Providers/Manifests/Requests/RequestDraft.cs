using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>A request while it is made: parameters, constants, paging and what signs in are put into it, then it is written.</summary>
internal sealed class RequestDraft(string method, ManifestScope scope)
{
    private readonly List<KeyValuePair<string, string>> headers = [];
    private readonly List<KeyValuePair<string, string>> query = [];
    private readonly List<KeyValuePair<string, string>> cookies = [];
    private readonly List<KeyValuePair<string, string>> fields = [];

    public string Method => method;

    public ManifestScope Scope => scope;

    /// <summary>Without query.</summary>
    public required string Address { get; set; }

    public BodyEncoding Encoding { get; set; } = BodyEncoding.None;

    public string? ContentType { get; set; }

    /// <summary>Of JSON; null while there is none.</summary>
    public BodyNode? Root { get; set; }

    /// <summary>Where fields of the body go when they are not at the top: "variables", "params".</summary>
    public string? FieldsUnder { get; set; }

    public string? Text { get; set; }

    /// <summary>With their parameters' names where they are sent.</summary>
    public List<KeyValuePair<string, FileSource>> Files { get; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Query => query;

    public IReadOnlyList<KeyValuePair<string, string>> Fields => fields;

    public bool HasHeader(string name) => headers.Exists(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Those that belong into a signature, in lower case.</summary>
    public IEnumerable<KeyValuePair<string, string>> SignedHeaders() => headers.Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value))
        .Where(header => header.Key is "content-type" or "content-md5" || header.Key.StartsWith("x-amz-", StringComparison.Ordinal));

    public void SetHeader(string name, string value)
    {
        headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        headers.Add(new(name, value));
    }

    /// <exception cref="ProviderException">The value would begin another cookie.</exception>
    public void SetCookie(string name, string value)
    {
        if (value.Contains(';', StringComparison.Ordinal))
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"The value of the cookie '{name}' holds a ';', with which another cookie would begin." });
        }

        cookies.RemoveAll(cookie => cookie.Key == name);
        cookies.Add(new(name, value));
    }

    /// <summary>In place of those of the same name.</summary>
    public void SetQuery(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var added = pairs.ToList();
        query.RemoveAll(pair => added.Exists(other => other.Key == pair.Key));
        query.AddRange(added);
    }

    public void SetQuery(string name, string value) => SetQuery([new(name, value)]);

    public void ClearQuery() => query.Clear();

    public void AddQuery(string name, string value) => query.Add(new(name, value));

    /// <summary>Without '?'; each name and value encoded.</summary>
    public string QueryText() => string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    public void SetField(string name, JsonElement value, ParameterStyle? style = null)
    {
        if (Encoding is BodyEncoding.Form or BodyEncoding.Multipart)
        {
            var added = StyledValue.Write(name, value, style).ToList();
            fields.RemoveAll(pair => added.Exists(other => other.Key == pair.Key));
            fields.AddRange(added);
            return;
        }

        if (Encoding == BodyEncoding.None)
        {
            Encoding = BodyEncoding.Json;
        }

        Root = Root switch
        {
            BodyMap map => map,
            BodyValue { Value.ValueKind: JsonValueKind.Object } whole => BodyMap.Open(whole.Value),
            null => new BodyMap(),
            _ => throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.BadRequest,
                Message = $"'{name}' cannot be put into the body, which is a list or a text as a whole.",
            }),
        };
        ((BodyMap)Root).Set(name, style == ParameterStyle.Comma ? Scalars.Text(StyledValue.Text(value)) : value);
    }

    /// <summary>By a place of the manifest: of paging, of a key, of what signs in.</summary>
    public void Set(ParameterPlace place, string name, JsonElement value)
    {
        switch (place)
        {
            case ParameterPlace.Header:
                SetHeader(name, StyledValue.Text(value));
                break;
            case ParameterPlace.Cookie:
                SetCookie(name, StyledValue.Text(value));
                break;
            case ParameterPlace.Variable:
                SetField($"variables.{name}", value);
                break;
            case ParameterPlace.Body or ParameterPlace.Form:
                SetField(FieldsUnder is null ? name : $"{FieldsUnder}.{name}", value);
                break;
            default:
                SetQuery(StyledValue.Write(name, value, null));
                break;
        }
    }

    public Uri Url()
    {
        var text = QueryText();
        var address = text.Length == 0 ? Address : $"{Address}{(Address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{text}";
        return Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? url
            : throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.BadRequest,
                Message = "The address that the connection and the parameters make is none. Look at the values of the connection.",
            });
    }

    /// <summary>The body; null when there is none, or when it is read while it is sent.</summary>
    public byte[]? Body { get; private set; }

    /// <summary>Of a body that is read while it is sent.</summary>
    public IReadOnlyList<ContentPart>? Streamed { get; private set; }

    /// <summary>Writes the body as it stands; again after something was added.</summary>
    public void WriteBody()
    {
        (Body, Streamed) = (null, null);
        switch (Encoding)
        {
            case BodyEncoding.None:
                return;
            case BodyEncoding.Json when Root is not null:
                SetBody(Root.ToJson(), ContentType ?? "application/json");
                return;
            case BodyEncoding.Form:
                SetBody(System.Text.Encoding.ASCII.GetBytes(string.Join('&', fields.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))),
                    ContentType ?? "application/x-www-form-urlencoded");
                return;
            case BodyEncoding.Multipart:
                WriteMultipart();
                return;
            case BodyEncoding.Text:
                SetBody(System.Text.Encoding.UTF8.GetBytes(Text ?? ""), ContentType ?? "text/plain; charset=utf-8");
                return;
            case BodyEncoding.Ndjson when Root is not null:
                SetBody(Lines(Root), ContentType ?? "application/x-ndjson");
                return;
            case BodyEncoding.Binary when Files is [var (_, file), ..]:
                Streamed = [new ContentPart(default, file)];
                if (ContentType is not null || !HasHeader("Content-Type"))
                {
                    SetHeader("Content-Type", ContentType ?? file.Type);
                }

                return;
            case BodyEncoding.Binary when Text is not null:
                SetBody(System.Text.Encoding.UTF8.GetBytes(Text), ContentType ?? "application/octet-stream");
                return;
        }
    }

    public WebRequest ToRequest(TimeSpan timeout, IReadOnlyList<string> egressAllowed, int bytesMax, MemoryShare? memory = null, Func<WebAnswer, Stream, CancellationToken, ValueTask<bool>>? receive = null) => new()
    {
        Method = new HttpMethod(method == "ANY" ? "POST" : method),
        Url = Url(),
        Headers = [.. headers, .. cookies.Count == 0 ? [] : (KeyValuePair<string, string>[])[new("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")))]],
        Body = Body is null ? null : (ReadOnlyMemory<byte>?)Body,
        Content = Streamed is { } parts ? () => new StreamedContent(parts) : null,
        Timeout = timeout,
        BytesMax = bytesMax,
        Memory = memory,
        EgressAllowed = egressAllowed,
        Receive = receive,
    };

    private static byte[] Lines(BodyNode root)
    {
        using var lines = new MemoryStream();
        IEnumerable<byte[]> items = root switch
        {
            BodyValue { Value.ValueKind: JsonValueKind.Array } list => list.Value.EnumerateArray().Select(item => new BodyValue(item).ToJson()),
            BodyList list => list.Items.Select(item => item.ToJson()),
            _ => [root.ToJson()],
        };
        foreach (var item in items)
        {
            lines.Write(item);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    private void SetBody(byte[] bytes, string type)
    {
        Body = bytes;
        if (type.Length > 0 && (ContentType is not null || !HasHeader("Content-Type")))
        {
            SetHeader("Content-Type", type);
        }
    }

    private void WriteMultipart()
    {
        var boundary = $"gantry-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        List<ContentPart> parts = [];
        foreach (var (name, value) in fields)
        {
            parts.Add(ContentPart.Of($"--{boundary}\r\nContent-Disposition: form-data; name=\"{Quoted(name)}\"\r\n\r\n{value}\r\n"));
        }

        foreach (var (name, file) in Files)
        {
            parts.Add(ContentPart.Of($"--{boundary}\r\nContent-Disposition: form-data; name=\"{Quoted(name)}\"; filename=\"{Quoted(file.Name)}\"\r\nContent-Type: {file.Type}\r\n\r\n"));
            parts.Add(new ContentPart(default, file));
            parts.Add(ContentPart.Of("\r\n"));
        }

        parts.Add(ContentPart.Of($"--{boundary}--\r\n"));
        Streamed = parts;
        SetHeader("Content-Type", $"{ContentType ?? "multipart/form-data"}; boundary={boundary}");
    }

    /// <summary>As browsers write it (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data), and other control characters like it.</summary>
    private static string Quoted(string name) =>
        string.Concat(name.Select(character => character == '"' || char.IsControl(character) ? Uri.HexEscape((char)(character & 0xFF)) : character.ToString()));
}
