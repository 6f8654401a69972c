using Gantry.Engine.Settings;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Engine.Documents;

/// <summary>
/// Builds nodes from the parser's events, counting them as they come: the depth is refused before anything recurses, and nothing is ever expanded. Plain scalars are typed
/// by what JSON would take them for (true, false, null, numbers) or, empty and '~', as null; all others are texts ("no", "on", 007, 0x1F).
/// </summary>
internal sealed class YamlDocumentReader(string text, DocumentLimits limits)
{
    private readonly Parser parser = new(new Scanner(new StringReader(text), skipComments: true));
    private readonly Dictionary<string, DocumentNode> anchors = new(StringComparer.Ordinal);
    private int events;

    public DocumentNode Read()
    {
        Next();
        Next();
        if (parser.Current is StreamEnd)
        {
            throw new DocumentException(new(1, 1), "The document is empty.");
        }

        if (parser.Current is DocumentStart start && HasDirectives(start))
        {
            throw Refuse("Directives (%YAML, %TAG) are not accepted.");
        }

        Next();
        var node = ReadNode(1);
        Next();
        Next();
        return parser.Current is StreamEnd ? node : throw Refuse("The document ends here; a second one is not accepted.");
    }

    private static bool HasDirectives(DocumentStart start) =>
        start.Version is not null || start.Tags?.Any(tag => tag.Handle is not ("!" or "!!")) == true;

    private DocumentNode ReadNode(int depth)
    {
        var anchor = parser.Current is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
        var node = ReadValue(depth);
        if (anchor is not null)
        {
            anchors[anchor] = node;
        }

        return node;
    }

    private DocumentNode ReadValue(int depth)
    {
        switch (parser.Current)
        {
            case AnchorAlias alias when limits.Tolerated is not null:
                return anchors.GetValueOrDefault(alias.Value.Value) ?? throw Refuse($"The alias *{alias.Value} names nothing that stands whole before it.");
            case AnchorAlias:
                throw Refuse("Aliases (*name) are not accepted. Write the value out.");
            case NodeEvent { Anchor.IsEmpty: false } when limits.Tolerated is null:
                throw Refuse("Anchors (&name) are not accepted. Remove it.");
            case NodeEvent { Tag.IsEmpty: false } when limits.Tolerated is null:
                throw Refuse("Tags (!name) are not accepted. Remove it; a text is written in quotes.");
            case MappingStart or SequenceStart when depth > DocumentLimits.DepthMax:
                throw Refuse($"Maps and lists are nested more than {DocumentLimits.DepthMax} deep.");
            case MappingStart:
                return ReadMap(depth);
            case SequenceStart:
                return ReadList(depth);
            case Scalar scalar:
                return ReadScalar(scalar);
            default:
                throw Refuse("A value is expected here.");
        }
    }

    private DocumentNode ReadMap(int depth)
    {
        var position = Position();
        var members = new List<DocumentMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (Next(); parser.Current is not MappingEnd; Next())
        {
            var namePosition = Position();
            if (parser.Current is not Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } name)
            {
                throw Refuse("A name is expected here: a plain or quoted text without an anchor or a tag.");
            }

            var isRepeated = !names.Add(name.Value);
            if (isRepeated)
            {
                limits.Repeat(name.Value, namePosition);
            }

            Next();
            var value = ReadNode(depth + 1);
            if (!isRepeated)
            {
                members.Add(new(name.Value, namePosition, value));
            }
        }

        return new() { Kind = DocumentKind.Map, Position = position, Members = members };
    }

    private DocumentNode ReadList(int depth)
    {
        var position = Position();
        var items = new List<DocumentNode>();
        for (Next(); parser.Current is not SequenceEnd; Next())
        {
            items.Add(ReadNode(depth + 1));
        }

        return new() { Kind = DocumentKind.List, Position = position, Items = items };
    }

    private DocumentNode ReadScalar(Scalar scalar)
    {
        var kind = scalar.Style == ScalarStyle.Plain ? KindOf(scalar.Value) : DocumentKind.Text;
        var written = kind switch
        {
            DocumentKind.Null => "null",
            DocumentKind.Boolean => scalar.Value.ToLowerInvariant(),
            _ => scalar.Value,
        };
        return new() { Kind = kind, Position = Position(), Text = written };
    }

    private static DocumentKind KindOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => DocumentKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => DocumentKind.Boolean,
        _ => Scalars.IsNumber(plain) ? DocumentKind.Number : DocumentKind.Text,
    };

    private void Next()
    {
        try
        {
            if (!parser.MoveNext())
            {
                throw Refuse("The document ends in the middle of something.");
            }
        }
        catch (YamlException exception)
        {
            throw new DocumentException(At(exception.Start), $"This is not YAML: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException or InvalidCastException or FormatException or NullReferenceException or OverflowException)
        {
            // The parser fails so on some malformed input, such as a flow list that is continued further left than its name.
            throw new DocumentException(Position(), "This is not YAML, or it stops being YAML after this place. Look at brackets, quotes and indentation.", exception);
        }

        if (++events > limits.EventsMax)
        {
            throw Refuse($"The document has more than {limits.EventsMax:N0} parts.");
        }
    }

    private DocumentException Refuse(string message) => new(Position(), message);

    private DocumentPosition Position() => parser.Current is { } current ? At(current.Start) : new(1, 1);

    private static DocumentPosition At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
