using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>One text with its references. "$${" is a plain "${".</summary>
internal sealed partial class TextTemplate : Template
{
    private const int LegacyLengthMax = 512;

    private readonly string source;
    private readonly bool takesSecrets;
    private readonly List<Piece> pieces = [];
    private readonly List<string> secrets = [];

    private TextTemplate(string source, bool takesSecrets)
    {
        this.source = source;
        this.takesSecrets = takesSecrets;
    }

    /// <summary>What is wrong with its syntax; null when nothing is.</summary>
    public ExpressionException? Problem { get; private set; }

    /// <summary>The text when there is nothing to evaluate in it (secrets are the provider's); null when there is.</summary>
    public string? PlainText => pieces.TrueForAll(piece => piece.Expression is null) ? string.Concat(pieces.Select(piece => piece.Text)) : null;

    /// <summary>It is one reference and nothing else, and so keeps the type of its value.</summary>
    public bool IsWhole => pieces is [{ Expression: not null }];

    public IEnumerable<Expression> Expressions => pieces.Select(piece => piece.Expression).OfType<Expression>();

    /// <summary>The names of the credentials it refers to.</summary>
    public IReadOnlyList<string> Secrets => secrets;

    public static bool MayHoldReferences(string text) => text.Contains("${", StringComparison.Ordinal) || text.Contains("{{", StringComparison.Ordinal);

    public static TextTemplate Parse(string text, bool takesSecrets)
    {
        var template = new TextTemplate(text, takesSecrets);
        try
        {
            template.Parse();
        }
        catch (ExpressionException exception)
        {
            template.Problem = exception;
        }

        return template;
    }

    public override IEnumerable<(TextTemplate Text, string Path)> Texts(string path) => [(this, path)];

    internal override void Write(Utf8JsonWriter writer, Scope scope)
    {
        RefuseMalformed();
        if (pieces is [{ Expression: { } whole } only])
        {
            WriteWhole(writer, Evaluate(only, whole, scope));
            return;
        }

        writer.WriteStringValue(Join(scope, Formatted));
    }

    /// <summary>The text, with each value put into it as the second function writes it.</summary>
    public string Join(Scope scope, Func<JsonElement, string> format, Func<string, string>? plain = null)
    {
        RefuseMalformed();
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            text.Append(piece.Expression is null ? plain?.Invoke(piece.Text) ?? piece.Text : format(Evaluate(piece, piece.Expression, scope)));
            if (text.Length > BytesMax)
            {
                throw new ExpressionException($"the text grows over {BytesMax / 1024 / 1024} MB");
            }
        }

        return text.ToString();
    }

    /// <summary>What stands between the references.</summary>
    public void ForEachPlain(Action<string> take)
    {
        foreach (var piece in pieces.Where(piece => piece.Expression is null))
        {
            take(piece.Text);
        }
    }

    /// <summary>The value; null when the whole text is one reference, and what it refers to is not there or null.</summary>
    public JsonElement? Find(Scope scope)
    {
        RefuseMalformed();
        if (pieces is not [{ Expression: { } whole } only])
        {
            return Scalars.Text(Join(scope, Formatted));
        }

        try
        {
            return Evaluate(only, whole, scope) is { ValueKind: not JsonValueKind.Null } value ? value : null;
        }
        catch (ExpressionException exception) when (exception.IsMissing)
        {
            return null;
        }
    }

    private static JsonElement Evaluate(Piece piece, Expression expression, Scope scope)
    {
        Answer answer;
        try
        {
            answer = expression.Evaluate(scope);
        }
        catch (ExpressionException exception)
        {
            throw new ExpressionException($"{piece.Text}: {exception.Message}") { IsMissing = exception.IsMissing };
        }

        return answer.Missing is null ? answer.Value : throw new ExpressionException($"{piece.Text}: {answer.Missing}") { IsMissing = true };
    }

    private void RefuseMalformed()
    {
        if (Problem is not null)
        {
            throw new ExpressionException($"the text holds a malformed reference: {Problem.Message}");
        }
    }

    private string Formatted(JsonElement value)
    {
        var text = Values.Format(value);
        return takesSecrets ? SecretText.Escape(text) : text;
    }

    private void WriteWhole(Utf8JsonWriter writer, JsonElement value)
    {
        if (!takesSecrets)
        {
            WriteRaw(writer, value);
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(SecretText.Escape(Values.TextOf(value)));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteWhole(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    WriteWhole(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteRaw(writer, value);
                break;
        }
    }

    private void Parse()
    {
        var plain = new StringBuilder();
        for (var at = 0; at < source.Length;)
        {
            if (source[at] is not ('$' or '{'))
            {
                plain.Append(source[at++]);
            }
            else if (At(at, "$${"))
            {
                plain.Append(takesSecrets ? "$${" : "${");
                at += 3;
            }
            else if (At(at, "${cred:"))
            {
                at = TakeSecret(at, plain);
            }
            else if (At(at, "${"))
            {
                var parser = new ExpressionParser(source, at + 2);
                var expression = parser.ParseToBrace();
                Add(plain, expression, at, parser.End);
                at = parser.End;
            }
            else if (At(at, "{{") && LegacyAt(at) is { Success: true } match)
            {
                Add(plain, Legacy(match), at, at + match.Length);
                at += match.Length;
            }
            else
            {
                plain.Append(source[at++]);
            }
        }

        Flush(plain);
    }

    private int TakeSecret(int at, StringBuilder plain)
    {
        var end = source.IndexOf('}', at);
        if (end < 0 || SecretRef.Parse(source[at..(end + 1)]) is not { } reference)
        {
            throw new ExpressionException("a secret is written ${cred:NAME}; the name has letters, digits, '_', '-', '.' and '/'", at);
        }

        if (!takesSecrets)
        {
            throw new ExpressionException($"{reference} cannot stand here: a secret is used only where a parameter takes one", at);
        }

        secrets.Add(reference.Name);
        plain.Append(reference);
        return end + 1;
    }

    /// <summary>The original planner counts steps from 1: {{step_1.output.items[0]}} is ${steps.0.output.items[0]}.</summary>
    private Reference Legacy(Match match)
    {
        if (!int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            throw new ExpressionException($"{match.Value} names no step: they are counted from 1", match.Index);
        }

        var path = match.Groups["path"];
        var index = number - 1;
        return new Reference(
            "steps",
            [new Segment(index.ToString(CultureInfo.InvariantCulture), index), .. ExpressionParser.ParseSegments(source, path.Index, path.Index + path.Length)],
            match.Index);
    }

    private void Add(StringBuilder plain, Expression expression, int begin, int end)
    {
        Flush(plain);
        pieces.Add(new(source[begin..end], expression));
    }

    private void Flush(StringBuilder plain)
    {
        if (plain.Length > 0)
        {
            pieces.Add(new(plain.ToString(), null));
            plain.Clear();
        }
    }

    private bool At(int at, string token) => string.CompareOrdinal(source, at, token, 0, token.Length) == 0;

    private Match LegacyAt(int at)
    {
        var window = source.AsSpan(at, Math.Min(LegacyLengthMax, source.Length - at));
        var end = window.IndexOf("}}");
        return end < 0 ? Match.Empty : LegacyReference().Match(source, at, end + 2);
    }

    [GeneratedRegex(@"^\{\{\s*step_(?<number>[0-9]{1,9})(?<path>[.\[][^{}\s]*)\s*\}\}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LegacyReference();

    /// <summary>Plain text, or an expression and how it is written.</summary>
    private sealed record Piece(string Text, Expression? Expression);
}
