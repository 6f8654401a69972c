using System.Text;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Documents;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential import", "export" and "rotate".</summary>
internal static class CredentialFileCommands
{
    private const string Force = "--force";
    private const string Encrypted = "--encrypted";
    private const string KeyFile = "--key-file";
    private const int BytesMax = 16 * 1024 * 1024;

    /// <summary>What every Fernet token begins with: its version and the first bits of a time before the year 2242.</summary>
    private const string TokenStart = "gAAAA";

    public static Command DescribeRotate() => new()
    {
        Name = "rotate",
        Help = "Seals everything under a new key.",
        Options = [.. StoreChoice.Options, HubChoice.Option],
        Notes = ["It may be killed at any moment. Older keys are kept where they are, behind the new one."],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var places = CredentialCommand.Places(invocation);
            Console.Out.WriteLine(await places.RotateAsync(cancellationToken));
            return ExitStatus.Succeeded;
        },
    };

    public static Command DescribeImport() => new()
    {
        Name = "import",
        Help = "Stores what a .env, an encrypted or a JSON file holds.",
        Arguments = [new("FILE", "A .env file, an .env.encrypted of Gantry or of Python's Fernet, or a JSON object of names and values.")],
        Options =
        [
            new(Force, "Replaces credentials that are there already."),
            new(KeyFile, "The key file of an encrypted FILE; else GANTRY_FILE_KEY, or what else opens it.") { Value = "FILE" },
            CredentialCommand.Shared, .. StoreChoice.Options, HubChoice.Option,
        ],
        Examples = ["gantry credential import .env", "gantry credential import old/.env.encrypted --key-file old.key"],
        RunAsync = ImportAsync,
    };

    public static Command DescribeExport() => new()
    {
        Name = "export",
        Help = "Writes every credential to an encrypted file.",
        Options =
        [
            new(Encrypted, "The file to write: a Fernet token over dotenv text, as Python's cryptography reads it.") { Value = "FILE" },
            new(Force, "Changes a file that is there already, whose other credentials stay."),
            new(KeyFile, "Its key file, made when it is not there; else GANTRY_FILE_KEY, or what else opens it.") { Value = "FILE" },
            .. StoreChoice.Options, HubChoice.Option,
        ],
        Examples = ["gantry credential export --encrypted backup/.env.encrypted --key-file backup.key"],
        RunAsync = ExportAsync,
    };

    private static async Task<int> ImportAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var file = invocation.Argument("FILE");
        var writes = await ReadAsync(file, invocation.Find(KeyFile), cancellationToken);
        if (writes.Count == 0)
        {
            throw new CommandException($"There is no credential in '{file}'.");
        }

        foreach (var write in writes)
        {
            SecretRules.Check(write);
        }

        using var places = CredentialCommand.Places(invocation);
        if (!invocation.Has(Force))
        {
            var known = (await places.ListAsync(cancellationToken)).Select(credential => credential.FindText("name")!).ToHashSet(StringComparer.Ordinal);
            if (writes.Select(write => write.Entry.Name).Where(known.Contains).ToList() is { Count: > 0 } there)
            {
                throw new CommandException($"In {places.Place} there are already: {string.Join(", ", there)}. Nothing was stored; {Force} replaces them.");
            }
        }

        await places.PutAsync(writes, cancellationToken);
        Console.Out.WriteLine($"Stored {writes.Count} credential{(writes.Count == 1 ? "" : "s")} of '{file}' in {places.Place}.");
        return ExitStatus.Succeeded;
    }

    private static async Task<int> ExportAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var file = invocation.Find(Encrypted) ?? throw new UsageException($"Credentials are exported encrypted only: name the file with {Encrypted} FILE.");
        if (File.Exists(file) && !invocation.Has(Force))
        {
            throw new CommandException($"There is a file '{file}' already. {Force} puts the credentials into it.");
        }

        using var places = CredentialCommand.Places(invocation);
        var names = (await places.ListAsync(cancellationToken)).Select(credential => credential.FindText("name")!).ToList();
        var entries = (await places.ListAsync(cancellationToken)).ToDictionary(credential => credential.FindText("name")!, StringComparer.Ordinal);
        var values = await places.RevealAsync(names, cancellationToken);
        using var target = StoreChoice.Open(StoreChoice.OfFile(file, invocation.Find(KeyFile)));
        await target.PutAsync([.. values.Select(pair => new SecretWrite(EntryOf(pair.Key, entries[pair.Key]), pair.Value))], cancellationToken);
        Console.Out.WriteLine($"Wrote {values.Count} credential{(values.Count == 1 ? "" : "s")} to {target.Place}.");
        return ExitStatus.Succeeded;
    }

    private static SecretEntry EntryOf(string name, JsonElement credential) => new()
    {
        Name = name,
        Website = credential.FindText("website"),
        Type = credential.FindText("type"),
        AllowedHosts = credential.Find("allowed_hosts") is { ValueKind: JsonValueKind.Array } hosts ? [.. hosts.EnumerateArray().Select(host => host.GetString()!)] : [],
    };

    private static async Task<List<SecretWrite>> ReadAsync(string file, string? keyFile, CancellationToken cancellationToken)
    {
        var content = ReadFile(file);
        var start = content.AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        if (start.StartsWith(Encoding.ASCII.GetBytes(TokenStart)))
        {
            using var source = StoreChoice.Open(StoreChoice.OfFile(file, keyFile));
            var stored = await source.FindAsync([.. (await source.ListAsync(cancellationToken)).Select(entry => entry.Name)], cancellationToken);
            return [.. stored.Values.Select(found => new SecretWrite(found.Entry, found.Value))];
        }

        return start.StartsWith("{"u8) ? ReadJson(file, content) : ReadDotenv(content);
    }

    private static List<SecretWrite> ReadJson(string file, byte[] content)
    {
        try
        {
            return DocumentReader.Read(content, DocumentFormat.Json).Members.Select(member =>
                member.Value.Kind is DocumentKind.Text or DocumentKind.Number or DocumentKind.Boolean
                    ? new SecretWrite(new() { Name = member.Name }, new(member.Value.Text))
                    : throw new DocumentException(member.Value.Position, $"The value of '{member.Name}' is {member.Value.Describe()}; a credential is a text.")).ToList();
        }
        catch (DocumentException wrong)
        {
            throw new CommandException($"{file}:{wrong.Position.Line}:{wrong.Position.Column}: {wrong.Message}");
        }
    }

    private static List<SecretWrite> ReadDotenv(byte[] content)
    {
        using var document = DotenvDocument.Parse(content);
        return [.. document.Names.Select(name => new SecretWrite(new() { Name = name }, new(document.FindValue(name)!)))];
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            return new FileInfo(file).Length <= BytesMax ? File.ReadAllBytes(file) : throw new CommandException($"'{file}' is larger than {BytesMax / 1024 / 1024} MB.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{file}'.");
        }
    }
}
