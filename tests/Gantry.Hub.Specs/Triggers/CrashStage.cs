using System.Net.Http.Json;
using Gantry.Hub.Specs.Executions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>A database, a data folder and a ledger for a hub's program that is killed and started again.</summary>
internal sealed class CrashStage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gantry-crash-");
    private readonly string database;

    private CrashStage(string database, LedgerServer ledger) => (this.database, Ledger) = (database, ledger);

    public LedgerServer Ledger { get; }

    public static async Task<CrashStage> StartAsync(TestPostgres postgres) => new(await postgres.CreateDatabaseAsync(), await LedgerServer.StartAsync());

    public static void SkipUnlessSlow() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");

    /// <summary>Starts the hub and waits until it has killed itself at the fault. What <paramref name="cause"/> asks of it may fail with it.</summary>
    public async Task KillAsync(string fault, Func<HttpClient, Task> cause)
    {
        await using var hub = await HubProcess.StartAsync(folder.FullName, database, fault);
        try
        {
            if (hub.Client is { } client)
                await cause(client);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // It was killed meanwhile.
        }

        await hub.EndedAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await DueAsync();
    }

    /// <summary>Starts the hub, which stays.</summary>
    public Task<HubProcess> GoOnAsync() => HubProcess.StartAsync(folder.FullName, database, null);

    /// <summary>Returns when the ledger has all of these effects.</summary>
    public Task ArrivedAsync(IReadOnlyCollection<string> effects) => ArrivedAsync(() => effects.All(effect => Ledger.CountOf(effect) > 0));

    /// <summary>Returns when the ledger is so.</summary>
    public Task ArrivedAsync(Func<bool> isThere)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (isThere())
                all.TrySetResult();
        }

        Ledger.Arrived = Look;
        Look();
        return all.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public static async Task SaveAsync(HttpClient hub, string path, object body)
    {
        using var saved = await hub.PutAsJsonAsync(path, body);
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    /// <summary>A step that puts an effect into the ledger.</summary>
    public object Post(string effect) => new { use = "http.request", with = new { url = $"{Ledger.Url}/{effect}", method = "POST" }, repeatable = true };

    public Task ExecuteAsync(string sql) => TestPostgres.ExecuteAsync(database, "set search_path = gantry; " + sql);

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("set search_path = gantry; " + sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>What the dead hub held is held for some seconds more.</summary>
    private Task DueAsync() => ExecuteAsync("""
        update triggers set held_until = null;
        update events set next_attempt_at = now() where next_attempt_at is not null;
        update notifications set next_attempt_at = now() where status = 'due'
        """);
}
