using System.Text;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Files;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.OpenApi;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider import": an OpenAPI document as a provider of the user.</summary>
internal static class ProviderImportCommand
{
    public static Command Describe() => new()
    {
        Name = "import",
        Help = "Makes a provider of an OpenAPI document.",
        Arguments = [new("DOCUMENT", "An OpenAPI 3 or Swagger 2 document in JSON or YAML: a file, an http or https address, or '-' for standard input.")],
        Options =
        [
            new("--id", "What steps call it by; made of the document's title when left out.") { Value = "ID" },
            new("--base-url", "Where the API is, when the document does not say, or says another place.") { Value = "URL" },
            new("--output", "The file to write instead of one in the folder of your own providers; '-' is standard output.") { Value = "FILE" },
        ],
        Notes =
        [
            "Flaws of the document are told and made the best of. References to other documents are not followed.",
            "Importing again into the same file keeps the ids of actions, so that saved plans go on working, and tells what changed. What was edited by hand in it is lost.",
        ],
        Examples = ["gantry provider import https://api.example.org/openapi.json --id example"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var given = invocation.Argument("DOCUMENT");
        var (document, readFrom) = await ReadAsync(given, cancellationToken);
        var options = new OpenApiOptions
        {
            Id = invocation.Find("--id"),
            BaseUrl = invocation.Find("--base-url"),
            ReadFrom = readFrom,
            Today = DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime),
        };
        var output = invocation.Find("--output");
        var imported = Import(given, document, options);
        if (output != "-")
        {
            output = UserProviders.PlaceFor(imported.Id, output);
            if (File.Exists(output))
            {
                options = options with { Previous = OwnManifests.ReadText(output) };
                imported = Import(given, document, options);
            }
        }

        if (imported.Question is not null)
        {
            options = options with { BaseUrl = await AskAsync(imported, cancellationToken) };
            imported = Import(given, document, options);
        }

        return Write(imported, output);
    }

    private static ImportedProvider Import(string given, byte[] document, OpenApiOptions options)
    {
        try
        {
            return OpenApiImport.Read(document, options);
        }
        catch (DocumentException wrong)
        {
            throw new CommandException($"{given}:{wrong.Position.Line}:{wrong.Position.Column}: {wrong.Message}");
        }
    }

    private static async Task<string> AskAsync(ImportedProvider imported, CancellationToken cancellationToken)
    {
        var choices = imported.BaseUrlChoices;
        if (!Terminal.CanAsk)
        {
            throw new CommandException($"{imported.Question} Say it with --base-url{(choices.Count == 0 ? "." : $", for example one of: {string.Join(", ", choices)}.")}");
        }

        Terminal.Note(imported.Question!);
        for (var index = 0; index < choices.Count; index++)
        {
            Terminal.Note($"  {index + 1}: {EndpointPath.Printable(choices[index])}");
        }

        var answer = await Prompt.TextAsync(choices.Count == 0 ? "The base URL" : "The base URL, or the number of one", cancellationToken);
        return int.TryParse(answer, out var number) && number >= 1 && number <= choices.Count ? choices[number - 1] : answer;
    }

    private static int Write(ImportedProvider imported, string? output)
    {
        foreach (var warning in imported.Warnings)
        {
            Terminal.Note(EndpointPath.Printable(warning));
        }

        var text = imported.Manifest ?? throw new CommandException($"{imported.Question} Say it with --base-url.");
        var findings = ManifestReader.Check(text, output is null or "-" ? imported.Id + OwnManifests.Extension : output);
        foreach (var finding in findings)
        {
            Terminal.Note(EndpointPath.Printable(finding.ToString()));
        }

        if (findings.Count > 0)
        {
            throw new CommandException("No file was written: the manifest that was made of the document cannot be used, as told above.");
        }

        if (output is null or "-")
        {
            Console.Out.Write(text);
            return ExitStatus.Succeeded;
        }

        WholeFile.Replace(output, Encoding.UTF8.GetBytes(text));
        foreach (var change in imported.Changes)
        {
            Console.Out.WriteLine(EndpointPath.Printable(change));
        }

        Console.Out.WriteLine($"{output}: {imported.ActionCount} {(imported.ActionCount == 1 ? "action" : "actions")}. 'gantry provider show {imported.Id}' shows them.");
        return ExitStatus.Succeeded;
    }

    private static async Task<(byte[] Document, Uri? ReadFrom)> ReadAsync(string given, CancellationToken cancellationToken)
    {
        if (given.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || given.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return await DocumentDownload.ReadAsync(given, ["*"], TimeProvider.System, cancellationToken);
            }
            catch (ProviderException failed)
            {
                throw new CommandException(failed.Message, failed.Error.Kind == ProviderErrorKind.Unavailable ? ExitStatus.CannotConnect : ExitStatus.Failed);
            }
        }

        try
        {
            await using var file = given == "-" ? Console.OpenStandardInput() : File.OpenRead(given);
            using MemoryStream content = new();
            var buffer = new byte[64 * 1024];
            for (int count; content.Length <= OpenApiImport.BytesMax && (count = await file.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                content.Write(buffer, 0, count);
            }

            // One byte over the limit is enough for the reader to refuse it.
            return (content.ToArray(), null);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{given}'.");
        }
    }
}
