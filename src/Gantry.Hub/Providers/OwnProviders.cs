using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Providers;

/// <summary>
/// The providers that people added: manifests in the hub's data folder, read again when they change, and those in the database, of which every hub is told. What cannot be used is in the
/// catalogue with its reason, and the hub goes on without it.
/// </summary>
internal sealed partial class OwnProviders(ProviderCatalog catalog, string folder, HubDatabase database, TimeProvider clock, ILogger<OwnProviders> logger) : BackgroundService
{
    /// <summary>What the folder is called where people read of it.</summary>
    public const string FolderName = "providers";

    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim loading = new(1, 1);
    private readonly OwnFolder own = new(
        folder, FolderName, $"Mend the file in '{FolderName}/' of the hub's data folder, or remove it; the hub reads it again within {LookUp.TotalSeconds:0} seconds.");

    private readonly Dictionary<string, (DateTimeOffset At, ManifestProvider? Provider, UnusableManifest? Unusable)> saved = new(StringComparer.Ordinal);
    private OwnManifests files = new([], []);
    private HashSet<FileState> states = [];
    private HashSet<string> told = [];

    /// <summary>Whether it lies in the data folder, where only the machine's administrator changes it; also when it cannot be used.</summary>
    public bool IsFile(string id) => states.Any(state => state.Name == id + OwnManifests.Extension);

    /// <summary>As it lies there; null when there is none.</summary>
    /// <exception cref="ManifestException">It is no text that a manifest could be.</exception>
    public string? FileText(string id)
    {
        try
        {
            return IsFile(id) ? OwnManifests.ReadText(Path.Combine(folder, id + OwnManifests.Extension)) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            Log.Lost(logger, failure);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Brings the catalogue to what the folder and the database have now.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            if (ReadFolder()) Publish();
            if (await ReadDatabaseAsync(cancellationToken)) Publish();
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

    /// <summary>Whether it was read again, for what changed. What cannot be used always is: that a file may be read now does not show in its time.</summary>
    private bool ReadFolder()
    {
        HashSet<FileState> present = [.. OwnManifests.Files(folder).Select(FileState.Of)];
        if (present.SetEquals(states) && files.Unusable.Count == 0) return false;
        (states, files) = (present, OwnManifests.Load(own, catalog, isRead: true));
        return true;
    }

    /// <summary>Whether anything is another than before.</summary>
    private async Task<bool> ReadDatabaseAsync(CancellationToken cancellationToken)
    {
        var present = await ReadTimesAsync(cancellationToken);
        string[] gone = [.. saved.Keys.Where(id => !present.ContainsKey(id))];
        foreach (var id in gone) saved.Remove(id);
        string[] changed = [.. present.Where(row => !saved.TryGetValue(row.Key, out var known) || known.At != row.Value).Select(row => row.Key)];
        if (changed.Length > 0) await ReadAsync(changed, cancellationToken);
        return gone.Length + changed.Length > 0;
    }

    private void Publish()
    {
        var hidden = saved.Where(row => IsFile(row.Key) && row.Value.Unusable is null)
            .Select(row => Unusable(row.Key, $"It is not used: the file '{FolderName}/{row.Key}{OwnManifests.Extension}' of the hub's data folder has this id.", "Remove one of the two."));
        catalog.Own = [.. files.Providers, .. saved.Values.Select(row => row.Provider).OfType<ManifestProvider>().Where(provider => !IsFile(provider.Id))];
        catalog.Unusable = [.. files.Unusable, .. saved.Values.Select(row => row.Unusable).OfType<UnusableManifest>(), .. hidden];
        HashSet<string> now = [.. catalog.Unusable.Select(manifest => manifest.ToString())];
        foreach (var sentence in now.Except(told)) Log.Unused(logger, EndpointPath.Printable(sentence));
        told = now;
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
            var (provider, unusable) = Read(id, text);
            saved[id] = (reader.GetFieldValue<DateTimeOffset>(1), provider, unusable);
        }
    }

    private (ManifestProvider? Provider, UnusableManifest? Unusable) Read(string id, string text)
    {
        try
        {
            return OwnManifests.Taken(id, catalog) is { } taken
                ? (null, Unusable(id, $"It is not used: {taken}", $"An administrator removes it by DELETE /api/providers/{id}."))
                : (new ManifestProvider(ManifestReader.Read(text, id + OwnManifests.Extension)), null);
        }
        catch (ManifestException wrong)
        {
            return (null, new UnusableManifest(id, wrong.Findings, $"An administrator changes it on the page Providers, or removes it by DELETE /api/providers/{id}."));
        }
    }

    private static UnusableManifest Unusable(string id, string reason, string advice) =>
        new(id, [new ManifestFinding(id + OwnManifests.Extension, new DocumentPosition(1, 1), reason)], advice);

    /// <summary>By which it shows that a file was changed.</summary>
    private sealed record FileState(string Name, DateTime ChangedAt, long Length)
    {
        /// <summary>Of the file that a link leads to, as container platforms lay them out.</summary>
        public static FileState Of(string file)
        {
            var found = new FileInfo(file);
            try
            {
                var target = (FileInfo)(found.ResolveLinkTarget(returnFinalTarget: true) ?? found);
                return new FileState(found.Name, target.LastWriteTimeUtc, target.Exists ? target.Length : -1);
            }
            catch (IOException)
            {
                return new FileState(found.Name, found.LastWriteTimeUtc, -1);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of own providers are not heard of at present; the database is asked again.")]
        public static partial void Lost(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Warning, "An own provider cannot be used. {Fault}")]
        public static partial void Unused(ILogger logger, string fault);
    }
}
