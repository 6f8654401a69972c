using Gantry.Hub.Database;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Hub.Operations;

/// <summary><c>migrate</c> and <c>migrate --check</c>: the database's schema without serving.</summary>
internal static class SchemaTask
{
    /// <summary>What <c>--check</c> ends with when a start would migrate.</summary>
    public const int StatusPending = 3;

    public static async Task<int> RunAsync(HubConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = DataFolderLock.Take(configuration.DataFolder);
        var options = new DatabaseOptions(configuration.DataFolder, configuration[HubSettings.Database], configuration[HubSettings.DatabaseOwner]);
        var pending = await DatabaseStart.CheckAsync(options, TimeProvider.System, NullLogger.Instance, cancellationToken);
        if (pending.Count == 0)
        {
            await output.WriteLineAsync("The database is of this program: nothing to migrate.");
            return 0;
        }

        var names = string.Join(", ", pending.Select(migration => $"{migration.Version:0000}_{migration.Name}"));
        if (configuration.Task == HubTask.CheckSchema)
        {
            await output.WriteLineAsync($"To be migrated: {names}. 'gantry migrate' does it, and so does the next start.");
            return StatusPending;
        }

        await using var database = await DatabaseStart.OpenAsync(options, TimeProvider.System, NullLogger.Instance, cancellationToken);
        await output.WriteLineAsync($"Migrated: {names}.");
        return 0;
    }
}
