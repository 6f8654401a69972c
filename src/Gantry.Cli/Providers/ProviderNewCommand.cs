using System.Globalization;
using System.Text;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Files;
using Gantry.Engine.Providers.Manifests;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider new": a manifest that can be used as it is, but for what only the vendor's documentation tells.</summary>
internal static class ProviderNewCommand
{
    public static Command Describe() => new()
    {
        Name = "new",
        Help = "Writes the manifest of a new provider, to be filled in.",
        Arguments = [new("ID", "What steps call it by: lower-case letters, digits, '_' and '-'.")],
        Options = [new("--output", "The file to write instead of one in the folder of your own providers; '-' is standard output.") { Value = "FILE" }],
        Notes = ["A file that is there is never overwritten."],
        Examples = ["gantry provider new acme"],
        RunAsync = (invocation, _) =>
        {
            Write(invocation.Argument("ID"), invocation.Find("--output"));
            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static void Write(string id, string? output)
    {
        var text = TextOf(id);
        if (ManifestReader.Check(text, output is null or "-" ? id + OwnManifests.Extension : output) is [var finding, ..])
        {
            throw new UsageException($"'{id}' cannot be a provider's id in this file: {finding.Message}");
        }

        if (output == "-")
        {
            Console.Out.Write(text);
            return;
        }

        var file = UserProviders.PlaceFor(id, output);
        if (File.Exists(file))
        {
            throw new CommandException($"'{file}' is there already, and is left as it is. Take another id, or remove the file first.");
        }

        WholeFile.Create(file, Encoding.UTF8.GetBytes(text));
        Console.Out.WriteLine(file);
        var given = output is null ? id : file;
        Terminal.Note($"Fill it in; then: gantry provider check {given}, and: gantry provider test {given}");
    }

    private static string TextOf(string id) => $$$"""
        # What each field means stands in providers/README.md; provider.schema.json beside it lets editors complete them.
        schema: provider/v1
        id: {{{id}}}
        name: {{{CultureInfo.InvariantCulture.TextInfo.ToTitleCase(id.Replace('-', ' ').Replace('_', ' '))}}}
        # One of: {{{string.Join("; ", ManifestReader.Categories)}}}.
        category: Generic & protocol
        help: What it is for, in one sentence.
        docs: https://developers.example.com/api
        checked: {date: {{{TimeProvider.System.GetLocalNow():yyyy-MM-dd}}}, against: developers.example.com/api}
        base_url: https://api.example.com/v1
        auth:
          - kind: bearer
            fields: {api_key: {help: Where one finds it., secret: true, required: true}}
        # A cheap read that says whose connection it is:
        # verify: {call: GET /me, who: email}
        errors: {message: [error.message, message], code: [error.code]}
        actions:
          list_items:
            help: Lists items.
            call: GET /items
            params:
              search: {help: Only those that have this text.}
            response: {items: data}

        """;
}
