using System.Text;
using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.OpenApi;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.OpenApi;

/// <summary>Documents that were written to harm whoever reads them.</summary>
public sealed class HostileDocumentSpecs
{
    [Fact]
    public void Schemas_that_lead_back_to_themselves_end()
    {
        var imported = Import(Operations("""{"$ref": "#/components/schemas/Self"}""", 1), """
            "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}, {"$ref": "#/components/schemas/A"}], "oneOf": [{"$ref": "#/components/schemas/Self"}],
              "properties": {"self": {"$ref": "#/components/schemas/Self"}, "list": {"type": "array", "items": {"$ref": "#/components/schemas/Self"}}}},
            "A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}
            """);

        imported.ActionCount.ShouldBe(1);
    }

    [Fact]
    public void A_thousand_parts_of_parts_by_references_are_read_as_far_as_is_of_use()
    {
        var chain = string.Join(",\n", Enumerable.Range(0, 2_000).Select(index => """
            "S%A": {"allOf": [{"$ref": "#/components/schemas/S%B"}, {"$ref": "#/components/schemas/S%B"}], "properties": {"p%A": {"type": "string"}}}
            """.Replace("%A", $"{index}", StringComparison.Ordinal).Replace("%B", $"{index + 1}", StringComparison.Ordinal)));

        Import(Operations("""{"$ref": "#/components/schemas/S0"}""", 3), chain + ", \"S2000\": {\"type\": \"object\"}").ActionCount.ShouldBe(3);
    }

    [Fact]
    public void A_thousand_parts_within_each_other_are_refused_with_their_place()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"allOf\": [", 1_000)) + "{}" + string.Concat(Enumerable.Repeat("]}", 1_000));

        Should.Throw<DocumentException>(() => Import(Operations(deep, 1), "")).Message.ShouldContain("depth");
    }

    [Fact]
    public void A_few_lines_that_describe_more_than_could_be_written_are_not_written_out()
    {
        var values = string.Join(',', Enumerable.Range(0, 50_000).Select(index => $"\"v{index}\""));

        var properties = string.Join(',', Enumerable.Range(0, 100).Select(index => $"\"p{index}\": {{\"$ref\": \"#/components/schemas/Huge\"}}"));
        var imported = Import(Operations("""{"$ref": "#/components/schemas/All"}""", 20), """
            "Huge": {"type": "string", "enum": [%VALUES]},
            "All": {"type": "object", "properties": {%PROPERTIES}}
            """.Replace("%VALUES", values, StringComparison.Ordinal).Replace("%PROPERTIES", properties, StringComparison.Ordinal));

        imported.Warnings.ShouldContain(warning => warning.Contains("refer to each other so often", StringComparison.Ordinal));
    }

    [Fact]
    public void Thousands_of_operations_with_one_id_get_ids_of_their_own()
    {
        var paths = string.Join(',', Enumerable.Range(0, 20_000).Select(index => $"\"/p{index}\": {{\"get\": {{\"operationId\": \"same\", \"responses\": {{}}}}}}"));

        var imported = Import(paths, "");

        imported.ActionCount.ShouldBe(20_000);
        imported.Manifest!.ShouldContain("\n  same_20000:\n");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("file:///etc/passwd#/root")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("//evil.example/x.json#/a")]
    [InlineData("../../secret.yaml")]
    [InlineData("#/../../x")]
    [InlineData("#/%00")]
    [InlineData("#/components/schemas/%zz")]
    [InlineData("#/servers/99999999999999999999")]
    [InlineData("#")]
    [InlineData("")]
    public void What_is_elsewhere_is_named_and_not_fetched(string reference)
    {
        var imported = Import(Operations(JsonSerializer.Serialize(new Dictionary<string, string> { ["$ref"] = reference }), 1), "");

        imported.ActionCount.ShouldBe(1);
        imported.Warnings.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("a: &x *x !!binary")]
    [InlineData("\" ' \\ | > # %")]
    [InlineData("__proto__")]
    [InlineData("${connection.token}")]
    [InlineData("${")]
    [InlineData("a\r\nb")]
    [InlineData("\t\u007F")]
    [InlineData(" ")]
    public void Names_that_are_more_than_names_make_a_manifest_that_can_be_used(string name)
    {
        var text = JsonSerializer.Serialize(name);
        var imported = Read("""
            {"openapi": "3.0.3", "info": {"title": %TEXT, "version": %TEXT, "description": %TEXT}, "servers": [{"url": "https://acme.example", "description": %TEXT}],
             "tags": [{"name": %TEXT}], "security": [{%TEXT: []}],
             "paths": {%PATH: {"post": {"operationId": %TEXT, "summary": %TEXT, "tags": [%TEXT],
               "parameters": [{"name": %TEXT, "in": "path", "required": true, "schema": {"type": "string"}}, {"name": %TEXT, "in": "header", "schema": {"type": "string", "enum": [%TEXT], "default": %TEXT}},
                 {"name": %TEXT, "in": "query", "description": %TEXT}, {"name": %TEXT, "in": "cookie"}],
               "requestBody": {"content": {%TEXT: {"schema": {}}, "application/json": {"schema": {"type": "object", "required": [%TEXT], "properties": {%TEXT: {"type": "string", "pattern": %TEXT}}}}}}, "responses": {%TEXT: {"description": %TEXT}}}}},
             "components": {"securitySchemes": {%TEXT: {"type": "apiKey", "in": "header", "name": %TEXT}}}}
            """.Replace("%TEXT", text, StringComparison.Ordinal).Replace("%PATH", JsonSerializer.Serialize("/x/" + name + "/{" + name + "}"), StringComparison.Ordinal));

        imported.ActionCount.ShouldBe(1);
        imported.Manifest!.Any(character => char.IsControl(character) && character != '\n').ShouldBeFalse();
    }

    private static string Operations(string schema, int count) => string.Join(",\n", Enumerable.Range(0, count).Select(index => """
        "/o%NUMBER": {"post": {"requestBody": {"content": {"application/json": {"schema": %SCHEMA}}}, "responses": {"200": {"description": "", "content": {"application/json": {"schema": %SCHEMA}}}}}}
        """.Replace("%NUMBER", $"{index}", StringComparison.Ordinal).Replace("%SCHEMA", schema, StringComparison.Ordinal)));

    private static ImportedProvider Import(string paths, string schemas) => Read(
        """{"openapi": "3.0.3", "info": {"title": "Acme", "version": "1"}, "servers": [{"url": "https://acme.example"}], "paths": {%PATHS}, "components": {"schemas": {%SCHEMAS}}}"""
            .Replace("%PATHS", paths, StringComparison.Ordinal).Replace("%SCHEMAS", schemas, StringComparison.Ordinal));

    /// <summary>What is imported can be used, whatever the document was.</summary>
    private static ImportedProvider Read(string document)
    {
        var imported = OpenApiImport.Read(Encoding.UTF8.GetBytes(document), new OpenApiOptions { Id = "acme", Today = new DateOnly(2026, 11, 21) });
        ManifestReader.Check(imported.Manifest!, "acme.yaml").Select(finding => finding.ToString()).ShouldBeEmpty();
        return imported;
    }
}
