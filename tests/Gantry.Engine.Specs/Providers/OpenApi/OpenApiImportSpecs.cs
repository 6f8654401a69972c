using System.Text;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.OpenApi;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.OpenApi;

public sealed class OpenApiImportSpecs
{
    private const string Small = """
        openapi: 3.1.0
        info: {title: Acme CRM, version: '2', description: "Contacts and deals. And more."}
        servers: [{url: 'https://{region}.acme.example/v2/', variables: {region: {default: eu, enum: [eu, us]}}}]
        security: [{key: []}]
        paths:
          /contacts:
            parameters: [{name: X-Team, in: header, required: true, schema: {type: string}}]
            get:
              operationId: listContacts
              parameters:
                - {name: 'filter[email]', in: query, description: An address., schema: {type: string, format: email}}
                - {name: ids, in: query, style: form, explode: false, schema: {type: array, items: {type: integer}}}
                - {name: cursor, in: query, schema: {type: string}}
                - {name: limit, in: query, schema: {type: integer, maximum: 250}}
              responses:
                200: {description: '', content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {type: object}}, meta: {type: object, properties: {next_cursor: {type: [string, 'null']}}}}}}}}
            post:
              operationId: createContact
              requestBody:
                required: true
                content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}
              responses: {'201': {description: ''}}
          /contacts/{contact-id}/photo:
            put:
              summary: Sets the picture.
              security: []
              requestBody: {content: {multipart/form-data: {schema: {type: object, required: [photo], properties: {photo: {type: string, format: binary}, note: {type: string}}}}}}
              responses: {'204': {description: ''}}
        components:
          securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
          schemas:
            Base: {type: object, required: [email], properties: {id: {type: string, readOnly: true}, email: {type: string, format: email}}}
            Contact:
              allOf:
                - $ref: '#/components/schemas/Base'
                - {type: object, properties: {stage: {enum: [lead, won], type: string}, parent: {$ref: '#/components/schemas/Contact'}, on: {type: boolean}}}
        """;

    [Fact]
    public void Operations_become_actions_with_parameters_bodies_auth_enums_and_paging()
    {
        var manifest = Manifest(Import(Small));

        Text(manifest, "id").ShouldBe("acme-crm");
        Text(manifest, "help").ShouldBe("Contacts and deals. And more.");
        Text(manifest, "base_url").ShouldBe("https://${connection.region}.acme.example/v2");
        Json(manifest, "connection").ShouldBe("""{"region":{"help":"The part 'region' of the address.","enum":["eu","us"],"default":"eu"}}""");
        Json(manifest, "auth").ShouldBe(
            """[{"id":"key","kind":"api_key","fields":{"key":{"help":"The key.","secret":true,"required":true}},"send":[{"in":"header","name":"X-Key","value":"${connection.key}"}]},{"id":"none","kind":"none"}]""");
        var actions = Find(manifest, "actions");
        actions.Members.Select(action => action.Name).ShouldBe(["list_contacts", "create_contact", "put_contacts_contact_id_photo"]);

        Json(actions, "list_contacts", "paging").ShouldBe("""{"kind":"cursor","name":"cursor","next":"meta.next_cursor","size":{"name":"limit","default":100,"max":250}}""");
        Json(actions, "list_contacts", "response").ShouldBe("""{"items":"data"}""");
        Json(actions, "list_contacts", "params").ShouldBe(
            """{"X-Team":{"help":"X-Team.","in":"header","required":true},"filter_email":{"help":"An address.","name":"filter[email]","format":"email"},"ids":{"help":"ids.","type":"list","items":{"type":"integer"},"style":"comma"}}""");
        Json(actions, "create_contact", "params", "email").ShouldBe("""{"help":"email.","required":true,"format":"email"}""");
        Json(actions, "create_contact", "params", "stage").ShouldBe("""{"help":"stage.","enum":["lead","won"]}""");
        Find(actions, "create_contact", "params").Find("id").ShouldBeNull();
        Text(actions, "put_contacts_contact_id_photo", "call").ShouldBe("PUT /contacts/{contact-id}/photo");
        Json(actions, "put_contacts_contact_id_photo", "auth").ShouldBe("""["none"]""");
        Json(actions, "put_contacts_contact_id_photo", "params").ShouldBe(
            """{"contact-id":{"help":"contact-id.","required":true},"photo":{"help":"photo.","type":"file","in":"file"},"note":{"help":"note."}}""");
    }

    [Fact]
    public void Swagger_2_has_its_bodies_and_forms_among_the_parameters()
    {
        var manifest = Manifest(Import("""
            {"swagger": "2.0", "info": {"title": "Old", "version": "1"}, "host": "api.old.example", "basePath": "/v1", "schemes": ["http", "https"],
             "consumes": ["application/json"], "securityDefinitions": {"login": {"type": "basic"}}, "security": [{"login": []}],
             "paths": {
               "/pets": {"post": {"operationId": "addPet", "parameters": [{"name": "pet", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Pet"}}], "responses": {"200": {"description": ""}}},
                         "get": {"operationId": "pets", "parameters": [{"name": "status", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"}],
                                 "responses": {"200": {"description": "", "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}}}}},
               "/pets/{id}/picture": {"post": {"consumes": ["multipart/form-data"], "parameters": [
                  {"name": "id", "in": "path", "type": "integer", "required": true}, {"name": "file", "in": "formData", "type": "file", "required": true}], "responses": {"200": {"description": ""}}}}},
             "definitions": {"Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}}}
            """));

        Text(manifest, "base_url").ShouldBe("https://api.old.example/v1");
        Json(manifest, "actions", "add_pet", "params").ShouldBe("""{"name":{"help":"name.","required":true},"age":{"help":"age.","type":"integer","min":0}}""");
        Json(manifest, "actions", "pets", "params", "status").ShouldBe("""{"help":"status.","type":"list","items":{"type":"string"}}""");
        Json(manifest, "actions", "pets", "response").ShouldBe("""{"items":"[]"}""");
        Json(manifest, "actions", "post_pets_id_picture", "params").ShouldBe("""{"id":{"help":"id.","type":"integer","required":true},"file":{"help":"file.","type":"file","in":"file","required":true}}""");
    }

    [Theory]
    [InlineData("", "The document does not say where the API is.")]
    [InlineData("servers: [{url: /v2}]", "The document has only relative addresses of the API.")]
    [InlineData("servers: [{url: 'https://sandbox.acme.example'}, {url: 'https://api.acme.example'}]", "The document names an address for trying out first.")]
    [InlineData("servers: [{url: 'http://localhost:8080'}]", "The document names no address but one for trying out.")]
    public void Where_the_api_is_is_asked_when_the_document_leaves_it_open(string servers, string question)
    {
        var text = $"openapi: 3.0.0\ninfo: {{title: A, version: '1'}}\n{servers}\npaths: {{/a: {{get: {{responses: {{}}}}}}}}\n";

        var asked = Import(text);
        var answered = Import(text, baseUrl: "https://api.acme.example/");

        asked.Question.ShouldBe(question);
        asked.Manifest.ShouldBeNull();
        Text(Manifest(answered), "base_url").ShouldBe("https://api.acme.example");
    }

    [Fact]
    public void A_relative_address_is_completed_by_where_the_document_was_read()
    {
        var imported = OpenApiImport.Read(
            "openapi: 3.0.0\ninfo: {title: A, version: '1'}\nservers: [{url: ../v2}]\npaths: {/a: {get: {responses: {}}}}"u8,
            new() { Today = new(2026, 11, 21), ReadFrom = new("https://docs.acme.example/api/openapi.yaml") });

        Text(Manifest(imported), "base_url").ShouldBe("https://docs.acme.example/v2");
    }

    [Fact]
    public void What_vendors_get_wrong_are_warnings()
    {
        var imported = Import("""
            openapi: 3.0.0
            info: {title: Flawed, version: '1'}
            servers: [{url: 'api.flawed.example'}]
            security: [{nowhere: []}]
            paths:
              /a/{id}:
                get:
                  operationId: same
                  parameters:
                    - {name: other, in: path, required: true, schema: {type: string}}
                    - {in: query, schema: {type: string}}
                    - {$ref: '#/components/parameters/missing'}
                  responses: {}
                get: {responses: {}}
                post:
                  operationId: same
                  requestBody: {content: {application/json: {schema: {$ref: 'other.yaml#/Thing'}}}}
                  responses: {}
              b: {get: {responses: {}}}
              /loop: {put: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Loop'}}}}, responses: {}}}
              /anchored:
                patch:
                  description: &said Said once.
                  responses: {}
                delete:
                  description: *said
                  responses: {}
            components: {schemas: {Loop: {$ref: '#/components/schemas/Loop'}}}
            """);

        var warnings = string.Join('\n', imported.Warnings);
        foreach (var said in (string[])["'get' stands twice", "'api.flawed.example' has no scheme", "'nowhere' is required and nowhere described", "'id' of the path is not described", "'other' is said to be in the path",
            "no name, or no place", "'#/components/parameters/missing' leads nowhere", "'other.yaml#/Thing' is in another document", "'b' does not begin with '/'", "leads back to itself"])
        {
            warnings.ShouldContain(said);
        }

        var actions = Find(Manifest(imported), "actions");
        actions.Members.Select(action => action.Name).ShouldBe(["same", "same_2", "put_loop", "delete_anchored", "patch_anchored"]);
        Text(actions, "delete_anchored", "help").ShouldBe("Said once.");
    }

    [Fact]
    public void A_further_import_tells_what_changed_and_keeps_what_plans_use()
    {
        var first = Import(Small).Manifest!.Replace("create_contact:", "add_contact:", StringComparison.Ordinal);
        var changed = Small
            .Replace("required: [email]", "required: [email, stage]", StringComparison.Ordinal)
            .Replace("/contacts/{contact-id}/photo:", "/contacts/{contact-id}/picture:", StringComparison.Ordinal);

        var second = OpenApiImport.Read(Encoding.UTF8.GetBytes(changed), new() { Today = new(2026, 12, 1), Previous = first });

        second.Changes.ShouldBe(
        [
            "add_contact requires 'stage' now: plans without it fail.",
            "put_contacts_contact_id_photo is gone from the document; it stays as deprecated: PUT /contacts/{contact-id}/photo.",
            "put_contacts_contact_id_picture is new: PUT /contacts/{contact-id}/picture.",
        ]);
        var actions = Find(Manifest(second), "actions");
        actions.Members.Select(action => action.Name).ShouldBe(["list_contacts", "add_contact", "put_contacts_contact_id_photo", "put_contacts_contact_id_picture"]);
        Text(actions, "put_contacts_contact_id_photo", "deprecated").ShouldBe("Gone from the document, as read on 2026-12-01.");
    }

    [Theory]
    [InlineData("{}", "This is no OpenAPI document")]
    [InlineData("openapi: 4.0.0\npaths: {}", "OpenAPI 4.0.0 is not understood")]
    [InlineData("swagger: '1.2'", "OpenAPI 1.2 is not understood")]
    [InlineData("openapi: 3.0.0\ninfo: {title: A}", "no operations")]
    [InlineData("a: *nowhere", "names nothing")]
    public void What_is_no_such_document_is_refused(string text, string message) =>
        Should.Throw<DocumentException>(() => Import(text)).Message.ShouldContain(message);

    [Fact]
    public void Texts_of_the_document_cannot_break_out_of_the_manifest()
    {
        var imported = Import("""
            {"openapi": "3.0.0", "info": {"title": "x: y\n- {a: b} # \u2028\ud83d\ude00", "version": "1"}, "servers": [{"url": "https://api.hostile.example"}],
             "paths": {"/a": {"get": {"operationId": "a\": b", "summary": "\"} , evil: {\n  x: 'y' ${connection.key}", "parameters": [
               {"name": "yes", "in": "query", "schema": {"type": "string", "enum": ["no", "${secret}", "1"], "default": "${connection.key}"}}], "responses": {}}}}}
            """);

        var manifest = Manifest(imported);

        Text(manifest, "name").ShouldBe("x: y - {a: b} \U0001F600");
        Find(manifest, "actions").Members.Select(action => action.Name).ShouldBe(["a_b"]);
        Json(manifest, "actions", "a_b", "params", "yes").ShouldContain("\"enum\":[\"no\",\"${secret}\",\"1\"]");
        Json(manifest, "actions", "a_b", "params", "yes").ShouldNotContain("default");
    }

    private static ImportedProvider Import(string text, string? baseUrl = null) =>
        OpenApiImport.Read(Encoding.UTF8.GetBytes(text), new() { Today = new(2026, 11, 21), BaseUrl = baseUrl });

    private static DocumentNode Manifest(ImportedProvider imported) => DocumentReader.Read(imported.Manifest.ShouldNotBeNull(), DocumentFormat.Yaml);

    private static DocumentNode Find(DocumentNode node, params string[] path) =>
        path.Aggregate(node, (inner, name) => inner.Find(name).ShouldNotBeNull($"'{name}' is missing").Value);

    private static string Text(DocumentNode node, params string[] path) => Find(node, path).Text;

    private static string Json(DocumentNode node, params string[] path) => Find(node, path).ToJson().GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal);
}
