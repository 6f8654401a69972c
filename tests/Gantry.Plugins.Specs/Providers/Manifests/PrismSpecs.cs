using System.Diagnostics;
using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>
/// What manifests send, held by Prism against the documents of their vendors: those that ./test has unpacked in artifacts/openapi-documents, where the whole collection may lie
/// as well. Documents are older than some manifests; what differs for such a reason stands with it in tests/servers/prism/expected.json.
/// </summary>
public sealed class PrismSpecs
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
    private static readonly string Prism = Path.Combine(Repository, "tests", "servers", "prism");
    private static readonly string Documents = Path.Combine(Repository, "artifacts", "openapi-documents");

    [Fact]
    public async Task What_is_sent_is_what_the_vendors_documents_say()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Takes a minute: ./test --slow runs it.");
        var node = Path.Combine(Repository, "tests", "servers", "node_modules", "node", "bin", "node");
        SshServer.SkipOrFail(File.Exists(node) && Directory.Exists(Path.Combine(Prism, "node_modules")), "Prism is not installed (npm ci in tests/servers/prism).");
        SshServer.SkipOrFail(Directory.Exists(Documents), "Documents of vendors are not there (./test unpacks them).");
        var expected = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(Prism, "expected.json"), TestContext.Current.CancellationToken));
        List<object> requests = [];
        foreach (var manifest in expected.GetProperty("documents").EnumerateObject())
        {
            var documents = manifest.Value.EnumerateArray().Select(name => name.GetString()!).Where(name => File.Exists(Path.Combine(Documents, name))).ToList();
            if (documents.Count > 0)
            {
                requests.AddRange(await RequestsOfAsync(manifest.Name, documents));
            }
        }

        var (compared, findings) = await CheckAsync(node, requests);

        var known = expected.GetProperty("known").EnumerateObject().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        compared.Count.ShouldBeGreaterThan(50);
        findings.Where(finding => !known.Contains(finding.Key)).Select(finding => $"{finding.Key}: {string.Join(" | ", finding.Value)}").ShouldBeEmpty();
        known.Where(name => compared.Contains(name) && !findings.ContainsKey(name)).ShouldBeEmpty("these differ no longer: take them out of expected.json");
    }

    private static async Task<List<object>> RequestsOfAsync(string id, IReadOnlyList<string> documents)
    {
        List<object> requests = [];
        await using var recorder = new VendorRecorder();
        var rehearsal = new RehearsalStage(AllManifests.Read(id), AllManifests.Tree(id), recorder);
        foreach (var action in rehearsal.Actions)
        {
            foreach (var isAll in (bool[])[true, false])
            {
                var auth = rehearsal.AuthOf(action.Value);
                await rehearsal.AgreeAsync(auth);
                rehearsal.Begin(action.Value);
                try
                {
                    await rehearsal.Provider.RunAsync(rehearsal.CallOf(action.Name, rehearsal.Parameters(action, isAll), rehearsal.ConnectionOf(auth)), TestContext.Current.CancellationToken);
                }
                catch (ProviderException)
                {
                    // What is made of the answer is no matter here.
                }

                var sent = rehearsal.Asked[0];
                requests.Add(new
                {
                    name = $"{id}.{action.Name}",
                    documents,
                    free = FreeIn(action.Value),
                    method = sent.Method,
                    path = sent.Path,
                    query = sent.Query.Select(pair => new[] { pair.Key, pair.Value }),
                    headers = sent.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value, StringComparer.Ordinal),
                    body = Convert.ToBase64String(sent.Body),
                });
            }
        }

        return requests;
    }

    /// <summary>The names on the wire of parameters that are maps and lists of anything.</summary>
    private static IEnumerable<string> FreeIn(DocumentNode action) => (action.Find("params")?.Value.Members ?? [])
        .Where(parameter => SampleValues.Text(parameter.Value, "type") is "map" or "list" or "any" or "json")
        .SelectMany(parameter => new[] { parameter.Name, SampleValues.Text(parameter.Value, "name") ?? parameter.Name })
        .Select(name => name.Split('.')[^1].Replace("[]", "", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    /// <summary>What was compared, and what differs: of several documents, that counts which the request fits best.</summary>
    private static async Task<(HashSet<string> Compared, SortedDictionary<string, HashSet<string>> Findings)> CheckAsync(string node, List<object> requests)
    {
        using var folder = new TemporaryFolder();
        var file = folder.WriteFile("requests.json", JsonSerializer.Serialize(requests));
        using var run = Process.Start(new ProcessStartInfo(node, [Path.Combine(Prism, "check.mjs"), file, Documents]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Dictionary<(string Name, string Document), HashSet<string>> differences = [];
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            var answer = JsonElement.Parse(line);
            answer.TryGetProperty("name", out var name).ShouldBeTrue(line);
            var key = (name.GetString()!, answer.GetProperty("document").GetString()!);
            var found = differences.TryGetValue(key, out var known) ? known : differences[key] = new(StringComparer.Ordinal);
            if (answer.TryGetProperty("failed", out var failed))
            {
                found.Add(failed.GetString()!);
            }
            else
            {
                found.UnionWith(answer.GetProperty("found").GetBoolean() ? answer.GetProperty("errors").EnumerateArray().Select(error => error.GetString()!) : ["no such route"]);
            }
        }

        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        run.ExitCode.ShouldBe(0);
        var best = differences.GroupBy(difference => difference.Key.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.MinBy(difference => difference.Value.Count).Value, StringComparer.Ordinal);
        return ([.. best.Keys], new(best.Where(difference => difference.Value.Count > 0).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal));
    }
}
