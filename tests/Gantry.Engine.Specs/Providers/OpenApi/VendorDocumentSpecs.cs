using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.OpenApi;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.OpenApi;

/// <summary>What vendors publish, as the collection of APIs.guru has it; ./test fetches the documents.</summary>
public sealed class VendorDocumentSpecs
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch"];

    public static TheoryData<string> Documents => [.. File.ReadAllLines(Path.Combine(Repository, "tests", "servers", "openapi-documents.txt")).Select(line => line["package/api/".Length..])];

    private static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Gantry.slnx")))
            {
                folder = folder.Parent!;
            }

            return folder.FullName;
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_operation_becomes_an_action_with_all_that_it_requires_within_seconds(string name)
    {
        var bytes = Read(name);
        var begin = Worked();

        var imported = OpenApiImport.Read(bytes, new() { Today = new(2026, 11, 21), BaseUrl = "https://api.example.com" });

        // The largest has twenty megabytes and takes 2 s; ten times as much would be a mistake in how it grows.
        (Worked() - begin).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        using var document = JsonDocument.Parse(bytes);
        var operations = Operations(document.RootElement).ToList();
        imported.ActionCount.ShouldBe(operations.Count);
        var actions = Manifest(imported).Find("actions")!.Value.Members;
        actions.Count.ShouldBe(operations.Count);
        for (var i = 0; i < actions.Count; i++)
        {
            var (path, method, operation, item) = operations[i];
            var call = actions[i].Value.Find("call")!.Value.Text;
            call.ShouldStartWith($"{method.ToUpperInvariant()} ");
            var parameters = actions[i].Value.Find("params")?.Value;
            var wires = parameters?.Members.Select(parameter => parameter.Value.Find("name")?.Value.Text ?? parameter.Name).ToList() ?? [];
            foreach (var required in RequiredParameters(document.RootElement, item).Concat(RequiredParameters(document.RootElement, operation)))
            {
                (wires.Contains(required) || call.Contains($"{{{required}}}", StringComparison.Ordinal) || actions[i].Value.Find("query")?.Value.Find(required) is not null)
                    .ShouldBeTrue($"{method} {path} requires {required}");
            }
        }
    }

    [Fact]
    public void A_second_import_of_the_same_document_changes_nothing()
    {
        var bytes = Read("stripe.com.json");
        var first = OpenApiImport.Read(bytes, new() { Today = new(2026, 11, 21) });

        var second = OpenApiImport.Read(bytes, new() { Today = new(2026, 11, 21), Previous = first.Manifest });

        second.Changes.ShouldBeEmpty();
        second.Manifest.ShouldBe(first.Manifest);
    }

    /// <summary>How long this thread has had a processor, where the system tells it: a busy machine does not count.</summary>
    private static TimeSpan Worked()
    {
        const string Told = "/proc/thread-self/schedstat";
        return File.Exists(Told) ? TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText(Told).Split(' ')[0], CultureInfo.InvariantCulture) / 1_000) : TimeSpan.Zero;
    }

    private static DocumentNode Manifest(ImportedProvider imported) =>
        DocumentReader.Read(imported.Manifest!, DocumentFormat.Yaml, new() { BytesMax = 1 << 28, EventsMax = 1 << 26 });

    private static byte[] Read(string name)
    {
        var file = Path.Combine(Repository, "artifacts", "openapi-documents", name);
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("The documents of vendors are not there; ./test fetches them.");
        }

        return File.ReadAllBytes(file);
    }

    private static IEnumerable<(string Path, string Method, JsonElement Operation, JsonElement Item)> Operations(JsonElement root) =>
        from path in root.GetProperty("paths").EnumerateObject()
        where path.Name.StartsWith('/')
        from method in Methods
        where path.Value.TryGetProperty(method, out _)
        select (path.Name, method, path.Value.GetProperty(method), path.Value);

    private static IEnumerable<string> RequiredParameters(JsonElement root, JsonElement holder)
    {
        foreach (var written in holder.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default)
        {
            var parameter = written;
            if (written.TryGetProperty("$ref", out var reference))
            {
                parameter = reference.GetString()![2..].Split('/').Aggregate(root, (node, name) => node.ValueKind == JsonValueKind.Array
                    ? node[int.Parse(name, CultureInfo.InvariantCulture)]
                    : node.GetProperty(Uri.UnescapeDataString(name).Replace("~1", "/", StringComparison.Ordinal)));
            }

            var wire = parameter.GetProperty("name").GetString()!;
            if (parameter.TryGetProperty("required", out var isRequired) && isRequired.GetBoolean() && parameter.GetProperty("in").GetString() is "query" or "header"
                && wire.ToLowerInvariant() is not ("accept" or "content-type" or "authorization")
                // A map is written as its own names.
                && !(parameter.TryGetProperty("schema", out var schema) && (schema.TryGetProperty("properties", out _) || schema.TryGetProperty("allOf", out _))))
            {
                yield return wire;
            }
        }
    }
}
