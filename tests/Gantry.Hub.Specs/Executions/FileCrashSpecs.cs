using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Executions.Files;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>A hub in a process of its own that takes large files in flat memory, and leaves nothing that counts when it is killed while it takes one.</summary>
public sealed class FileCrashSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gantry-files-");
    private string database = "";
    private FileServer vendor = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        vendor = await FileServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_hub_killed_while_a_file_comes_keeps_the_one_that_comes_again_and_no_other()
    {
        string id;
        await using (var first = await StartAsync())
        {
            await using var listening = await ListenAsync();
            using var accepted = await first.PostAsync("/api/execute", new { plan = new { steps = new[] { new { use = "files.held" } } } }, "once");
            id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
            await vendor.IsHeld.Task;
            for (var pieces = 0; pieces < 4; pieces++) await listening.WaitAsync();
            (await first.Client!.GetFromJsonAsync<JsonElement>($"/api/executions/{id}/files")).GetProperty("items").GetArrayLength().ShouldBe(0);
            first.Kill();
        }

        vendor.Release();
        await using var second = await HubProcess.StartAsync(folder.FullName, database, null);
        var events = await second.EventsAsync(id);
        var listed = (await second.Client!.GetFromJsonAsync<JsonElement>($"/api/executions/{id}/files")).GetProperty("items");
        await ForgetAsync();

        events[^1].ShouldContain("\"succeeded\"");
        listed.EnumerateArray().ShouldHaveSingleItem().GetProperty("size").GetInt64().ShouldBe(4_000_000);
        (await second.Client!.GetByteArrayAsync(listed[0].GetProperty("url").GetString())).ShouldBe(FileServer.ContentOf(4_000_000));
        (await AskAsync("select count(*) from gantry.execution_files")).ShouldBe(1);
        (await AskAsync("select count(*) from gantry.execution_file_chunks")).ShouldBe(16);
    }

    [Fact]
    public async Task A_file_of_a_hundred_megabytes_comes_and_goes_in_flat_memory()
    {
        await using var hub = await StartAsync();
        var before = hub.MemoryMax;

        var plan = new
        {
            steps = new object[]
            {
                new { id = "file", use = "files.download", with = new { bytes = 100 * Megabyte } },
                new { use = "files.upload", with = new { file = "${steps.file.output.file}" } },
                new { use = "logic.transform", with = new { value = "${steps.file.output}" } },
            },
        };
        using var answer = await hub.Client!.PostAsJsonAsync("/api/execute?wait=5m", new { plan });
        var ended = await answer.ReadJsonAsync();
        ended.GetProperty("status").GetString().ShouldBe("succeeded", ended.GetRawText());
        var output = ended.GetProperty("output");
        await using var content = await hub.Client!.GetStreamAsync($"/api/executions/{ended.GetProperty("id").GetString()}/files/{output.GetProperty("id").GetString()}");
        var hash = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(content));

        hash.ShouldBe(output.GetProperty("sha256").GetString());
        vendor.Uploads.ShouldHaveSingleItem().Sha256.ShouldBe(hash);
        TestContext.Current.TestOutputHelper?.WriteLine($"100 MB kept, sent and downloaded: {before / Megabyte} MB before, at most {hub.MemoryMax / Megabyte} MB.");
        (hub.MemoryMax - before).ShouldBeLessThan(80L * Megabyte);
    }

    private async Task<HubProcess> StartAsync()
    {
        var hub = await HubProcess.StartAsync(folder.FullName, database, null);
        using var manifest = new StringContent(ExecutionFileSpecs.Hub.ManifestOf("files", vendor.Url), Encoding.UTF8, "application/yaml");
        using var saved = await hub.Client!.PutAsync("/api/providers/files", manifest);
        saved.EnsureSuccessStatusCode();
        return hub;
    }

    /// <summary>Is told of every piece of a file that is kept.</summary>
    private async Task<NpgsqlConnection> ListenAsync()
    {
        var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand("""
            create function tell_piece() returns trigger language plpgsql as $$ begin perform pg_notify('pieces', new.chunk::text); return null; end $$;
            create trigger tell_piece after insert on execution_file_chunks for each row execute function tell_piece();
            listen pieces;
            """, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task ForgetAsync()
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(ExecutionFileSql.Forget, connection) { Parameters = { new() { Value = TimeSpan.FromDays(1) } } };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> AskAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, SearchPath = "gantry" }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
