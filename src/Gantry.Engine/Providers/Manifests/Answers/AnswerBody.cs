using System.Text;
using System.Text.Json;
using System.Xml;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>A body, read.</summary>
/// <param name="Value">Null when it is a file, unless something can be looked for in it.</param>
/// <param name="Problem">Why it is not what it should be, as the end of a sentence; null when it is.</param>
/// <param name="IsFile">It is bytes, to be handed on as they are.</param>
internal readonly record struct AnswerValue(JsonElement Value, string? Problem = null, bool IsFile = false);

/// <summary>The body of an answer as a value: JSON as it is, XML as a tree, tables as lists, everything else as a text or a file.</summary>
internal static class AnswerBody
{
    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 56 };

    /// <param name="answer">What came back.</param>
    /// <param name="form">As the manifest says; null leaves it to the content type.</param>
    /// <param name="needsTree">Something is looked for in it.</param>
    public static AnswerValue Read(WebAnswer answer, AnswerForm? form, bool needsTree)
    {
        if (form == AnswerForm.File)
        {
            // What may be an error is read as the kind that it says it is.
            return IsTreeType(answer.MediaType) ? Read(answer, null, needsTree: false) with { Problem = null, IsFile = true } : new(Scalars.Null, IsFile: true);
        }

        if (answer.Body.Length == 0 || form == AnswerForm.None)
        {
            return new(Scalars.Null);
        }

        var text = HttpAnswer.Decode(answer);
        var type = answer.MediaType ?? "";
        string problem;
        var guessed = form ?? Guess(type, text);
        try
        {
            switch (guessed)
            {
                case AnswerForm.Json:
                    return new(JsonElement.Parse(HalfPairs.Mend(text ?? throw new JsonException("its bytes are not text")), JsonOptions));
                case AnswerForm.Xml:
                    return new(XmlTree.Read(text ?? throw new XmlException("its bytes are not text")));
                case AnswerForm.Csv:
                    return new(CsvTable.Read(text ?? ""));
                case AnswerForm.Ndjson:
                    return new(JsonSerializer.SerializeToElement((text ?? "").Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => JsonElement.Parse(HalfPairs.Mend(line), JsonOptions))));
                case AnswerForm.Text when form is null && (needsTree || IsPage(type)):
                    return new(Scalars.Text(text ?? ""), $"the answer is {Described(type)}, and not JSON{Beginning(text)}");
                case AnswerForm.Text when text is not null:
                    return new(Scalars.Text(text));
                default:
                    return new(Scalars.Null, IsFile: true);
            }
        }
        catch (JsonException exception)
        {
            problem = IsPage(type) || (type.Length > 0 && !HttpAnswer.IsJson(type))
                ? $"the answer is {Described(type)}, and not JSON{Beginning(text)}"
                : $"the answer says that it is JSON, and is not, or breaks off: {exception.Message}";
        }
        catch (XmlException exception)
        {
            problem = type.Length > 0 && !IsXml(type) ? $"the answer is {Described(type)}, and not XML{Beginning(text)}" : $"the answer is not XML, or breaks off: {exception.Message}";
        }

        return new(Scalars.Text(text ?? ""), problem);
    }

    /// <summary>What is a file by its content type alone, when the manifest does not say what comes.</summary>
    public static bool IsFileType(string? type) => type is { Length: > 0 } && Guess(type, null) == AnswerForm.File;

    /// <summary>What may have members, by its content type.</summary>
    public static bool IsTreeType(string? type) => type is { Length: > 0 } && (HttpAnswer.IsJson(type) || IsXml(type));

    private static AnswerForm Guess(string type, string? text)
    {
        if (HttpAnswer.IsJson(type))
        {
            return AnswerForm.Json;
        }

        if (IsXml(type))
        {
            return AnswerForm.Xml;
        }

        // Vendors send JSON as text more often than text that looks like JSON.
        var start = (text ?? "").AsSpan().TrimStart();
        if (start.Length > 0 && start[0] is '{' or '[' && (type.Length == 0 || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type.EndsWith("javascript", StringComparison.OrdinalIgnoreCase)))
        {
            return AnswerForm.Json;
        }

        return type.ToLowerInvariant() switch
        {
            "text/csv" => AnswerForm.Csv,
            "application/x-ndjson" or "application/jsonl" or "application/jsonlines" => AnswerForm.Ndjson,
            "" => text is null ? AnswerForm.File : AnswerForm.Text,
            var known => known.StartsWith("text/", StringComparison.Ordinal) || IsPage(known) ? AnswerForm.Text : AnswerForm.File,
        };
    }

    private static bool IsXml(string type) => type.Equals("application/xml", StringComparison.OrdinalIgnoreCase) || type.Equals("text/xml", StringComparison.OrdinalIgnoreCase)
        || (type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase) && !IsPage(type) && !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase));

    private static bool IsPage(string type) => type.Equals("text/html", StringComparison.OrdinalIgnoreCase) || type.Equals("application/xhtml+xml", StringComparison.OrdinalIgnoreCase);

    private static string Described(string type) => IsPage(type) ? "a web page (text/html)" : type.Length == 0 ? "of no content type" : type;

    private static string Beginning(string? text)
    {
        var line = text is null ? "" : HttpAnswer.OneLine(text.Length > 200 ? text[..200] : text);
        return line.Length == 0 ? "" : $". It begins: {line}";
    }
}

/// <summary>XML as a tree: elements and {@attribute, #text}; what comes several times is a list. Names are without their prefixes.</summary>
internal static class XmlTree
{
    private const int DepthMax = 50;

    public static JsonElement Read(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
        var root = new Dictionary<string, object?>(StringComparer.Ordinal);
        reader.MoveToContent();
        root[reader.LocalName] = ReadElement(reader, 1);
        while (reader.Read())
        {
            // A document that goes on after its end is none.
        }

        return JsonSerializer.SerializeToElement(root);
    }

    private static object? ReadElement(XmlReader reader, int depth)
    {
        if (depth > DepthMax)
        {
            throw new XmlException($"it is nested more than {DepthMax} deep");
        }

        Dictionary<string, object?> members = new(StringComparer.Ordinal);
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                members[$"@{reader.LocalName}"] = reader.Value;
            }
        }

        reader.MoveToElement();
        var words = new StringBuilder();
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    Add(members, reader.LocalName, ReadElement(reader, depth + 1));
                }
                else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                {
                    words.Append(reader.Value);
                }
            }
        }

        var text = words.ToString().Trim();
        if (members.Count == 0)
        {
            return text.Length == 0 ? null : text;
        }

        if (text.Length > 0)
        {
            members["#text"] = text;
        }

        return members;
    }

    private static void Add(Dictionary<string, object?> members, string name, object? value)
    {
        if (!members.TryGetValue(name, out var present))
        {
            members[name] = value;
        }
        else if (present is List<object?> list)
        {
            list.Add(value);
        }
        else
        {
            members[name] = new List<object?> { present, value };
        }
    }
}

/// <summary>CSV (RFC 4180) with names in its first row, as a list of maps.</summary>
internal static class CsvTable
{
    public static JsonElement Read(string text)
    {
        var rows = Rows(text.TrimStart('\uFEFF')).ToList();
        if (rows.Count == 0)
        {
            return JsonElement.Parse("[]");
        }

        var names = rows[0];
        return JsonSerializer.SerializeToElement(rows.Skip(1).Select(row =>
        {
            Dictionary<string, string> map = new(StringComparer.Ordinal);
            for (var index = 0; index < names.Count; index++)
            {
                map[names[index]] = index < row.Count ? row[index] : "";
            }

            return map;
        }));
    }

    private static IEnumerable<List<string>> Rows(string text)
    {
        List<string> row = [];
        var value = new StringBuilder();
        var isQuoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (isQuoted)
            {
                if (character == '"' && at + 1 < text.Length && text[at + 1] == '"')
                {
                    value.Append('"');
                    at++;
                }
                else if (character == '"')
                {
                    isQuoted = false;
                }
                else
                {
                    value.Append(character);
                }
            }
            else if (character == '"' && value.Length == 0)
            {
                isQuoted = true;
            }
            else if (character is ',' or '\n')
            {
                row.Add(value.ToString().TrimEnd('\r'));
                value.Clear();
                if (character == '\n')
                {
                    if (row is not [""])
                    {
                        yield return row;
                    }

                    row = [];
                }
            }
            else
            {
                value.Append(character);
            }
        }

        if (value.Length > 0 || row.Count > 0)
        {
            row.Add(value.ToString().TrimEnd('\r'));
            yield return row;
        }
    }
}
