using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>provider.schema.json is for editors, the reader is what counts: whatever the schema refuses, the reader refuses too.</summary>
public sealed class SchemaSpecs
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "providers", "provider.schema.json")))!;

    [Fact]
    public void Every_manifest_is_as_the_schema_says() =>
        AllManifests.Ids.SelectMany(id => Faults(Tree(id), Schema, "").Select(fault => $"{id}: {fault}")).ShouldBeEmpty();

    [Fact]
    public void What_the_schema_refuses_the_reader_refuses_too()
    {
        List<string> taken = [];
        foreach (var id in AllManifests.Ids.Where((_, index) => index % 7 == 0))
        {
            var random = new Random(id.Length);
            for (var attempt = 0; attempt < 8; attempt++)
            {
                var (spoilt, what) = Spoil(Tree(id), random);
                if (Faults(spoilt, Schema, "").Any() && ManifestReader.Check(spoilt.ToJsonString(), $"{id}.yaml").Count == 0)
                {
                    taken.Add($"{id}: {what}: {Faults(spoilt, Schema, "").First()}");
                }
            }
        }

        taken.ShouldBeEmpty();
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path[..path.IndexOf("/tests/Gantry.Plugins.Specs", StringComparison.Ordinal)];

    private static JsonObject Tree(string id) => (JsonObject)JsonNode.Parse(DocumentReader.Read(AllManifests.Text(id)).ToJson().GetRawText())!;

    /// <summary>A field is left out, added, or gets a value of another type, somewhere.</summary>
    private static (JsonObject Spoilt, string What) Spoil(JsonObject tree, Random random)
    {
        List<JsonObject> maps = [];
        Collect(tree, maps);
        var map = maps[random.Next(maps.Count)];
        var name = map.Count == 0 ? "x" : map.ElementAt(random.Next(map.Count)).Key;
        switch (random.Next(3))
        {
            case 0:
                map.Remove(name);
                return (tree, $"{map.GetPath()} without {name}");
            case 1:
                map["gantry_unknown"] = 1;
                return (tree, $"{map.GetPath()} with an unknown field");
            default:
                map[name] = map[name] is JsonArray ? JsonValue.Create("text") : new JsonArray(5);
                return (tree, $"{map.GetPath()}.{name} of another type");
        }
    }

    private static void Collect(JsonNode? node, List<JsonObject> maps)
    {
        if (node is JsonObject map)
        {
            maps.Add(map);
            foreach (var (_, value) in map)
            {
                Collect(value, maps);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Collect(item, maps);
            }
        }
    }

    /// <summary>What of JSON Schema this schema uses.</summary>
    private static IEnumerable<string> Faults(JsonNode? value, JsonObject schema, string path)
    {
        if (schema["$ref"] is { } reference)
        {
            return Faults(value, (JsonObject)Schema["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!, path);
        }

        if (schema["oneOf"] is JsonArray ways)
        {
            var found = ways.Select(way => Faults(value, (JsonObject)way!, path).ToList()).OrderBy(faults => faults.Count).First();
            return found;
        }

        return [.. Scalars(value, schema, path), .. value is JsonObject map ? Members(map, schema, path) : [], .. value is JsonArray list ? Items(list, schema, path) : []];
    }

    private static IEnumerable<string> Scalars(JsonNode? value, JsonObject schema, string path)
    {
        if (schema["const"] is { } constant && !JsonNode.DeepEquals(constant, value))
        {
            yield return $"{path} is not {constant}";
        }

        if (schema["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
        {
            yield return $"{path} is none of its choices";
        }

        if (schema["type"] is { } type && !(type is JsonArray types ? types.Select(one => one!.GetValue<string>()) : [type.GetValue<string>()]).Any(one => IsOf(value, one)))
        {
            yield return $"{path} is not of the type {type.ToJsonString()}";
        }

        if (schema["pattern"] is { } pattern && value is JsonValue && value.GetValueKind() == JsonValueKind.String && !Regex.IsMatch(value.GetValue<string>(), pattern.GetValue<string>()))
        {
            yield return $"{path} does not match {pattern}";
        }
    }

    private static bool IsOf(JsonNode? value, string type) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => value!.ToJsonString().All(character => char.IsAsciiDigit(character) || character == '-'),
        _ => false,
    };

    private static IEnumerable<string> Members(JsonObject map, JsonObject schema, string path)
    {
        foreach (var required in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).Where(name => !map.ContainsKey(name)))
        {
            yield return $"{path} has no {required}";
        }

        if (schema["minProperties"] is { } least && map.Count < least.GetValue<int>())
        {
            yield return $"{path} is empty";
        }

        var known = schema["properties"] as JsonObject;
        foreach (var (name, value) in map)
        {
            var inner = known?[name] as JsonObject ?? schema["additionalProperties"] as JsonObject;
            if (inner is not null)
            {
                foreach (var fault in Faults(value, inner, $"{path}.{name}"))
                {
                    yield return fault;
                }
            }
            else if (schema["additionalProperties"] is JsonValue flag && !flag.GetValue<bool>())
            {
                yield return $"{path} has the unknown field {name}";
            }

            if (schema["propertyNames"]?["pattern"] is { } pattern && !Regex.IsMatch(name, pattern.GetValue<string>()))
            {
                yield return $"{path}.{name} is no name";
            }
        }
    }

    private static IEnumerable<string> Items(JsonArray list, JsonObject schema, string path)
    {
        if (schema["minItems"] is { } least && list.Count < least.GetValue<int>())
        {
            yield return $"{path} has too few items";
        }

        for (var index = 0; index < list.Count && schema["items"] is JsonObject inner; index++)
        {
            foreach (var fault in Faults(list[index], inner, $"{path}[{index}]"))
            {
                yield return fault;
            }
        }
    }
}
