using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Providers;

/// <summary>Manifests of a hub that cannot be used: in its data folder, in its database, and good ones that break.</summary>
public sealed class UnusableProviderSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private readonly string id = HubFixture.NewName("broken");

    private string Folder => Directory.CreateDirectory(Path.Combine(hub.DataFolder, "providers")).FullName;

    [Fact]
    public async Task A_file_that_breaks_is_told_wherever_it_is_missed_until_it_is_mended()
    {
        var file = Path.Combine(Folder, id + ".yaml");
        var plan = HubFixture.NewName("plan");
        await File.WriteAllTextAsync(file, Manifest("CRM"));
        await ReadAgainAsync();
        using (var saved = await hub.Admin.PostAsync("/api/plans", Yaml($"name: {plan}\nsteps: [{{ use: {id}.get_item }}]"))) saved.EnsureSuccessStatusCode();

        await File.WriteAllTextAsync(file, Manifest("CRN, broken"));
        await ReadAgainAsync();

        var unusable = await FindAsync();
        unusable.ShouldNotBeNull();
        unusable.Value.GetProperty("is_file").GetBoolean().ShouldBeTrue();
        unusable.Value.GetProperty("advice").GetString()!.ShouldStartWith("Mend the file in 'providers/'");
        var finding = unusable.Value.GetProperty("findings")[0];
        finding.GetProperty("file").GetString().ShouldBe($"providers/{id}.yaml");
        (finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32()).ShouldBe((4, 11));
        finding.GetProperty("message").GetString()!.ShouldContain("CRN, broken");
        string[] told = [$"The provider '{id}' cannot be used: providers/{id}.yaml 4:11: ", "Mend the file"];
        foreach (var text in (string[])[await CheckAsync(), await RunAsync(plan), await DetailAsync($"/api/providers/{id}")])
            foreach (var part in told) text.ShouldContain(part);
        (await hub.Admin.GetStringAsync($"/api/providers/{id}/manifest")).ShouldContain("CRN, broken");

        await File.WriteAllTextAsync(file, Manifest("CRM") + "# mended\n");
        await ReadAgainAsync();
        (await FindAsync()).ShouldBeNull();
        (await CheckAsync()).ShouldContain("\"ok\":true");
    }

    [Fact]
    public async Task A_broken_one_of_the_database_is_mended_where_it_is()
    {
        await InsertAsync(id, "id: other");
        await ReadAgainAsync();

        var unusable = await FindAsync();
        unusable.ShouldNotBeNull();
        unusable.Value.GetProperty("is_file").GetBoolean().ShouldBeFalse();
        unusable.Value.GetProperty("findings").GetArrayLength().ShouldBeGreaterThan(1);
        (await CheckAsync()).ShouldContain("cannot be used");
        (await hub.Admin.GetStringAsync($"/api/providers/{id}/manifest")).ShouldBe("id: other");
        using var mended = await hub.Admin.PutAsync($"/api/providers/{id}", Yaml(Manifest("CRM")));
        mended.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task One_that_took_the_id_of_a_provider_of_the_program_is_told_and_can_be_removed()
    {
        await InsertAsync("github", Manifest("CRM").Replace(id, "github", StringComparison.Ordinal));
        await ReadAgainAsync();

        var unusable = await FindAsync("github");
        using var removed = await hub.Admin.DeleteAsync("/api/providers/github");
        using var again = await hub.Admin.DeleteAsync("/api/providers/github");

        unusable.ShouldNotBeNull();
        unusable.Value.GetProperty("findings")[0].GetProperty("message").GetString()!.ShouldContain("has a provider 'github' already");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await FindAsync("github")).ShouldBeNull();
        (await hub.Admin.GetAsync("/api/providers/github")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_file_keeps_its_id_from_what_is_saved_also_while_it_is_broken()
    {
        await InsertAsync(id, Manifest("CRM"));
        await File.WriteAllTextAsync(Path.Combine(Folder, id + ".yaml"), "[");
        await ReadAgainAsync();

        using var changed = await hub.Admin.PutAsync($"/api/providers/{id}", Yaml(Manifest("CRM")));

        changed.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await CheckAsync()).ShouldContain("cannot be used");
    }

    [Fact]
    public async Task What_is_no_text_or_is_called_otherwise_is_told_too()
    {
        await File.WriteAllBytesAsync(Path.Combine(Folder, id + ".yaml"), [0xc3, 0x28]);
        await File.WriteAllTextAsync(Path.Combine(Folder, id + "-b.yml"), Manifest("CRM"));
        File.CreateSymbolicLink(Path.Combine(Folder, id + "-c.yaml"), Path.Combine(Folder, "nowhere"));
        await ReadAgainAsync();

        var found = (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/unusable-providers")).GetProperty("items").EnumerateArray().ToList();
        var all = string.Join('\n', found.SelectMany(item => item.GetProperty("findings").EnumerateArray()).Select(finding => finding.GetProperty("message").GetString()));

        foreach (var part in (string[])["It is no text in UTF-8.", "a manifest's file ends in '.yaml'", "There is no file any more where it leads."]) all.ShouldContain(part);
        all.ShouldNotContain(hub.DataFolder);
        (await hub.Admin.GetAsync($"/api/providers/{id}/manifest")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Of_many_who_save_one_id_at_once_one_makes_it_and_none_meets_a_fault()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hub.Admin.PutAsync($"/api/providers/{id}", Yaml(Manifest("CRM")))));
        var mixed = await Task.WhenAll(Enumerable.Range(0, 12).Select(index =>
            index % 3 == 0 ? hub.Admin.DeleteAsync($"/api/providers/{id}") : hub.Admin.PutAsync($"/api/providers/{id}", Yaml(Manifest("CRM")))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.ShouldAllBe(answer => (int)answer.StatusCode < 300);
        mixed.ShouldAllBe(answer => (int)answer.StatusCode < 300 || answer.StatusCode == HttpStatusCode.Conflict);
        foreach (var answer in answers.Concat(mixed)) answer.Dispose();
    }

    // Whatever is saved has the hub look at all of them.
    private async Task ReadAgainAsync()
    {
        using var saved = await hub.Admin.PutAsync($"/api/providers/{id}-other", Yaml(Manifest("CRM").Replace($"id: {id}", $"id: {id}-other", StringComparison.Ordinal)));
        saved.EnsureSuccessStatusCode();
    }

    private async Task<JsonElement?> FindAsync(string? provider = null)
    {
        var items = (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/unusable-providers")).GetProperty("items").EnumerateArray();
        return items.Where(item => item.GetProperty("id").GetString() == (provider ?? id)).Select(item => (JsonElement?)item).FirstOrDefault();
    }

    private async Task<string> CheckAsync()
    {
        using var answer = await hub.Admin.PostAsync("/api/plans/check", Yaml($"steps: [{{ use: {id}.get_item }}]"));
        var verdict = await answer.ReadJsonAsync();
        return verdict.GetProperty("errors").GetArrayLength() == 0 ? verdict.GetRawText() : verdict.GetProperty("errors")[0].GetProperty("message").GetString()!;
    }

    private async Task<string> RunAsync(string plan)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new { plan });
        var execution = await answer.ReadJsonAsync();
        execution.GetProperty("status").GetString().ShouldBe("failed", execution.GetRawText());
        return execution.GetProperty("error").GetProperty("message").GetString()!;
    }

    private async Task<string> DetailAsync(string path)
    {
        using var answer = await hub.Admin.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        return await answer.ReadDetailAsync();
    }

    private Task InsertAsync(string provider, string manifest) => TestPostgres.ExecuteAsync(
        hub.ConnectionString, $"insert into gantry.provider_manifests (id, manifest) values ('{provider}', '{manifest.Replace("'", "''", StringComparison.Ordinal)}')");

    private static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");

    private string Manifest(string category) => $$"""
        schema: provider/v1
        id: {{id}}
        name: Broken
        category: {{category}}
        help: It.
        docs: https://acme.example
        checked: {date: 2026-11-21, against: acme.example}
        base_url: https://acme.example
        auth: [{kind: none}]
        actions:
          get_item:
            help: Gets it.
            call: GET /items

        """;
}
