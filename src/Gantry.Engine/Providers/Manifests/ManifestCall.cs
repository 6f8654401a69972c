using System.Text.RegularExpressions;
using Gantry.Engine.Expressions;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>A method, and a path below the base URL or a whole address, with {parameter} and ${reference} in it.</summary>
public sealed partial class ManifestCall
{
    internal ManifestCall(string method, ManifestText target)
    {
        Method = method;
        Target = target;
        ParameterNames = [.. ParameterInPath.Matches(WithoutReferences()).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
    }

    public string Method { get; }

    public ManifestText Target { get; }

    /// <summary>Those that it names in braces.</summary>
    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>GET, HEAD and OPTIONS: no body, and nothing is changed.</summary>
    public bool IsRead => Method is "GET" or "HEAD" or "OPTIONS" or "PROPFIND" or "REPORT" or "LIST";

    /// <summary>It is one reference, to a whole address.</summary>
    internal bool IsReference => Target.Template.IsWhole;

    public override string ToString() => $"{Method} {Target}";

    internal string Make(Scope scope, Func<string, string> parameter) => IsReference
        ? Target.FindText(scope) ?? ""
        : Target.Text(scope, value => PathValue.Encode(Values.Format(value), isRaw: false, Target.Source), plain => ParameterInPath.Replace(plain, match => parameter(match.Groups["name"].Value)));

    private string WithoutReferences()
    {
        var text = "";
        Target.Template.ForEachPlain(plain => text += plain);
        return text;
    }

    [GeneratedRegex(@"\{(?<name>[^{}]+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ParameterInPath { get; }
}

/// <summary>A value that becomes a part of a path.</summary>
internal static class PathValue
{
    /// <summary>Fails with <see cref="ExpressionException"/> on what would lead elsewhere.</summary>
    public static string Encode(string value, bool isRaw, string name)
    {
        var segments = isRaw ? value.Split('/') : [value];
        if (value.Length == 0)
        {
            throw new ExpressionException($"'{name}' is empty, and a part of the path");
        }

        if (segments.Any(segment => segment is "." or ".."))
        {
            throw new ExpressionException($"'{name}' holds '..' or '.', and would lead elsewhere");
        }

        return string.Join('/', segments.Select(Uri.EscapeDataString));
    }
}
