using System.Globalization;
using System.Text.Json;

namespace Gantry.Hub.Web;

/// <summary>Says in a sentence what is wrong with a JSON body, and where; .NET's own words name its types instead of the sender's fields.</summary>
internal static class JsonProblem
{
    public static string Describe(JsonException exception)
    {
        var place = exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {exception.BytePositionInLine + 1})") : "";
        var message = exception.Message;
        var field = Field(exception.Path);
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
            return $"The body is nested too deep{place}: 64 levels are the most.";
        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return $"The field '{Quoted(message) ?? field}' is unknown here{place}.";
        if (message.Contains("Duplicate property", StringComparison.Ordinal))
            return $"The field '{Quoted(message) ?? field}' is given twice{place}.";
        if (message.Contains("missing required properties", StringComparison.Ordinal))
            return $"The body lacks {Missing(message)}.";
        if (message.Contains("doesn't allow", StringComparison.Ordinal) && message.Contains("null", StringComparison.Ordinal))
            return $"The field '{Quoted(message) ?? field}' must not be null{place}.";
        if (message.Contains("could not be converted", StringComparison.Ordinal) || exception.InnerException is InvalidOperationException)
            return field.Length == 0 ? $"The body has another form than this route takes{place}." : $"The field '{field}' has a value of the wrong type{place}.";
        if (exception.InnerException is JsonException or null && exception.GetType() != typeof(JsonException))
            return $"The body is not valid JSON{place}.";
        return exception.InnerException is not null ? $"The body is not valid JSON{place}." : $"The field '{field}' is not valid{place}.";
    }

    private static string Field(string? path) => path is null ? "" : path.TrimStart('$').TrimStart('.');

    /// <summary>Both .NET's type and the field may stand in quotes; the field comes first.</summary>
    private static string? Quoted(string message)
    {
        var parts = message.Split('\'');
        return parts.Length >= 3 ? parts[1] : null;
    }

    private static string Missing(string message)
    {
        var names = message[(message.LastIndexOf(':') + 1)..].Split('\'').Where((_, i) => i % 2 == 1).ToList();
        return (names.Count == 1 ? "the field " : "the fields ") + string.Join(" and ", names.Select(name => $"'{name}'"));
    }
}
