using System.Text;

namespace Gantry.Engine.Documents;

public enum DocumentFormat
{
    /// <summary>JSON when it begins with '{' or '[' and is JSON; YAML otherwise.</summary>
    Any,
    Json,
    Yaml,
}

/// <summary>
/// The one way from a hostile YAML or JSON document to nodes. Its only failure is <see cref="DocumentException"/>. Refused are: more than the limits allow, bytes that
/// are not UTF-8, a name twice in a map, YAML's anchors, aliases, tags, directives and names that are no texts, and more than one document.
/// </summary>
public static class DocumentReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static DocumentNode Read(ReadOnlySpan<byte> utf8, DocumentFormat format = DocumentFormat.Any, DocumentLimits? limits = null)
    {
        limits ??= DocumentLimits.Default;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (utf8.Length > limits.BytesMax)
        {
            throw new DocumentException(new(1, 1), $"The document is too large: at most {limits.BytesMax:N0} bytes are read.");
        }

        return format switch
        {
            DocumentFormat.Json => JsonDocumentReader.Read(utf8, limits),
            DocumentFormat.Yaml => ReadYaml(utf8, limits),
            _ => ReadAny(utf8, limits),
        };
    }

    public static DocumentNode Read(string text, DocumentFormat format = DocumentFormat.Any, DocumentLimits? limits = null)
    {
        try
        {
            return Read(StrictUtf8.GetBytes(text), format, limits);
        }
        catch (EncoderFallbackException exception)
        {
            throw new DocumentException(PositionAt(text.AsSpan(0, exception.Index)), "The document holds half of a surrogate pair, which is no character.", exception);
        }
    }

    private static DocumentNode ReadAny(ReadOnlySpan<byte> utf8, DocumentLimits limits)
    {
        var start = utf8.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0 || utf8[start] is not ((byte)'{' or (byte)'['))
        {
            return ReadYaml(utf8, limits);
        }

        try
        {
            return JsonDocumentReader.Read(utf8, limits);
        }
        catch (DocumentException asJson)
        {
            // YAML's flow style looks like JSON. What is neither is told about as JSON, which it most likely was meant to be.
            try
            {
                return ReadYaml(utf8, limits);
            }
            catch (DocumentException)
            {
                throw asJson;
            }
        }
    }

    private static DocumentNode ReadYaml(ReadOnlySpan<byte> utf8, DocumentLimits limits)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DocumentException(new(1, 1), "The document is not UTF-8. Save it in this encoding.", exception);
        }

        try
        {
            return new YamlDocumentReader(text, limits).Read();
        }
        catch (DocumentException) when (BareReferences.Hide(text) is { } hidden)
        {
            return ReadHidden(text, hidden, limits);
        }
    }

    /// <summary>YAML takes the braces of a bare ${reference} inside { } or [ ] for its own. Read once more without them, it is what was meant, or not YAML at all.</summary>
    private static DocumentNode ReadHidden(string text, string hidden, DocumentLimits limits)
    {
        try
        {
            return BareReferences.Show(new YamlDocumentReader(hidden, limits).Read());
        }
        catch (DocumentException)
        {
            // The positions are the same, but the message may quote what was never written.
            return new YamlDocumentReader(text, limits).Read();
        }
    }

    private static DocumentPosition PositionAt(ReadOnlySpan<char> before) =>
        new(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
}
