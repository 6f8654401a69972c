using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Providers;

/// <summary>
/// The providers that people added: manifests in the hub's data folder, read when it starts, and those in the database, of which every hub is told. Whatever is wrong with one is told in the
/// log, and the hub goes on without it.
/// </summary>
internal sealed partial class OwnProviders(ProviderCatalog catalog, string folder, HubDatabase database, TimeProvider clock, ILogger<OwnProviders> logger) : BackgroundService
{
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly Dictionary<string, (DateTimeOffset At, ManifestProvider? Provider)> saved = new(StringComparer.Ordinal);
    private OwnManifests files = new([], []);

    /// <summary>Whether it lies in the data folder, where only the machine's administrator changes it.</summary>
    public bool IsFile(string id) => files.Providers.Any(provider => provider.Id == id);

    /// <summary>As it lies there; null when there is none.</summary>
    public string? FileText(string id) => IsFile(id) ? OwnManifests.ReadText(Path.Combine(folder, id + OwnManifests.Extension)) : null;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        files = OwnManifests.Load(folder, catalog, isRead: true);
        foreach (var fault in files.Faults)
            Log.Unused(logger, fault);
        try
        {
            await LoadAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            catalog.Own = files.Providers;
            Log.Lost(logger, failure);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Brings the catalogue to what the database has now.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            var present = await ReadTimesAsync(cancellationToken);
            foreach (var id in saved.Keys.Where(id => !present.ContainsKey(id)).ToList())
                saved.Remove(id);
            string[] changed = [.. present.Where(row => !saved.TryGetValue(row.Key, out var known) || known.At != row.Value).Select(row => row.Key)];
            if (changed.Length > 0)
                await ReadAsync(changed, cancellationToken);
            var fromDatabase = saved.Values.Select(row => row.Provider).OfType<ManifestProvider>().Where(provider => !IsFile(provider.Id));
            catalog.Own = [.. files.Providers, .. fromDatabase];
        }
        finally
        {
            loading.Release();
        }
    }

    public override void Dispose()
    {
        loading.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new NewsChannel(database.Standing, "gantry_provider_manifests", clock).ListenAsync(HearAsync, failure => Log.Lost(logger, failure), stoppingToken);

    private async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            // What was told while nobody listened is found here.
            await LoadAsync(cancellationToken);
            var isTold = await connection.WaitAsync(LookUp, cancellationToken);
            while (isTold)
                isTold = await connection.WaitAsync(TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    private async Task<Dictionary<string, DateTimeOffset>> ReadTimesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand("select id, updated_at from provider_manifests");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, DateTimeOffset> times = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            times[reader.GetString(0)] = reader.GetFieldValue<DateTimeOffset>(1);
        return times;
    }

    private async Task ReadAsync(string[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand("select id, updated_at, manifest from provider_manifests where id = any($1)");
        command.Parameters.AddWithValue(ids);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, text) = (reader.GetString(0), reader.GetString(2));
            saved[id] = (reader.GetFieldValue<DateTimeOffset>(1), Read(id, text));
        }
    }

    private ManifestProvider? Read(string id, string text)
    {
        try
        {
            if (OwnManifests.Taken(id, catalog) is not { } taken)
                return new ManifestProvider(ManifestReader.Read(text, id + OwnManifests.Extension));
            Log.Unused(logger, $"The saved provider '{id}' is not used: {taken}");
        }
        catch (ManifestException wrong)
        {
            Log.Unused(logger, wrong.Message);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of own providers are not heard of at present; the database is asked again.")]
        public static partial void Lost(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Warning, "An own provider cannot be used. {Fault}")]
        public static partial void Unused(ILogger logger, string fault);
    }
}
