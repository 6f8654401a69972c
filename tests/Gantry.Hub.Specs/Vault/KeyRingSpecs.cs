using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

public sealed class KeyRingSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-keys-").FullName;
    private string connectionString = "";
    private HubDatabase database = null!;
    private Guid workspace;

    private string KeyFile => Path.Combine(folder, "master.key");

    public async ValueTask InitializeAsync()
    {
        connectionString = await postgres.CreateDatabaseAsync();
        database = new HubDatabase(DatabaseAccess.From(connectionString), TimeProvider.System);
        workspace = (await TestDatabase.CreateActorAsync(connectionString, "owner")).WorkspaceId!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_empty_hub_makes_its_key_once_in_a_file_of_its_own()
    {
        using (var ring = await OpenAsync(null)) await ring.NewestAsync(workspace, CancellationToken.None);
        var text = await File.ReadAllTextAsync(KeyFile);
        using (var ring = await OpenAsync(null)) ring.Masters.All.Count.ShouldBe(1);

        File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllTextAsync(KeyFile)).ShouldBe(text);
    }

    [Fact]
    public async Task A_missing_key_is_named_and_none_is_made()
    {
        string fingerprint;
        using (var ring = await OpenAsync(null)) fingerprint = ring.Masters.All[0].Fingerprint;
        File.Delete(KeyFile);

        var refused = await Should.ThrowAsync<HubStartException>(async () => (await OpenAsync(null)).Dispose());

        refused.Message.ShouldContain(fingerprint);
        refused.Message.ShouldContain("none was given");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_by_name_and_changes_nothing()
    {
        using var right = MasterKey.New();
        using var wrong = MasterKey.New();
        using (var ring = await OpenAsync(right.Write())) await ring.NewestAsync(workspace, CancellationToken.None);

        var refused = await Should.ThrowAsync<HubStartException>(async () => (await OpenAsync(wrong.Write())).Dispose());

        refused.Message.ShouldContain(right.Fingerprint);
        refused.Message.ShouldContain(wrong.Fingerprint);
        refused.Message.ShouldNotContain(wrong.Write());
        (await AskAsync<string>("select string_agg(fingerprint, ' ') from gantry.master_keys")).ShouldBe(right.Fingerprint);
    }

    [Fact]
    public async Task A_new_key_beside_the_old_one_takes_over_and_the_old_one_is_retired()
    {
        using var old = MasterKey.New();
        using var @new = MasterKey.New();
        Guid id;
        using (var ring = await OpenAsync(old.Write())) id = (await ring.NewestAsync(workspace, CancellationToken.None)).Id;

        using (var ring = await OpenAsync($"{@new.Write()},{old.Write()}")) (await ring.FindAsync(workspace, id, CancellationToken.None)).ShouldNotBeNull();
        using (var ring = await OpenAsync(@new.Write())) (await ring.FindAsync(workspace, id, CancellationToken.None)).ShouldNotBeNull();

        (await AskAsync<string>("select fingerprint from gantry.master_keys where retired_at is null")).ShouldBe(@new.Fingerprint);
        (await Should.ThrowAsync<HubStartException>(async () => (await OpenAsync(old.Write())).Dispose())).Message.ShouldContain(@new.Fingerprint);
    }

    [Fact]
    public async Task Sealed_data_without_a_known_key_is_never_given_a_new_one()
    {
        using (var ring = await OpenAsync(null)) await ring.NewestAsync(workspace, CancellationToken.None);
        await TestPostgres.ExecuteAsync(connectionString, "delete from gantry.master_keys");
        File.Delete(KeyFile);

        var refused = await Should.ThrowAsync<HubStartException>(async () => (await OpenAsync(null)).Dispose());

        refused.Message.ShouldContain("master_keys");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_made_by_a_start_that_was_cut_off_is_the_key_of_the_next_one()
    {
        string fingerprint;
        using (var masters = MasterKeys.Read(null, null, folder)) fingerprint = masters.Add().Fingerprint;

        using var ring = await OpenAsync(null);

        (await AskAsync<string>("select fingerprint from gantry.master_keys")).ShouldBe(fingerprint);
    }

    [Theory]
    [InlineData("chmod 600", "0640")]
    [InlineData("chmod 600", "0604")]
    public async Task A_key_file_that_others_can_read_is_refused(string word, string mode)
    {
        (await OpenAsync(null)).Dispose();
        File.SetUnixFileMode(KeyFile, (UnixFileMode)Convert.ToInt32(mode, 8));

        Should.Throw<HubStartException>(() => MasterKeys.Read(null, null, folder)).Message.ShouldContain(word);
    }

    [Fact]
    public async Task A_changed_canary_or_data_key_is_told_by_its_table()
    {
        Guid id;
        using (var ring = await OpenAsync(null)) id = (await ring.NewestAsync(workspace, CancellationToken.None)).Id;
        await TestPostgres.ExecuteAsync(connectionString, "update gantry.data_keys set wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1)");
        using (var ring = await OpenAsync(null))
            (await Should.ThrowAsync<SecretStoreException>(async () => await ring.FindAsync(workspace, id, CancellationToken.None))).Message.ShouldContain("data_keys");
        await TestPostgres.ExecuteAsync(connectionString, "update gantry.master_keys set canary = set_byte(canary, 30, get_byte(canary, 30) # 1)");

        (await Should.ThrowAsync<HubStartException>(async () => (await OpenAsync(null)).Dispose())).Message.ShouldContain("canary");
    }

    [Fact]
    public async Task A_data_key_of_another_workspace_does_not_open_here()
    {
        var other = (await TestDatabase.CreateActorAsync(connectionString, "owner")).WorkspaceId!.Value;
        Guid id;
        using (var ring = await OpenAsync(null))
        {
            await ring.NewestAsync(workspace, CancellationToken.None);
            id = (await ring.NewestAsync(other, CancellationToken.None)).Id;
        }

        await TestPostgres.ExecuteAsync(connectionString, $"update gantry.data_keys set wrapped = (select wrapped from gantry.data_keys where workspace_id = '{workspace}') where id = '{id}'");

        using (var ring = await OpenAsync(null)) await Should.ThrowAsync<SecretStoreException>(async () => await ring.FindAsync(other, id, CancellationToken.None));
    }

    [Fact]
    public async Task Two_hubs_make_one_data_key_of_a_workspace()
    {
        using var master = MasterKey.New();
        var rings = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(master.Write())));

        var keys = await Task.WhenAll(rings.Select(async ring => await ring.NewestAsync(workspace, CancellationToken.None)));

        keys.Select(key => key.Id).Distinct().ShouldHaveSingleItem();
        (await AskAsync<long>("select count(*) from gantry.data_keys")).ShouldBe(1);
    }

    private async Task<KeyRing> OpenAsync(string? setting)
    {
        var ring = new KeyRing(database.Worker, MasterKeys.Read(setting, null, folder));
        await ring.OpenAsync(CancellationToken.None);
        return ring;
    }

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
