using System.Text.RegularExpressions;

namespace Gantry.Engine.Specs.Layout;

/// <summary>One C# file: what it declares, and its code without comments and texts, so that a name in a sentence is no use of it.</summary>
public sealed partial class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        LineCount = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        Code = CommentsAndTexts().Replace(text, match => match.Value[0] is '/' ? " " : "\"\"");
        Namespace = Namespaces().Match(Code) is { Success: true } match ? match.Groups[1].Value : null;
        Types = [.. Declarations().Matches(Code).Select(declaration => declaration.Groups[1].Value).Distinct(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public int LineCount { get; }

    public string Code { get; }

    /// <summary>Null in a file without one (Program.cs).</summary>
    public string? Namespace { get; }

    public IReadOnlyList<string> Types { get; }

    /// <summary>"Gantry.Engine" of "src/Gantry.Engine/Plans/Plan.cs".</summary>
    public string Project => Path.Split('/')[1];

    /// <summary>"Plans" of the same; null for a file beside the project file.</summary>
    public string? Folder => Path.Split('/') is { Length: > 3 } segments ? segments[2] : null;

    public IEnumerable<string> Folders => Path.Split('/')[..^1];

    /// <summary>Whether a name, not as a part of a longer one, stands in the code.</summary>
    public bool Uses(string name) => Regex.IsMatch(Code, $@"(?<![\w]){Regex.Escape(name)}(?!\w)", RegexOptions.None, TimeSpan.FromSeconds(5));

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*\"{3,}.*?\"{3,}|@\$?"(?:[^"]|"")*"|\$@"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])+'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndTexts();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();

    [GeneratedRegex(@"\b(?:class|record\s+struct|record\s+class|record|struct|interface|enum)\s+([A-Z]\w*)")]
    private static partial Regex Declarations();
}
