using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Transfers;

/// <summary>
/// A path with variables: {year} {month} {day} {hour} {minute} {second} {timestamp} {date:FORMAT} {execution} of the transfer, and {filename} {basename}
/// {extension} {source.dir} of each file. Braces that are meant are doubled: '{{' and '}}'.
/// </summary>
public sealed class PathTemplate
{
    /// <summary>For messages.</summary>
    public const string Known =
        "{year}, {month}, {day}, {hour}, {minute}, {second}, {timestamp}, {date:FORMAT}, {execution}, {filename}, {basename}, {extension} and {source.dir}";

    private const string DateFormat = "date:";
    private const string DateLetters = "yMdHhmsftzK";
    private static readonly string[] OfFile = ["filename", "basename", "extension", "source.dir"];

    private static readonly Dictionary<string, string> OfTime = new(StringComparer.Ordinal)
    {
        ["year"] = "yyyy",
        ["month"] = "MM",
        ["day"] = "dd",
        ["hour"] = "HH",
        ["minute"] = "mm",
        ["second"] = "ss",
        ["timestamp"] = "yyyyMMdd-HHmmss",
    };

    private readonly List<(bool IsVariable, string Text)> parts;

    private PathTemplate(string text, List<(bool IsVariable, string Text)> parts)
    {
        Text = text;
        this.parts = parts;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>It names each file by itself.</summary>
    public bool IsPerFile => parts.Exists(part => part.IsVariable && OfFile.Contains(part.Text));

    /// <summary>An unknown variable and a brace without its other fail with BadSetting.</summary>
    public static PathTemplate Parse(string text)
    {
        List<(bool IsVariable, string Text)> parts = [];
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character is '{' or '}' && i + 1 < text.Length && text[i + 1] == character)
            {
                literal.Append(character);
                i++;
            }
            else if (character == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    throw Bad(text, "has a '{' without its '}'; one that is meant is written '{{'.");
                }

                Add(parts, literal);
                parts.Add((true, Checked(text[(i + 1)..end], text)));
                i = end;
            }
            else if (character == '}')
            {
                throw Bad(text, "has a '}' without its '{'; one that is meant is written '}}'.");
            }
            else
            {
                literal.Append(character);
            }
        }

        Add(parts, literal);
        return new PathTemplate(text, parts);
    }

    /// <summary>
    /// Puts the transfer's own values in. Those of a file stay as they are, and with them braces stay doubled, so that the answer is a template again.
    /// </summary>
    /// <param name="values">The transfer's.</param>
    /// <param name="escape">Makes a value fit for where it is put.</param>
    public string Expand(TemplateValues values, Func<string, string> escape)
    {
        var keepsTemplate = IsPerFile;
        var text = new StringBuilder();
        foreach (var (isVariable, part) in parts)
        {
            text.Append(
                !isVariable ? (keepsTemplate ? Doubled(part) : part)
                : OfFile.Contains(part) ? $"{{{part}}}"
                : escape(ValueOf(part, values)));
        }

        return text.ToString();
    }

    /// <summary>
    /// The path of one file. One that would lead out of the target, or is none, fails with BadPath.
    /// </summary>
    /// <param name="sourceFolder">Where it lies, relative to its source; "" is the source itself.</param>
    /// <param name="name">Its name there.</param>
    internal string PathOf(string sourceFolder, string name)
    {
        var dot = name.LastIndexOf('.');
        var (basename, extension) = dot > 0 ? (name[..dot], name[(dot + 1)..]) : (name, "");
        var text = new StringBuilder();
        foreach (var (isVariable, part) in parts)
        {
            if (isVariable && part == "extension" && extension.Length == 0 && text.Length > 0 && text[^1] == '.')
            {
                // "README." is nobody's wish.
                text.Length--;
                continue;
            }

            text.Append(!isVariable ? part : part switch
            {
                "filename" => name,
                "basename" => basename,
                "extension" => extension,
                _ => sourceFolder,
            });
        }

        if (text.Length == 0 || text[^1] == '/')
        {
            text.Append(name);
        }

        var path = string.Join('/', text.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries));
        return path.Length > 0 && path.Split('/').All(segment => EndpointPath.IsName(segment))
            ? path
            : throw new EndpointException(EndpointError.BadPath, $"The template '{EndpointPath.Printable(Text)}' makes '{EndpointPath.Printable(path)}' of its name, which is no path inside of the target.");
    }

    private static string Checked(string variable, string text)
    {
        if (OfFile.Contains(variable) || OfTime.ContainsKey(variable) || variable == "execution")
        {
            return variable;
        }

        if (!variable.StartsWith(DateFormat, StringComparison.Ordinal))
        {
            throw Bad(text, $"has a variable that is not known: '{{{EndpointPath.Printable(variable)}}}'.{NearestName.Hint(variable, [.. OfTime.Keys, .. OfFile, "execution", "date:yyyy-MM-dd"])} Known are {Known}.");
        }

        var format = variable[DateFormat.Length..];
        return format.Length > 0 && format.Length <= 64 && format.All(character => DateLetters.Contains(character, StringComparison.Ordinal) || (!char.IsAsciiLetter(character) && character is not ('\\' or '"' or '\'' or '%')) || character == 'T')
            ? variable
            : throw Bad(text, $"has a date in a form that is not known: '{{{EndpointPath.Printable(variable)}}}'. Write it as in '{{date:yyyy-MM-dd}}' or '{{date:yyyyMMdd-HHmmss}}'.");
    }

    private static string ValueOf(string variable, TemplateValues values) =>
        variable == "execution" ? values.ExecutionOf("{execution}")
        : OfTime.TryGetValue(variable, out var format) ? values.Text(format)
        : values.Text(variable[DateFormat.Length..].Replace("T", "'T'", StringComparison.Ordinal).Replace("/", "'/'", StringComparison.Ordinal).Replace(":", "':'", StringComparison.Ordinal));

    private static void Add(List<(bool IsVariable, string Text)> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add((false, literal.ToString()));
            literal.Clear();
        }
    }

    private static string Doubled(string text) => text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private static EndpointException Bad(string text, string why) => new(EndpointError.BadSetting, $"The path template '{EndpointPath.Printable(text)}' {why}");
}
