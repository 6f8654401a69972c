using System.Diagnostics;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Transfers;
using Npgsql;
using NpgsqlTypes;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Transfers;

/// <summary>
/// A page of the history reads about as many rows as it shows, however long the history; counted and not timed. GANTRY_TEST_TRANSFERS=1000000 makes it so
/// long, and prints the best time of several.
/// </summary>
public sealed class TransferListSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Page = 50;
    private const int RowsReadMax = 20_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly int Transfers = int.Parse(Environment.GetEnvironmentVariable("GANTRY_TEST_TRANSFERS") ?? "40000", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_page_reads_few_rows_by_every_filter()
    {
        var actor = await database.CreateActorAsync();
        await FillAsync(actor);
        var middle = Start.AddSeconds(Transfers / 2);
        List<(string What, TransferFilter Filter, int? Found)> questions =
        [
            ("all", new TransferFilter { Count = Page }, Page),
            .. StatusNames.Executions.Select(status => ($"status {status}", new TransferFilter { Count = Page, Status = status }, (int?)null)),
            ("since the middle", new TransferFilter { Count = Page, Since = middle }, Page),
            ("until the middle", new TransferFilter { Count = Page, Until = middle }, Page),
            ("endpoint, often", new TransferFilter { Count = Page, Endpoint = "primary" }, Page),
            ("endpoint, rare", new TransferFilter { Count = Page, Endpoint = "rare" }, Math.Min(Page, Transfers / 10_000)),
            ("endpoint that failed", new TransferFilter { Count = Page, Endpoint = "primary", Status = "failed" }, Page),
            ("endpoint, rare, that succeeded", new TransferFilter { Count = Page, Endpoint = "rare", Status = "succeeded" }, Math.Min(Page, Transfers / 10_000)),
            ("text of all", new TransferFilter { Count = Page, Text = "delivery" }, Page),
            ("text of one", new TransferFilter { Count = Page, Text = $"number {Transfers / 3} " }, 1),
            ("text of two characters", new TransferFilter { Count = Page, Text = "el" }, Page),
            ("text of none", new TransferFilter { Count = Page, Text = "zebra crossing" }, 0),
            ("text of none with common parts", new TransferFilter { Count = Page, Text = "delivery primary" }, 0),
            ("text of the oldest tenth", new TransferFilter { Count = Page, Text = "beginning" }, Page),
            ("text of the oldest tenth that failed", new TransferFilter { Count = Page, Text = "beginning", Status = "failed" }, Math.Min(Page, Transfers / 10 / 100)),
            ("text and endpoint", new TransferFilter { Count = Page, Text = "delivery", Endpoint = "rare" }, null),
        ];
        List<string> wrong = [];
        foreach (var (what, filter, expected) in questions)
        {
            await using var session = await database.Database.OpenAsync(actor, CancellationToken.None);
            var took = TimeSpan.MaxValue;
            for (var time = 0; time < 5; time++)
            {
                var watch = Stopwatch.StartNew();
                await TransferStore.ListAsync(session, filter, CancellationToken.None);
                took = watch.Elapsed < took ? watch.Elapsed : took;
            }

            var before = await RowsReadAsync(session);

            var found = await TransferStore.ListAsync(session, filter, CancellationToken.None);

            var read = await RowsReadAsync(session) - before;
            TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {found.Count} found, {read} rows read, {took.TotalMilliseconds:0.0} ms");
            if (read > RowsReadMax) wrong.Add($"{what} read {read} rows");
            if (expected is not null && found.Count != expected) wrong.Add($"{what} found {found.Count} and not {expected}");
            found.Select(transfer => transfer.Id.ToString()).ShouldBe(found.Select(transfer => transfer.Id.ToString()).OrderDescending(StringComparer.Ordinal), what);
        }

        wrong.ShouldBeEmpty();
    }

    private static Task<long> RowsReadAsync(HubSession session) => session.FindAsync<long>("""
        select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint from pg_stat_xact_user_tables
        where relname in ('executions', 'transfers', 'transfer_endpoints', 'manifests')
        """, null, CancellationToken.None);

    /// <summary>One in a hundred failed; the rare endpoint is in one of ten thousand; the oldest tenth is of the beginning.</summary>
    private async Task FillAsync(Actor actor)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Search Path=gantry;Command Timeout=600");
        await connection.OpenAsync();
        await using (var executions = await connection.BeginBinaryImportAsync(
            "copy executions (id, workspace_id, user_id, plan_text, inputs, status, created_at, ended_at, error, is_transfer) from stdin (format binary)"))
        {
            for (var i = 0; i < Transfers; i++)
            {
                var isOpen = i % 5000 == 1;
                var error = i % 100 == 7 ? "{}" : null;
                var time = Start.AddSeconds(i).UtcDateTime;
                await executions.StartRowAsync();
                await executions.WriteAsync(IdOf(i), NpgsqlDbType.Uuid);
                await executions.WriteAsync(actor.WorkspaceId!.Value, NpgsqlDbType.Uuid);
                await executions.WriteAsync(actor.UserId!.Value, NpgsqlDbType.Uuid);
                await executions.WriteAsync("{}", NpgsqlDbType.Text);
                await executions.WriteAsync("{}", NpgsqlDbType.Text);
                await executions.WriteAsync(isOpen ? "waiting" : error is null ? "succeeded" : "failed", NpgsqlDbType.Text);
                await executions.WriteAsync(time, NpgsqlDbType.TimestampTz);
                await (isOpen ? executions.WriteNullAsync() : executions.WriteAsync(time, NpgsqlDbType.TimestampTz));
                await (error is null ? executions.WriteNullAsync() : executions.WriteAsync(error, NpgsqlDbType.Text));
                await executions.WriteAsync(true, NpgsqlDbType.Boolean);
            }

            await executions.CompleteAsync();
        }

        await using (var transfers = await connection.BeginBinaryImportAsync(
            "copy transfers (id, workspace_id, name, mode, request, search_text, grams) from stdin (format binary)"))
        {
            for (var i = 0; i < Transfers; i++)
            {
                var name = i < Transfers / 10 ? $"Beginning number {i} " : $"Delivery number {i} ";
                var text = TransferGrams.TextOf([name, "incoming:/out/" + (i % 365), "primary:/in"]);
                await transfers.StartRowAsync();
                await transfers.WriteAsync(IdOf(i), NpgsqlDbType.Uuid);
                await transfers.WriteAsync(actor.WorkspaceId!.Value, NpgsqlDbType.Uuid);
                await transfers.WriteAsync(name, NpgsqlDbType.Text);
                await transfers.WriteAsync("copy", NpgsqlDbType.Text);
                await transfers.WriteAsync("""{"mode":"copy","from":["incoming:/out"],"to":["primary:/in"]}""", NpgsqlDbType.Text);
                await transfers.WriteAsync(text, NpgsqlDbType.Text);
                await transfers.WriteAsync(TransferGrams.Of(actor.WorkspaceId!.Value, IdOf(i), RecordOf(text, i)), NpgsqlDbType.Array | NpgsqlDbType.Integer);
            }

            await transfers.CompleteAsync();
        }

        await using var endpoints = new NpgsqlCommand("""
            insert into transfer_endpoints (workspace_id, endpoint, transfer_id) select workspace_id, 'primary', id from transfers;
            insert into transfer_endpoints (workspace_id, endpoint, transfer_id)
            select workspace_id, 'rare', id from (select *, row_number() over (order by id) as n from transfers) t where n % 10000 = 0;
            analyze executions; analyze transfers; analyze transfer_endpoints
            """, connection);
        await endpoints.ExecuteNonQueryAsync();
    }

    private static TransferRecord RecordOf(string text, int i) => new()
    {
        Mode = "copy",
        Request = "",
        SearchText = text,
        Endpoints = (i + 1) % 10_000 == 0 ? ["primary", "rare"] : ["primary"],
    };

    private static Guid IdOf(int i) =>
        Guid.ParseExact($"{Start.AddSeconds(i).ToUnixTimeMilliseconds():x12}70008000{i:x12}", "N");
}
