using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Expressions;

/// <summary>
/// Parses what stands between "${" and "}". From loose to tight: a | f(b), which is f(a, b); ??; ||; &amp;&amp;; == !=; &lt; &lt;= > >=; !; then literals, calls f(a, b),
/// references a.b[0]["c"], and parentheses.
/// </summary>
internal sealed class ExpressionParser(string text, int start)
{
    private const int DepthMax = 48;

    /// <summary>A chain of operators is as deep as it is long when it is evaluated, and stacks are finite.</summary>
    private const int ValuesMax = 250;

    private static readonly string[] Roots = ["input", "steps", "env", "now", "execution", "plan", "item"];

    private int at = start;
    private int depth;
    private int values;
    private bool isPerItem;

    /// <summary>Where parsing stopped: at the character after the expression.</summary>
    public int End => at;

    /// <summary>Parses up to the closing brace and takes it.</summary>
    public Expression ParseToBrace()
    {
        var expression = ParsePipe();
        if (!Take("}"))
        {
            throw Error(at >= text.Length ? "it is not closed: '}' is missing" : $"'{text[at]}' is not understood here");
        }

        return expression;
    }

    /// <summary>Parses a path such as step_1.output's rest, or map's "a.b[0]", to the end of the text.</summary>
    public static IReadOnlyList<Segment> ParseSegments(string text, int start, int end)
    {
        var parser = new ExpressionParser(text[..end], start);
        var segments = parser.ParseSegments();
        return parser.at == end ? segments : throw parser.Error("the path is not understood here");
    }

    private Expression ParsePipe()
    {
        if (++depth > DepthMax)
        {
            throw Error("it is nested too deeply");
        }

        var expression = ParseCoalesce();
        while (!Peek("||") && Take("|"))
        {
            Skip();
            Count();
            var offset = at;
            var name = ParseName() ?? throw Error("a function is expected after '|'");
            expression = ParseCall(name, offset, expression);
        }

        depth--;
        return expression;
    }

    private Expression ParseCoalesce()
    {
        var parts = new List<Expression> { ParseOr() };
        while (Take("??"))
        {
            parts.Add(ParseOr());
        }

        return Enumerable.Reverse(parts).Aggregate((second, first) => new Coalesce(first, second));
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (Take("||"))
        {
            left = new Logical(left, ParseAnd(), isAnd: false);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseEquality();
        while (Take("&&"))
        {
            left = new Logical(left, ParseEquality(), isAnd: true);
        }

        return left;
    }

    private Expression ParseEquality()
    {
        var left = ParseOrder();
        while (true)
        {
            if (Take("=="))
            {
                left = new Comparison(left, ParseOrder(), ComparisonKind.Equal);
            }
            else if (Take("!="))
            {
                left = new Comparison(left, ParseOrder(), ComparisonKind.NotEqual);
            }
            else
            {
                return left;
            }
        }
    }

    private Expression ParseOrder()
    {
        var left = ParseUnary();
        ComparisonKind? kind = Take("<=") ? ComparisonKind.LessOrEqual
            : Take(">=") ? ComparisonKind.GreaterOrEqual
            : Take("<") ? ComparisonKind.Less
            : Take(">") ? ComparisonKind.Greater
            : null;
        return kind is { } comparison ? new Comparison(left, ParseUnary(), comparison) : left;
    }

    private Expression ParseUnary()
    {
        var negations = 0;
        while (!Peek("!=") && Take("!"))
        {
            negations++;
        }

        var expression = ParsePrimary();
        return negations == 0 ? expression : negations % 2 == 1 ? new Not(expression) : new Not(new Not(expression));
    }

    private Expression ParsePrimary()
    {
        Skip();
        Count();
        if (at >= text.Length)
        {
            throw Error("a value is missing");
        }

        if (Take("("))
        {
            var inner = ParsePipe();
            return Take(")") ? inner : throw Error("')' is missing");
        }

        if (text[at] is '"' or '\'')
        {
            return new Literal(Scalars.Text(ParseText()));
        }

        if (char.IsAsciiDigit(text[at]) || text[at] == '-')
        {
            return ParseNumber();
        }

        var offset = at;
        return ParseName() switch
        {
            "true" => new Literal(Scalars.True),
            "false" => new Literal(Scalars.False),
            "null" => new Literal(Scalars.Null),
            { } name when at < text.Length && text[at] == '(' => ParseCall(name, offset, null),
            { } name => ParseReference(name, offset),
            null => throw Error(text[at] == '}' ? "it is empty" : $"'{text[at]}' is not understood here"),
        };
    }

    private void Count()
    {
        if (++values > ValuesMax)
        {
            throw Error($"it has more than {ValuesMax} values and calls");
        }
    }

    private Expression ParseCall(string name, int offset, Expression? piped)
    {
        var function = Functions.Find(name)
            ?? throw new ExpressionException($"there is no function '{name}'.{NearestName.Hint(name, Functions.Names)}", offset);
        var arguments = new List<Expression>();
        if (piped is not null)
        {
            arguments.Add(piped);
        }

        if (Take("("))
        {
            while (!Take(")"))
            {
                if (arguments.Count > (piped is null ? 0 : 1) && !Take(","))
                {
                    throw Error("',' or ')' is missing");
                }

                arguments.Add(function.IsPerItem && arguments.Count == 1 ? ParsePerItem() : ParsePipe());
                if (arguments.Count > function.ArgumentsMax)
                {
                    break;
                }
            }
        }

        if (arguments.Count < function.ArgumentsMin || arguments.Count > function.ArgumentsMax)
        {
            throw new ExpressionException($"{name} takes {ArgumentsOf(function)}", offset);
        }

        return new Call(function, arguments);
    }

    private static string ArgumentsOf(Function function) => (function.ArgumentsMin, function.ArgumentsMax) switch
    {
        (1, 1) => "one argument",
        (2, 2) => "two arguments",
        var (min, max) => $"{min} to {max} arguments",
    };

    /// <summary>map(items, title), map(items, "author.name"), filter(items, count > 3): bare names are the item's.</summary>
    private Expression ParsePerItem()
    {
        var outer = isPerItem;
        isPerItem = true;
        var offset = at;
        var expression = ParsePipe();
        isPerItem = outer;
        return expression is Literal { Text: { } path } ? new Reference("item", ParseSegments("." + path, 0, path.Length + 1), offset) { IsPerItem = true } : expression;
    }

    private Reference ParseReference(string root, int offset)
    {
        var segments = ParseSegments();
        return isPerItem && !Roots.Contains(root, StringComparer.Ordinal)
            ? new Reference("item", [new Segment(root, -1), .. segments], offset) { IsPerItem = true }
            : new Reference(root, segments, offset) { IsPerItem = isPerItem && root == "item" };
    }

    private List<Segment> ParseSegments()
    {
        var segments = new List<Segment>();
        while (at < text.Length)
        {
            if (text[at] == '.')
            {
                at++;
                segments.Add(ParseDotted());
            }
            else if (text[at] == '[')
            {
                at++;
                segments.Add(ParseBracketed());
            }
            else
            {
                break;
            }
        }

        return segments;
    }

    private Segment ParseDotted()
    {
        var begin = at;
        while (at < text.Length && IsNameCharacter(text[at]))
        {
            at++;
        }

        return begin == at ? throw Error("a name is missing after '.'") : SegmentOf(text[begin..at]);
    }

    private Segment ParseBracketed()
    {
        Skip();
        Segment segment;
        if (at < text.Length && text[at] is '"' or '\'')
        {
            segment = new(ParseText(), -1);
        }
        else
        {
            segment = ParseDotted();
            if (segment.Index < 0)
            {
                throw Error("in brackets stands a number, or a name in quotes");
            }
        }

        return Take("]") ? segment : throw Error("']' is missing");
    }

    private static Segment SegmentOf(string name) =>
        new(name, name.All(char.IsAsciiDigit) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1);

    private Literal ParseNumber()
    {
        var begin = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '-' or '+'))
        {
            at++;
        }

        return Scalars.IsNumber(text.AsSpan(begin, at - begin))
            ? new Literal(JsonElement.Parse(text.AsSpan(begin, at - begin)))
            : throw new ExpressionException($"'{text[begin..at]}' is not a number", begin);
    }

    private string ParseText()
    {
        var quote = text[at];
        var begin = at++;
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
                value.Append(text[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
            }
            else
            {
                value.Append(text[at]);
            }

            at++;
        }

        return at++ < text.Length ? value.ToString() : throw new ExpressionException("the quoted text is not closed", begin);
    }

    private string? ParseName()
    {
        Skip();
        if (at >= text.Length || !(char.IsAsciiLetter(text[at]) || text[at] == '_'))
        {
            return null;
        }

        var begin = at;
        while (at < text.Length && IsNameCharacter(text[at]))
        {
            at++;
        }

        return text[begin..at];
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';

    private bool Peek(string token)
    {
        Skip();
        return string.CompareOrdinal(text, at, token, 0, token.Length) == 0;
    }

    private bool Take(string token)
    {
        if (!Peek(token))
        {
            return false;
        }

        at += token.Length;
        return true;
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private ExpressionException Error(string message) => new(message, Math.Min(at, text.Length));
}
