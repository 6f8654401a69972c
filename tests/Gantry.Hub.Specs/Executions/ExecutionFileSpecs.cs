using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Executions.Files;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Files that steps are answered with: kept with the execution, used by its later steps, downloaded, bounded, and gone with it.</summary>
public sealed class ExecutionFileSpecs(ExecutionFileSpecs.Hub hub) : IClassFixture<ExecutionFileSpecs.Hub>
{
    private const int Length = 1_300_001;

    [Fact]
    public async Task A_file_is_used_by_later_steps_and_downloaded_as_it_came()
    {
        var content = FileServer.ContentOf(Length);
        var target = Directory.CreateTempSubdirectory("gantry-kept-");
        await hub.SaveFoldersAsync(("kept-target", target.FullName));

        var execution = await hub.RunAsync(
            new { id = "file", use = $"{hub.Provider}.download", with = new { bytes = Length } },
            new { use = $"{hub.Provider}.upload", with = new { file = "${steps.file.output.file}" } },
            new { use = "transfer.copy", with = new { from = "${steps.file.output.file}", to = "kept-target:/" } },
            new { use = "archive.create", with = new { from = "${steps.file.output.file}", to = "kept-target:/all.zip" } },
            new { use = "logic.transform", with = new { value = "${steps.file.output}" } });

        execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.GetRawText());
        var output = execution.GetProperty("output");
        output.GetProperty("name").GetString().ShouldBe("report <b>.html");
        output.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        output.GetRawText().Length.ShouldBeLessThan(600);
        hub.Vendor.Uploads.ShouldContain(("report <b>.html", Convert.ToHexStringLower(SHA256.HashData(content))));
        (await File.ReadAllBytesAsync(Path.Combine(target.FullName, "report <b>.html"))).ShouldBe(content);
        File.Exists(Path.Combine(target.FullName, "all.zip")).ShouldBeTrue();
        var listed = (await hub.Admin.GetFromJsonAsync<JsonElement>(FilesOf(execution))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (listed.GetProperty("id").GetString(), listed.GetProperty("size").GetInt64(), listed.GetProperty("step").GetString(), listed.GetProperty("address").GetString())
            .ShouldBe((output.GetProperty("id").GetString(), Length, "0", output.GetProperty("file").GetString()));
        (await hub.Admin.GetByteArrayAsync(listed.GetProperty("url").GetString())).ShouldBe(content);
        target.Delete(recursive: true);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=262143-262145", 262143, 3)]
    [InlineData("bytes=1300000-", 1300000, 1)]
    [InlineData("bytes=-300000", Length - 300000, 300000)]
    public async Task A_part_of_it_is_that_part(string range, int offset, int count)
    {
        var url = await hub.FileUrlAsync(Length);

        using var answer = await GetAsync(url, range);

        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        answer.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {offset}-{offset + count - 1}/{Length}");
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(FileServer.ContentOf(Length).AsSpan(offset, count).ToArray());
    }

    [Fact]
    public async Task What_it_is_never_runs_as_a_page_of_the_hub()
    {
        var url = await hub.FileUrlAsync(Length);

        using var answer = await GetAsync(url, null);
        using var beyond = await GetAsync(url, "bytes=9999999-");

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("sandbox");
        beyond.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Fact]
    public async Task Another_workspace_neither_sees_nor_opens_it()
    {
        var url = await hub.FileUrlAsync(Length);
        using var stranger = await hub.CreateStrangerAsync();

        using var answer = await stranger.GetAsync(url);
        using var opened = await stranger.PostAsJsonAsync("/api/execute?wait=1m", new
        {
            plan = new { steps = new object[] { new { use = $"{hub.Provider}.upload", with = new { file = await hub.AddressAsync(url) } } } },
        });

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await opened.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("There is no file 'execution://");
    }

    [Theory]
    [InlineData("download")]
    [InlineData("download_untold")]
    public async Task One_that_is_longer_than_is_kept_is_refused_for_good_and_leaves_nothing(string action)
    {
        var execution = await hub.RunAsync(new { use = $"{hub.Provider}.{action}", with = new { bytes = Hub.BytesMax + 1 } });

        var error = execution.GetProperty("error");
        (execution.GetProperty("status").GetString(), error.GetProperty("transient").GetBoolean()).ShouldBe(("failed", false));
        error.GetProperty("message").GetString()!.ShouldContain("execution_file_megabytes");
        (await hub.CountAsync(execution)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task One_that_breaks_off_leaves_nothing()
    {
        var execution = await hub.RunAsync(new { use = $"{hub.Provider}.broken", retry = new { attempts = 1 } });

        execution.GetProperty("error").GetProperty("kind").GetString().ShouldBe("unavailable");
        (await hub.CountAsync(execution)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_database_without_room_is_told_and_nothing_is_kept()
    {
        await hub.AskAsync("""
            create function no_room() returns trigger language plpgsql as $$ begin
              if (select name from execution_files f where f.id = new.file_id) = 'full.pdf' then raise exception 'could not extend file' using errcode = '53100'; end if;
              return new;
            end $$;
            create trigger no_room before insert on execution_file_chunks for each row execute function no_room();
            """);

        var execution = await hub.RunAsync(new { use = $"{hub.Provider}.full", with = new { bytes = 1_000 } });

        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("the disk of the database is full");
        (await hub.CountAsync(execution)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task It_is_forgotten_with_the_logs_and_goes_with_its_execution()
    {
        var (old, young, gone) = (await hub.KeepAsync(), await hub.KeepAsync(), await hub.KeepAsync());
        await hub.AskAsync($"update execution_files set created_at = now() - interval '2 days' where execution_id in ('{old}', '{young}')");
        await hub.AskAsync($"update executions set created_at = now() - interval '3 days', started_at = now() - interval '3 days', ended_at = now() - interval '2 days' where id = '{old}'");

        await hub.ForgetAsync(TimeSpan.FromDays(1));
        await hub.AskAsync($"delete from executions where id = '{gone}'");

        (await hub.CountAsync(old), await hub.CountAsync(young), await hub.CountAsync(gone)).ShouldBe(((0, 0), (1, 5), (0, 0)));
    }

    private static string FilesOf(JsonElement execution) => $"/api/executions/{execution.GetProperty("id").GetString()}/files";

    private async Task<HttpResponseMessage> GetAsync(string url, string? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (range is not null) request.Headers.Range = RangeHeaderValue.Parse(range);
        return await hub.Admin.SendAsync(request);
    }

    /// <summary>A hub that keeps files of up to two megabytes, and knows a vendor of files.</summary>
    public sealed class Hub(TestPostgres postgres) : IAsyncLifetime
    {
        public const int BytesMax = 2 * 1024 * 1024;

        private readonly HubFixture fixture = new(postgres) { Variables = { ["GANTRY_EXECUTION_FILE_MEGABYTES"] = "2" } };

        internal FileServer Vendor { get; private set; } = null!;

        public string Provider { get; } = HubFixture.NewName("files");

        public HttpClient Admin => fixture.Admin;

        public async ValueTask InitializeAsync()
        {
            await fixture.InitializeAsync();
            Vendor = await FileServer.StartAsync();
            using var saved = await Admin.PutAsync($"/api/providers/{Provider}", new StringContent(ManifestOf(Provider, Vendor.Url), Encoding.UTF8, "application/yaml"));
            saved.EnsureSuccessStatusCode();
        }

        public async ValueTask DisposeAsync()
        {
            await fixture.DisposeAsync();
            await Vendor.DisposeAsync();
        }

        internal static string ManifestOf(string id, string url) => """
            schema: provider/v1
            id: PROVIDER
            name: Files
            category: CRM
            help: For tests.
            docs: https://files.example
            checked: {date: 2026-11-21, against: nothing}
            base_url: SERVER
            auth: [{kind: none}]
            actions:
              download: {help: "Downloads.", call: GET /file, params: {bytes: {help: "How many.", type: integer, required: true}}, response: {decode: file}}
              download_untold: {help: "Downloads.", call: GET /untold, params: {bytes: {help: "How many.", type: integer, required: true}}, response: {decode: file}}
              full: {help: "Downloads.", call: "GET /file?name=full", params: {bytes: {help: "How many.", type: integer, required: true}}, response: {decode: file}}
              broken: {help: "Downloads.", call: GET /broken, response: {decode: file}}
              held: {help: "Downloads.", call: GET /held, response: {decode: file}}
              upload: {help: "Uploads.", call: POST /upload, encoding: multipart, params: {file: {help: "It.", type: file, required: true}}}
            """.Replace("PROVIDER", id, StringComparison.Ordinal).Replace("SERVER", url, StringComparison.Ordinal);

        public Task SaveFoldersAsync(params (string Name, string Path)[] folders) => fixture.SaveFoldersAsync(folders);

        public Task<HttpClient> CreateStrangerAsync() => fixture.CreateStrangerAsync();

        public async Task<JsonElement> RunAsync(params object[] steps)
        {
            using var answer = await Admin.PostAsJsonAsync("/api/execute?wait=2m", new { plan = new { steps } });
            return await answer.ReadJsonAsync();
        }

        public async Task<string> KeepAsync() =>
            (await RunAsync(new { use = $"{Provider}.download", with = new { bytes = Length } })).GetProperty("id").GetString()!;

        /// <summary>Of a new execution that keeps one.</summary>
        public async Task<string> FileUrlAsync(int bytes)
        {
            var execution = await RunAsync(new { use = $"{Provider}.download", with = new { bytes } });
            return $"{FilesOf(execution)}/{execution.GetProperty("output").GetProperty("id").GetString()}";
        }

        public async Task<string> AddressAsync(string url)
        {
            var list = await Admin.GetFromJsonAsync<JsonElement>(url[..url.LastIndexOf('/')]);
            return list.GetProperty("items")[0].GetProperty("address").GetString()!;
        }

        public Task<(long Files, long Chunks)> CountAsync(JsonElement execution) => CountAsync(execution.GetProperty("id").GetString()!);

        public async Task<(long Files, long Chunks)> CountAsync(string execution)
        {
            await using var connection = await ConnectAsync();
            await using var command = new NpgsqlCommand(
                $"select (select count(*) from execution_files where execution_id = '{execution}'), (select count(*) from execution_file_chunks where execution_id = '{execution}')", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return (reader.GetInt64(0), reader.GetInt64(1));
        }

        public async Task AskAsync(string sql)
        {
            await using var connection = await ConnectAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public async Task ForgetAsync(TimeSpan kept)
        {
            await using var connection = await ConnectAsync();
            await using var command = new NpgsqlCommand(ExecutionFileSql.Forget, connection) { Parameters = { new() { Value = kept } } };
            await command.ExecuteNonQueryAsync();
        }

        private async Task<NpgsqlConnection> ConnectAsync()
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { Pooling = false, SearchPath = "gantry" }.ConnectionString);
            await connection.OpenAsync();
            return connection;
        }
    }
}
