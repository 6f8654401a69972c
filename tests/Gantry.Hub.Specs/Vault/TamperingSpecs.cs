using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

/// <summary>Somebody who may write to the database as its owner moves sealed values about: each is refused where it does not belong, by name.</summary>
public sealed class TamperingSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("a byte is changed", "update gantry.provider_credentials set sealed[1] = set_byte(sealed[1], length(sealed[1]) - 1, get_byte(sealed[1], length(sealed[1]) - 1) # 1) where name = $1")]
    [InlineData("it is cut off", "update gantry.provider_credentials set sealed[1] = substr(sealed[1], 1, length(sealed[1]) - 1) where name = $1")]
    [InlineData("it is emptied", "update gantry.provider_credentials set sealed[1] = '' where name = $1")]
    [InlineData("another row's value is put there", "update gantry.provider_credentials set sealed = (select sealed from gantry.provider_credentials where name = $2) where name = $1")]
    [InlineData("it gets another name", "update gantry.provider_credentials set name = $1 || 'A' where name = $1", "A")]
    [InlineData("it gets another version", "update gantry.provider_credentials set version = version + 1 where name = $1")]
    [InlineData("it is given to the workspace", "update gantry.provider_credentials set user_id = null where name = $1")]
    [InlineData("it gets another id", "update gantry.provider_credentials set id = gen_random_uuid() where name = $1")]
    [InlineData("its field gets another name", "update gantry.provider_credentials set fields = array['other'] where name = $1")]
    public async Task What_was_changed_is_refused_by_name_and_the_rest_stays_readable(string how, string sql, string suffix = "")
    {
        var (victim, other) = (HubFixture.NewName("VICTIM"), HubFixture.NewName("OTHER"));
        using var first = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = victim, value = "of-the-victim" });
        using var second = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = other, value = "of-the-other" });

        await ExecuteAsync(sql, victim, other);
        victim += suffix;

        using var refused = await hub.Admin.PostAsJsonAsync($"/api/credentials/{victim}/reveal", new { });
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, how);
        var detail = await refused.ReadDetailAsync();
        detail.ShouldContain(victim);
        detail.ShouldContain("cannot be opened");
        using var listed = await hub.Admin.GetAsync("/api/credentials?limit=500");
        listed.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var read = await hub.Admin.PostAsJsonAsync($"/api/credentials/{other}/reveal", new { });
        read.StatusCode.ShouldBe(HttpStatusCode.OK, how);

        using var again = await hub.Admin.PutAsJsonAsync($"/api/credentials/{victim}", new { value = "anew" });
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_fields_of_one_row_cannot_change_places()
    {
        using var stored = await hub.Admin.PutAsJsonAsync("/api/provider-credentials/swapped", new { fields = new { a_user = "u", b_password = "p" } });

        await ExecuteAsync("update gantry.provider_credentials set sealed = array[sealed[2], sealed[1]] where name = $1", "swapped");

        using var refused = await hub.Admin.PostAsJsonAsync("/api/credentials/swapped/reveal", new { field = "b_password" });
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.ReadDetailAsync()).ShouldContain("'b_password'");
    }

    private async Task ExecuteAsync(string sql, params string[] names)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var name in names.Where((_, index) => sql.Contains($"${index + 1}", StringComparison.Ordinal))) command.Parameters.AddWithValue(name);
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}
