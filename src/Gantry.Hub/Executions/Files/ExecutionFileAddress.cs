namespace Gantry.Hub.Executions.Files;

/// <summary>
/// How plans name a file of an execution of their workspace: execution://EXECUTION/FILE/NAME. The folder that holds it alone is execution://EXECUTION/FILE/.
/// </summary>
/// <param name="Name">Null for the folder.</param>
internal sealed record ExecutionFileAddress(Guid ExecutionId, Guid FileId, string? Name)
{
    private const string Scheme = "execution://";

    public static string Of(Guid executionId, Guid fileId, string name) => $"{Scheme}{executionId}/{fileId}/{Uri.EscapeDataString(name)}";

    public static bool IsOne(string address) => address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when it is not written as one.</summary>
    public static ExecutionFileAddress? TryParse(string address)
    {
        var parts = address[Scheme.Length..].Split('/');
        return parts.Length is 2 or 3 && Guid.TryParseExact(parts[0], "D", out var execution) && Guid.TryParseExact(parts[1], "D", out var file)
            ? new ExecutionFileAddress(execution, file, parts is [_, _, { Length: > 0 } name] ? Uri.UnescapeDataString(name) : null)
            : null;
    }
}
