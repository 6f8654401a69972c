using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Hubs;

/// <summary>What a list is narrowed by, as the hub is asked for it.</summary>
internal static class HubQuery
{
    /// <summary>"&amp;name=value" for each of these options that was given; empty when none was.</summary>
    public static string Of(Invocation invocation, params ReadOnlySpan<(string Option, string Name)> filters)
    {
        var query = "";
        foreach (var (option, name) in filters)
        {
            query += invocation.Find(option) is { } value ? $"&{name}={Uri.EscapeDataString(value)}" : "";
        }

        return query;
    }
}
