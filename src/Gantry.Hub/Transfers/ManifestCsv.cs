using System.Globalization;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Hub.Transfers;

/// <summary>A manifest as CSV (RFC 4180), for people and their spreadsheets.</summary>
internal static class ManifestCsv
{
    public static byte[] Head { get; } = "path,result,target_path,size,modified_at,duration_seconds,step,attempt,reason,transient,hash\r\n"u8.ToArray();

    public static byte[] Line(ManifestLine line)
    {
        var file = line.File;
        string?[] values =
        [
            EndpointPath.AsText(file.Path),
            file.Outcome.ToString().ToLowerInvariant(),
            file.TargetPath is { } target ? EndpointPath.AsText(target) : null,
            file.Size?.ToString(CultureInfo.InvariantCulture),
            file.ModifiedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            file.Duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            line.Step,
            line.Attempt.ToString(CultureInfo.InvariantCulture),
            file.Reason,
            file.Reason is null ? null : file.IsTransient ? "true" : "false",
            file.Hash,
        ];
        return Encoding.UTF8.GetBytes(string.Join(',', values.Select(Quoted)) + "\r\n");
    }

    /// <summary>A name that a spreadsheet would take for a formula is preceded by an apostrophe, which it shows as text.</summary>
    private static string Quoted(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        var text = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + value : value;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
