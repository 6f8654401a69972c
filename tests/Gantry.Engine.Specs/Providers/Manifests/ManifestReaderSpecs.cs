using Gantry.Engine.Providers.Manifests;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.Manifests;

public sealed class ManifestReaderSpecs
{
    private const string Good = """
        schema: provider/v1
        id: acme
        name: Acme
        category: CRM
        help: Contacts in Acme.
        docs: https://acme.example/api
        checked: {date: 2026-11-21, against: acme.example/api}
        base_url: https://${connection.subdomain}.acme.example
        connection: {subdomain: {help: "The part before.", required: true}}
        auth: [{kind: bearer, token: "${connection.api_key | split('-') | last}", fields: {api_key: {help: "Settings.", secret: true, required: true}}}]
        paging: {pages: {kind: cursor, name: after, next: meta.next}}
        actions:
          list_contacts: {help: "Lists.", call: GET /contacts, paging: pages, response: {items: contacts}}
          get_contact: {help: "Gets.", call: "GET /contacts/{id}", params: {id: {help: "The id.", required: true}}}
        """;

    [Fact]
    public void A_manifest_is_read()
    {
        var manifest = ManifestReader.Read(Good, "acme.yaml");

        manifest.Actions.Select(action => action.Id).ShouldBe(["list_contacts", "get_contact"]);
        manifest.Fields.Select(field => field.Name).ShouldBe(["subdomain", "api_key"]);
        manifest.FindAction("get_contact")!.IsRepeatable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("id: acme", "id: other", "acme.yaml 2:5: The id of a provider is the name of its file: 'acme', and not 'other'.")]
    [InlineData("category: CRM", "category: CMR", "acme.yaml 4:11: There is no category 'CMR'. Did you mean 'CRM'?")]
    [InlineData("kind: bearer", "kind: baerer", "acme.yaml 10:15: 'kind' is one of none, bearer")]
    [InlineData("${connection.subdomain}", "${connection.subdomian}", "acme.yaml 8:1: ${connection.subdomian}: No connection has a field 'subdomian'. Did you mean 'subdomain'?")]
    [InlineData("| last}", "| lasst}", "acme.yaml 10:30: The reference in this text is malformed: there is no function 'lasst'. Did you mean 'last'?")]
    [InlineData("paging: pages", "paging: page", "acme.yaml 13:64: There is no paging 'page'. Did you mean 'pages'?")]
    [InlineData("/contacts/{id}", "/contacts/{ids}", "acme.yaml 14:38: The path names {ids}, and there is no such parameter.")]
    [InlineData("next: meta.next", "next: \"meta[\"", "acme.yaml 11:51: 'meta[' is no path into an answer: ']' is missing.")]
    [InlineData("call: GET /contacts,", "call: FETCH /contacts,", "acme.yaml 13:41: 'call' is a method and a path")]
    [InlineData("help: \"Gets.\"", "hlep: \"Gets.\"", "acme.yaml 14:17: The action 'get_contact' has no field 'hlep'. Did you mean 'help'?")]
    public void What_is_wrong_is_told_with_its_place(string right, string wrong, string expected) =>
        ManifestReader.Check(Good.Replace(right, wrong, StringComparison.Ordinal), "acme.yaml").Select(finding => finding.ToString())
            .ShouldContain(finding => finding.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("a: &a 1\nb: *a")]
    [InlineData("")]
    [InlineData("- 1")]
    [InlineData("schema: provider/v1\nschema: provider/v1")]
    public void What_is_no_manifest_is_refused(string text) => ManifestReader.Check(text, "acme.yaml").ShouldNotBeEmpty();

    [Fact]
    public void The_catalogue_sees_without_reading_what_reading_sees()
    {
        var summary = ManifestSummary.Scan(Good).ShouldNotBeNull();

        (summary.Id, summary.Name, summary.Category, summary.Help).ShouldBe(("acme", "Acme", "CRM", "Contacts in Acme."));
        summary.Actions.ShouldBe(["list_contacts", "get_contact"]);
    }
}
