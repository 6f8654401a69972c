using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Html;

/// <summary>A CSS selector, as far as <see cref="Form"/> goes. Anything else of CSS is refused.</summary>
internal sealed class HtmlSelector
{
    public const string Form =
        "Names (a), #id, .class, [attribute], [attribute=value] (also ~=, ^=, $=, *=, |=), :first-child, :last-child and :nth-child(2), joined by blanks (within), > (directly within), + and ~ (after), and commas (or)";

    private const int LengthMax = 2_000;

    private readonly List<List<(char Combinator, List<Func<HtmlNode, bool>> Tests)>> alternatives = [];
    private readonly string text;
    private int at;

    private HtmlSelector(string text) => this.text = text;

    public static HtmlSelector Parse(string text)
    {
        var selector = new HtmlSelector(text.Trim());
        selector.Require(selector.text.Length is > 0 and <= LengthMax);
        selector.ReadAll();
        return selector;
    }

    public bool Matches(HtmlNode node) => alternatives.Exists(parts => Matches(node, parts, parts.Count - 1));

    private static bool Matches(HtmlNode node, List<(char Combinator, List<Func<HtmlNode, bool>> Tests)> parts, int index)
    {
        if (!parts[index].Tests.TrueForAll(test => test(node)))
        {
            return false;
        }

        return index == 0 || parts[index].Combinator switch
        {
            '>' => node.Parent is { } parent && Matches(parent, parts, index - 1),
            '+' => Before(node).FirstOrDefault() is { } sibling && Matches(sibling, parts, index - 1),
            '~' => Before(node).Any(sibling => Matches(sibling, parts, index - 1)),
            _ => Around(node).Any(ancestor => Matches(ancestor, parts, index - 1)),
        };
    }

    private static IEnumerable<HtmlNode> Around(HtmlNode node)
    {
        for (var parent = node.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    private static IEnumerable<HtmlNode> Siblings(HtmlNode node) => node.Parent?.Children.Where(child => !child.IsText) ?? [node];

    /// <summary>The nearest first.</summary>
    private static IEnumerable<HtmlNode> Before(HtmlNode node) => Siblings(node).TakeWhile(sibling => sibling != node).Reverse();

    private void ReadAll()
    {
        do
        {
            List<(char, List<Func<HtmlNode, bool>>)> parts = [];
            var combinator = ' ';
            do
            {
                SkipBlanks();
                parts.Add((combinator, Compound()));
            }
            while (HasCombinator(out combinator));
            alternatives.Add(parts);
        }
        while (Take(','));
        Require(at == text.Length);
    }

    private bool HasCombinator(out char combinator)
    {
        var begin = at;
        SkipBlanks();
        combinator = at < text.Length ? text[at] : ',';
        if (combinator is '>' or '+' or '~')
        {
            at++;
            return true;
        }

        var isBlank = at > begin && combinator != ',';
        combinator = ' ';
        return isBlank;
    }

    private List<Func<HtmlNode, bool>> Compound()
    {
        List<Func<HtmlNode, bool>> tests = [];
        if (Take('*'))
        {
            tests.Add(node => node.Name != "#root");
        }
        else if (at < text.Length && IsNameCharacter(text[at]))
        {
            var name = Name().ToLowerInvariant();
            tests.Add(node => node.Name == name);
        }

        while (at < text.Length)
        {
            if (Take('#'))
            {
                var id = Name();
                tests.Add(node => node.Find("id") == id);
            }
            else if (Take('.'))
            {
                var name = Name();
                tests.Add(node => WordsOf(node.Find("class")).Contains(name));
            }
            else if (Take('['))
            {
                tests.Add(Attribute());
            }
            else if (Take(':'))
            {
                tests.Add(Place());
            }
            else
            {
                break;
            }
        }

        Require(tests.Count > 0);
        return tests;
    }

    private Func<HtmlNode, bool> Attribute()
    {
        SkipBlanks();
        var name = Name().ToLowerInvariant();
        SkipBlanks();
        if (Take(']'))
        {
            return node => node.Find(name) is not null;
        }

        var kind = at < text.Length && text[at] is '~' or '^' or '$' or '*' or '|' ? text[at++] : '=';
        Require(Take('='));
        SkipBlanks();
        var value = at < text.Length && text[at] is '"' or '\'' ? Quoted() : Name();
        SkipBlanks();
        Require(Take(']'));
        return node => node.Find(name) is { } found && (kind switch
        {
            '~' => WordsOf(found).Contains(value),
            '^' => value.Length > 0 && found.StartsWith(value, StringComparison.Ordinal),
            '$' => value.Length > 0 && found.EndsWith(value, StringComparison.Ordinal),
            '*' => value.Length > 0 && found.Contains(value, StringComparison.Ordinal),
            '|' => found == value || found.StartsWith(value + "-", StringComparison.Ordinal),
            _ => found == value,
        });
    }

    private Func<HtmlNode, bool> Place()
    {
        switch (Name())
        {
            case "first-child":
                return node => Siblings(node).First() == node;
            case "last-child":
                return node => Siblings(node).Last() == node;
            case "nth-child" when Take('('):
                var number = int.TryParse(Name(), out var place) && place > 0 ? place : 0;
                Require(number > 0 && Take(')'));
                return node => Siblings(node).ElementAtOrDefault(number - 1) == node;
            default:
                throw Bad();
        }
    }

    private static IEnumerable<string> WordsOf(string? value) => (value ?? "").Split([' ', '\t', '\n', '\r', '\f'], StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNameCharacter(char character) => char.IsLetterOrDigit(character) || character is '-' or '_';

    private string Name()
    {
        var begin = at;
        while (at < text.Length && (IsNameCharacter(text[at]) || (text[at] == '\\' && at + 1 < text.Length)))
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        Require(at > begin);
        return text[begin..at].Replace("\\", "", StringComparison.Ordinal);
    }

    private string Quoted()
    {
        var end = text.IndexOf(text[at], at + 1);
        Require(end > 0);
        var value = text[(at + 1)..end];
        at = end + 1;
        return value;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private bool Take(char character)
    {
        var isThere = at < text.Length && text[at] == character;
        at += isThere ? 1 : 0;
        return isThere;
    }

    private void Require(bool isTrue)
    {
        if (!isTrue)
        {
            throw Bad();
        }
    }

    private Exception Bad() => HttpCall.Bad($"'selector' cannot be used from character {Math.Min(at, text.Length) + 1} on. It is made of this: {Form}.");
}
