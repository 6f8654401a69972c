using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gantry.Engine.Providers.Web;

/// <summary>Makes a provider's result of an answer: {status, headers, body}, the uniform error, and the other side's own message.</summary>
public static class HttpAnswer
{
    private const int MessageLengthMax = 300;

    /// <summary>What is made of the body is nested more deeply than the body, and 64 is what JSON is read to everywhere.</summary>
    private static readonly JsonDocumentOptions BodyOptions = new() { MaxDepth = 56 };

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="request">What was asked, for messages.</param>
    /// <param name="answer">What came back.</param>
    /// <param name="isExpected">Which statuses are a success.</param>
    /// <param name="mask">Masks secrets in what the other side says, before it is shortened.</param>
    public static ProviderResult ToResult(WebRequest request, WebAnswer answer, Func<int, bool> isExpected, Func<string, string> mask)
    {
        var body = ReadBody(answer, out var problem);
        var output = Write(answer, body);
        if (!isExpected((int)answer.Status))
        {
            return ProviderResult.Failure(ErrorOf(request, answer, body, mask), output);
        }

        return problem is null
            ? ProviderResult.Success(output, $"{HttpGate.Where(request)} answered {(int)answer.Status}.")
            : ProviderResult.Failure(
                new ProviderError { Kind = ProviderErrorKind.Upstream, Message = $"{HttpGate.Where(request)}: {problem}", Status = (int)answer.Status }, output);
    }

    /// <summary>The body of a result, for providers that know what its words mean; null when there is none.</summary>
    public static JsonElement? BodyOf(ProviderResult result) =>
        result.Output is { ValueKind: JsonValueKind.Object } output && output.TryGetProperty("body", out var body) ? body : null;

    /// <summary>Null when the body is no text.</summary>
    public static string? TextOf(ProviderResult result) => BodyOf(result) is { ValueKind: JsonValueKind.String } text ? Settings.Scalars.TextOf(text) : null;

    /// <summary>Parsed when it is JSON, else a text; undefined when it is neither (the bytes then come as body_base64).</summary>
    private static JsonElement ReadBody(WebAnswer answer, out string? problem)
    {
        problem = null;
        if (answer.Body.Length == 0)
        {
            return Settings.Scalars.Null;
        }

        var text = Decode(answer);
        if (!IsJson(answer.MediaType))
        {
            return text is null ? default : Settings.Scalars.Text(text);
        }

        try
        {
            return JsonElement.Parse(Settings.HalfPairs.Mend(text ?? throw new JsonException("its bytes are not text")), BodyOptions);
        }
        catch (JsonException exception)
        {
            problem = $"the answer says that it is JSON, and is not: {exception.Message}";
            return text is null ? default : Settings.Scalars.Text(text);
        }
    }

    internal static bool IsJson(string? mediaType) =>
        mediaType is not null && (mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    internal static string? Decode(WebAnswer answer)
    {
        var encoding = answer.Charset is { } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? FindEncoding(charset) : null;
        try
        {
            var bytes = answer.Body.AsSpan();
            var text = encoding is not null ? encoding.GetString(bytes) : StrictUtf8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            return encoding is null && text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding? FindEncoding(string charset)
    {
        try
        {
            return Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static JsonElement Write(WebAnswer answer, JsonElement body)
    {
        var buffer = new ArrayBufferWriter<byte>(answer.Body.Length + 1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("status", (int)answer.Status);
            WriteHeaders(writer, answer);
            if (body.ValueKind == JsonValueKind.Undefined)
            {
                writer.WriteNull("body");
                writer.WriteBase64String("body_base64", answer.Body);
            }
            else
            {
                writer.WritePropertyName("body");
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(body), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>Set-Cookie cannot be joined with commas, and is a list.</summary>
    private static void WriteHeaders(Utf8JsonWriter writer, WebAnswer answer)
    {
        writer.WriteStartObject("headers");
        foreach (var group in answer.Headers.GroupBy(header => header.Key, StringComparer.Ordinal))
        {
            var values = group.SelectMany(header => header.Value);
            writer.WritePropertyName(group.Key);
            if (group.Key == "set-cookie")
            {
                JsonSerializer.Serialize(writer, values);
            }
            else
            {
                writer.WriteStringValue(string.Join(", ", values));
            }
        }

        writer.WriteEndObject();
    }

    private static ProviderError ErrorOf(WebRequest request, WebAnswer answer, JsonElement body, Func<string, string> mask)
    {
        var status = (int)answer.Status;
        var (kind, isTransient) = KindOf(answer.Status);
        var reason = answer.Reason.Length > 0 ? $" {answer.Reason}" : "";
        var said = MessageIn(body) is { } message ? $": {OneLine(mask(message))}" : ".";
        return new ProviderError
        {
            Kind = kind,
            Message = $"{HttpGate.Where(request)} answered {status}{reason}{said}",
            IsTransient = isTransient,
            Status = status,
            RetryAfter = isTransient ? answer.RetryAfter : null,
        };
    }

    internal static (ProviderErrorKind Kind, bool IsTransient) KindOf(HttpStatusCode status) => (int)status switch
    {
        401 or 403 or 407 => (ProviderErrorKind.Unauthorized, false),
        404 or 410 => (ProviderErrorKind.NotFound, false),
        408 => (ProviderErrorKind.TimedOut, true),
        409 or 412 => (ProviderErrorKind.Conflict, false),
        425 => (ProviderErrorKind.Unavailable, true),
        429 => (ProviderErrorKind.RateLimited, true),
        501 or 505 => (ProviderErrorKind.Upstream, false),
        503 => (ProviderErrorKind.Unavailable, true),
        504 => (ProviderErrorKind.TimedOut, true),
        >= 500 => (ProviderErrorKind.Upstream, true),
        >= 400 => (ProviderErrorKind.BadRequest, false),
        _ => (ProviderErrorKind.Upstream, false),
    };

    /// <summary>What the vendor says went wrong, where vendors say it; null when it is not to be found.</summary>
    internal static string? MessageIn(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in (ReadOnlySpan<string>)["error", "message", "detail", "error_description", "title"])
        {
            if (!body.TryGetProperty(name, out var value))
            {
                continue;
            }

            if (value.ValueKind == JsonValueKind.Object && MessageIn(value) is { } inner)
            {
                return inner;
            }

            if (value.ValueKind == JsonValueKind.String && Settings.Scalars.TextOf(value) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    public static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MessageLengthMax ? line : string.Concat(line.AsSpan(0, MessageLengthMax), "…");
    }
}
