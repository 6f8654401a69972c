using System.Text;
using System.Text.Json;

namespace Gantry.Engine.Documents;

/// <summary>Reads JSON as RFC 8259 has it: no comments, no trailing commas, no name twice.</summary>
internal ref struct JsonDocumentReader
{
    private readonly ReadOnlySpan<byte> utf8;
    private readonly DocumentLimits limits;
    private Utf8JsonReader reader;
    private int events;

    // The last place known, so that positions of a long document, or of one long line, cost one pass in all.
    private int line = 1;
    private int column = 1;
    private int counted;

    private JsonDocumentReader(ReadOnlySpan<byte> utf8, DocumentLimits limits)
    {
        this.utf8 = utf8;
        this.limits = limits;
        reader = new(utf8, new JsonReaderOptions { MaxDepth = DocumentLimits.DepthMax });
    }

    public static DocumentNode Read(ReadOnlySpan<byte> utf8, DocumentLimits limits)
    {
        var document = new JsonDocumentReader(utf8, limits);
        try
        {
            document.Advance();
            var node = document.ReadValue();
            document.reader.Read();
            return node;
        }
        catch (JsonException exception)
        {
            // The reader counts from 0, and columns in bytes.
            throw new DocumentException(
                new((int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1), $"This is not JSON: {FirstSentence(exception.Message)}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new DocumentException(document.Position(), "The text holds bytes that are not UTF-8, or half of a surrogate pair.", exception);
        }
    }

    private DocumentNode ReadValue()
    {
        var position = Position();
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadMap(position),
            JsonTokenType.StartArray => ReadList(position),
            JsonTokenType.String => new() { Kind = DocumentKind.Text, Position = position, Text = reader.GetString()! },
            JsonTokenType.Number => new() { Kind = DocumentKind.Number, Position = position, Text = Encoding.ASCII.GetString(reader.ValueSpan) },
            JsonTokenType.Null => new() { Kind = DocumentKind.Null, Position = position, Text = "null" },
            _ => new() { Kind = DocumentKind.Boolean, Position = position, Text = reader.TokenType == JsonTokenType.True ? "true" : "false" },
        };
    }

    private DocumentNode ReadMap(DocumentPosition position)
    {
        var members = new List<DocumentMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (Advance(); reader.TokenType != JsonTokenType.EndObject; Advance())
        {
            var namePosition = Position();
            var name = reader.GetString()!;
            var isRepeated = !names.Add(name);
            if (isRepeated)
            {
                limits.Repeat(name, namePosition);
            }

            Advance();
            var value = ReadValue();
            if (!isRepeated)
            {
                members.Add(new(name, namePosition, value));
            }
        }

        return new() { Kind = DocumentKind.Map, Position = position, Members = members };
    }

    private DocumentNode ReadList(DocumentPosition position)
    {
        var items = new List<DocumentNode>();
        for (Advance(); reader.TokenType != JsonTokenType.EndArray; Advance())
        {
            items.Add(ReadValue());
        }

        return new() { Kind = DocumentKind.List, Position = position, Items = items };
    }

    private void Advance()
    {
        reader.Read();
        if (++events > limits.EventsMax)
        {
            throw new DocumentException(Position(), $"The document has more than {limits.EventsMax:N0} parts.");
        }
    }

    private DocumentPosition Position()
    {
        var at = (int)reader.TokenStartIndex;
        for (int newline; (newline = utf8[counted..at].IndexOf((byte)'\n')) >= 0;)
        {
            line++;
            column = 1;
            counted += newline + 1;
        }

        column += Encoding.UTF8.GetCharCount(utf8[counted..at]);
        counted = at;
        return new(line, column);
    }

    /// <summary>.NET appends the position, which has its own place in ours.</summary>
    private static string FirstSentence(string message) =>
        message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var end and >= 0 ? message[..end] : message;
}
