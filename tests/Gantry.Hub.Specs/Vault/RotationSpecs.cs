using Gantry.Hub.Specs.Executions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

public sealed class RotationSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-rotation-").FullName;
    private string connectionString = "";

    public async ValueTask InitializeAsync() => connectionString = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_rotation_seals_everything_by_new_keys_and_retires_the_old_ones()
    {
        await using var stage = await VaultStage.OpenAsync(connectionString, folder);
        var (one, other) = (await stage.CreateActorAsync(), await stage.CreateActorAsync());
        await stage.AddAsync(one, 300);
        await stage.AddAsync(other, 250);
        var before = stage.Ring.Masters.All[0].Fingerprint;
        var old = await stage.AskAsync<byte[][]>("select array_agg(sealed[1]) from provider_credentials");
        await stage.BeginRotationAsync(one);

        (await stage.Rotation.RunAsync(CancellationToken.None)).ShouldBeTrue();

        await stage.CheckAsync(one, 300);
        await stage.CheckAsync(other, 250);
        (await stage.AskAsync<byte[][]>("select array_agg(sealed[1]) from provider_credentials")).Select(Convert.ToHexString).Intersect(old.Select(Convert.ToHexString)).ShouldBeEmpty();
        (await stage.AskAsync<string>("select string_agg(generation::text, ' ') from data_keys")).ShouldBe("1 1");
        (await stage.AskAsync<string>("select fingerprint from master_keys where retired_at is null")).ShouldNotBe(before);
        (await stage.AskAsync<long>($"select count(*) from master_keys where fingerprint = '{before}' and retired_at is not null")).ShouldBe(1);
        await using var next = await VaultStage.OpenAsync(connectionString, folder);
        await next.CheckAsync(one, 300);
    }

    [Fact]
    public async Task Whoever_reads_and_writes_meanwhile_does_not_notice()
    {
        await using var stage = await VaultStage.OpenAsync(connectionString, folder);
        await using var secondHub = await VaultStage.OpenAsync(connectionString, folder);
        var actor = await stage.CreateActorAsync();
        await stage.AddAsync(actor, 1_000);
        await secondHub.CheckAsync(actor, 10);

        await stage.BeginRotationAsync(actor);
        var rotation = Task.Run(() => stage.Rotation.RunAsync(CancellationToken.None));
        var late = await stage.CreateActorAsync();
        do await stage.CheckAsync(actor, 50);
        while (!rotation.IsCompleted);
        (await rotation).ShouldBeTrue();

        await stage.AddAsync(late, 5);
        await stage.CheckAsync(late, 5);
        await stage.CheckAsync(actor, 1_000);
    }

    [Fact]
    public async Task A_hub_that_still_knows_a_retired_key_only_seals_by_the_new_one()
    {
        await using var stage = await VaultStage.OpenAsync(connectionString, folder);
        var actor = await stage.CreateActorAsync();
        await stage.AddAsync(actor, 1);
        File.Copy(Path.Combine(folder, "master.key"), Path.Combine(folder, "copy.key"));
        await using var stale = await VaultStage.OpenAsync(connectionString, folder);
        await stale.CheckAsync(actor, 1);
        await TestPostgres.ExecuteAsync(connectionString, "insert into gantry.vault_rotations (generation, started_by, started_at) values (1, gen_random_uuid(), now() - interval '1 day')");
        await stage.Rotation.RunAsync(CancellationToken.None);
        await TestPostgres.ExecuteAsync(connectionString, "delete from gantry.provider_credentials");

        await stale.AddAsync(actor, 3);

        (await stage.AskAsync<long>("select count(*) from provider_credentials c join data_keys d on d.id = c.data_key_id where d.generation = 1")).ShouldBe(3);
        await stage.CheckAsync(actor, 3);
    }

    [Fact]
    public async Task What_cannot_be_opened_keeps_its_key_and_holds_nothing_up()
    {
        await using var stage = await VaultStage.OpenAsync(connectionString, folder);
        var actor = await stage.CreateActorAsync();
        await stage.AddAsync(actor, 5);
        await TestPostgres.ExecuteAsync(connectionString, "update gantry.provider_credentials set sealed = array['\\x01'::bytea] where name = 'C5'");
        await stage.BeginRotationAsync(actor);

        await stage.Rotation.RunAsync(CancellationToken.None);

        await stage.CheckAsync(actor, 4);
        (await stage.AskAsync<int>("select unreadable from vault_rotations where ended_at is not null")).ShouldBe(1);
        (await stage.AskAsync<long>("select count(*) from data_keys")).ShouldBe(2);
    }

    [Fact]
    public async Task A_rotation_goes_on_where_it_was_killed() =>
        await KillAsync(600, ["vault.made", "vault.enrolled", "vault.batch.before:2", "vault.batch.after", "vault.end"]);

    [Fact]
    public async Task Ten_thousand_credentials_outlive_twenty_kills_of_a_rotation()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes minutes: ./test --slow runs it.");
        var random = new Random(20260131);
        string?[] faults =
        [
            "vault.made", "vault.enrolled", "vault.keys",
            .. Enumerable.Range(0, 15).Select(i => i % 3 == 2 ? null : $"vault.batch.{(random.Next(2) == 0 ? "before" : "after")}:{random.Next(1, 5)}"),
            "vault.retire", "vault.end",
        ];

        await KillAsync(10_000, faults);
    }

    /// <summary>Starts the hub once for each fault and lets it die there; without a fault it is killed from outside, once it has sealed some more rows.</summary>
    private async Task KillAsync(int count, string?[] faults)
    {
        await using var stage = await VaultStage.OpenAsync(connectionString, folder);
        var actor = await stage.CreateActorAsync();
        await stage.AddAsync(actor, count);
        await stage.BeginRotationAsync(actor);

        foreach (var fault in faults)
        {
            await using var hub = await HubProcess.StartAsync(folder, connectionString, fault, keepsOwnKey: true);
            if (fault is null)
            {
                var before = await ResealedAsync(stage);
                while (await ResealedAsync(stage) is var now && now < count && now <= before + 100)
                    await Task.Yield();
                hub.Kill();
            }

            await hub.EndedAsync();
        }

        await using (var last = await HubProcess.StartAsync(folder, connectionString, null, keepsOwnKey: true))
        {
            while (!await stage.AskAsync<bool>("select exists (select from vault_rotations where ended_at is not null)"))
                await Task.Yield();
        }

        await using var after = await VaultStage.OpenAsync(connectionString, folder);
        await after.CheckAsync(actor, count);
        (await ResealedAsync(after)).ShouldBe(count);
        (await after.AskAsync<long>("select count(*) from data_keys")).ShouldBe(1);
        (await after.AskAsync<long>("select count(*) from master_keys where retired_at is null")).ShouldBe(1);
        after.Ring.Masters.All.Count.ShouldBe(2);
    }

    private static async Task<long> ResealedAsync(VaultStage stage) =>
        await stage.AskAsync<long>("select count(*) from provider_credentials c join data_keys d on d.workspace_id = c.workspace_id and d.id = c.data_key_id where d.generation = 1");
}
