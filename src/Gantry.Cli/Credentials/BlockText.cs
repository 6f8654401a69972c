using System.Text;
using System.Text.Json;
using Gantry.Engine.Documents;

namespace Gantry.Cli.Credentials;

/// <summary>One block of a YAML file as text, put in the place of the one before it or at the end of the file.</summary>
internal static class BlockText
{
    public static string Of(string block, string kind, IReadOnlyDictionary<string, Dictionary<string, string>> settingsByKind)
    {
        StringBuilder text = new();
        text.Append(block).Append(":\n  backend: ").Append(Quoted(kind)).Append('\n');
        var kinds = settingsByKind.Where(pair => pair.Value.Count > 0).ToList();
        text.Append(kinds.Count > 0 ? "  backend_config:\n" : "");
        foreach (var (name, settings) in kinds)
        {
            text.Append("    ").Append(Quoted(name)).Append(":\n");
            foreach (var (setting, value) in settings)
            {
                text.Append("      ").Append(Quoted(setting)).Append(": ").Append(Quoted(value)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Comments and blank lines behind the block belong to what follows it.</summary>
    public static string Replace(string file, string block, string text)
    {
        var newline = file.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        text = text.ReplaceLineEndings(newline);
        var root = string.IsNullOrWhiteSpace(file.TrimStart('\uFEFF')) || !file.Contains(block, StringComparison.Ordinal) ? null : DocumentReader.Read(file, DocumentFormat.Yaml);
        if (root?.Find(block) is not { } present)
        {
            return file + (file.Length == 0 || file.EndsWith('\n') ? "" : newline) + text;
        }

        var lines = Lines(file);
        var first = present.Position.Line - 1;
        var last = root.Members.Select(member => member.Position.Line - 1).Where(line => line > first).DefaultIfEmpty(lines.Count).Min();
        while (last > first + 1 && lines[last - 1].TrimStart() is "" or ['#' or '\r' or '\n', ..])
        {
            last--;
        }

        return string.Concat(lines[..first]) + text + string.Concat(lines[last..]);
    }

    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var newline ? newline + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    /// <summary>A plain word as it is; anything else in double quotes, which YAML reads as JSON has them.</summary>
    private static string Quoted(string value) =>
        value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') && value is not ("true" or "false" or "null")
            ? value
            : $"\"{JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
