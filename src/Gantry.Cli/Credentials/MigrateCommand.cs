using System.Text;
using System.Text.RegularExpressions;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Cli.Plans;
using Gantry.Engine.Files;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>
/// "gantry credential migrate": values first go into the store, then a copy of the file is kept, then the file is replaced, each durable before the next. Whatever happens
/// in between, no value is only in one place that was not there before.
/// </summary>
internal static partial class MigrateCommand
{
    private const string DryRun = "--dry-run";
    private const string Force = "--force";
    private const int BackupsMax = 1000;

    public static Command Describe() => new()
    {
        Name = "migrate",
        Help = "Moves plain values and ${ENV} values of website files into the store, and writes ${cred:NAME} in their places.",
        Arguments = [new("FILE", "A website's YAML file.") { IsMany = true }],
        Options =
        [
            new(DryRun, "Shows what would change, without the values, and changes nothing."),
            CredentialCommand.Website with { Help = "The website the values belong to, when the files do not tell." },
            new(Force, "Replaces credentials of the same name that have another value."),
            CredentialCommand.Shared, .. StoreChoice.Options, HubChoice.Option,
        ],
        Notes =
        [
            "Comments, order, quoting and line ends stay as they are. The file as it was is kept as FILE.bak, for you only: it holds the values, so delete it when all works.",
            "Values are taken whose names say that they are secret (password, token, api_key, …), and the username beside one.",
        ],
        Examples = ["gantry credential migrate websites/*.yaml --dry-run"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var files = invocation.Arguments("FILE").Select(WebsiteFile.Read).ToList();
        var found = files.SelectMany(file => file.FindCredentials(invocation.Find(CredentialCommand.Website.Name))).ToList();
        var migrated = Name(found, isRehearsal: invocation.Has(DryRun));
        if (migrated.Count == 0)
        {
            Console.Out.WriteLine("There is nothing to migrate: no value in these files is a credential, or all are references already.");
            return ExitStatus.Succeeded;
        }

        var rewritten = migrated.GroupBy(credential => credential.Found.File).ToDictionary(group => group.Key, group => group.Key.Rewrite([.. group]));
        if (invocation.Has(DryRun))
        {
            Show(rewritten, migrated);
            return ExitStatus.Succeeded;
        }

        using var places = CredentialCommand.Places(invocation);
        await StoreAsync(places, migrated, invocation.Has(Force), cancellationToken);
        foreach (var (file, text) in rewritten)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Replace(file, text);
        }

        Console.Out.WriteLine($"Stored {migrated.Select(credential => credential.Name).Distinct(StringComparer.Ordinal).Count()} credentials in {places.Place}.");
        return ExitStatus.Succeeded;
    }

    /// <summary>The same value under the same name is one credential; another value under it gets a longer name.</summary>
    private static List<MigratedCredential> Name(List<FoundCredential> found, bool isRehearsal)
    {
        List<MigratedCredential> named = [];
        List<string> unset = [];
        foreach (var credential in found)
        {
            if ((ValueOf(credential, unset) ?? (isRehearsal ? new Secret(credential.Scalar.Value) : null)) is not { } value)
            {
                continue;
            }

            var type = ((string[])[credential.Type, credential.LongerType]).FirstOrDefault(type =>
                named.TrueForAll(other => other.Name != CredentialName.Of(credential.Website, type) || other.Value.Equals(value)))
                ?? throw new CommandException($"Two different values of the website '{credential.Website}' would be called {CredentialName.Of(credential.Website, credential.Type)}. Nothing was changed; give one of them another name in the file.");
            named.Add(new(credential, CredentialName.Of(credential.Website, type), type, value));
        }

        if (isRehearsal && unset.Count > 0)
        {
            Terminal.Note($"These variables are not set now, and have to be when it is done: {string.Join(", ", unset.Distinct(StringComparer.Ordinal))}.");
        }

        return unset.Count == 0 || isRehearsal ? named : throw new CommandException(
            $"These variables are not set, so their values cannot be stored: {string.Join(", ", unset.Distinct(StringComparer.Ordinal))}. Nothing was changed; set them, and run it again.");
    }

    private static Secret? ValueOf(FoundCredential credential, List<string> unset)
    {
        var isComplete = true;
        var value = VariablePattern.Replace(credential.Scalar.Value, match =>
        {
            var name = match.Groups["name"].Value;
            if (Environment.GetEnvironmentVariable(name) is { } set)
            {
                return set;
            }

            unset.Add(name);
            isComplete = false;
            return "";
        });
        return isComplete ? new Secret(value) : null;
    }

    private static async Task StoreAsync(ICredentialPlaces places, List<MigratedCredential> migrated, bool isForced, CancellationToken cancellationToken)
    {
        var wanted = migrated.DistinctBy(credential => credential.Name).ToList();
        var known = (await places.ListAsync(cancellationToken)).Select(credential => credential.FindText("name")!).ToHashSet(StringComparer.Ordinal);
        var present = await places.RevealAsync([.. wanted.Select(credential => credential.Name).Where(known.Contains)], cancellationToken);
        var other = wanted.Where(credential => present.TryGetValue(credential.Name, out var value) && !value.Equals(credential.Value)).ToList();
        if (other.Count > 0 && !isForced)
        {
            throw new CommandException($"In {places.Place} these have another value already: {string.Join(", ", other.Select(credential => credential.Name))}. Nothing was changed; {Force} replaces them.");
        }

        await places.PutAsync(
            [
                .. wanted.Where(credential => !present.TryGetValue(credential.Name, out var value) || !value.Equals(credential.Value))
                    .Select(credential => new SecretWrite(new() { Name = credential.Name, Website = credential.Found.Website, Type = credential.Type }, credential.Value)),
            ],
            cancellationToken);
    }

    private static void Replace(WebsiteFile file, string text)
    {
        var backup = Backup(file);
        if (!File.ReadAllBytes(file.FilePath).AsSpan().SequenceEqual(file.Content))
        {
            throw new CommandException($"Somebody changed '{file.FilePath}' meanwhile; it is left as it is now. The values are stored; run the command again.");
        }

        SafeFile.Replace(Path.GetFullPath(file.FilePath), Encoding.UTF8.GetBytes(text));
        Console.Out.WriteLine($"Rewrote '{file.FilePath}'; as it was it is kept in '{backup}', which holds the values: delete it when all works.");
    }

    private static string Backup(WebsiteFile file)
    {
        for (var number = 0; number < BackupsMax; number++)
        {
            var path = Path.GetFullPath(number == 0 ? $"{file.FilePath}.bak" : $"{file.FilePath}.bak.{number}");
            if (!Path.Exists(path))
            {
                WholeFile.Create(path, file.Content);
                return path;
            }
        }

        throw new CommandException($"There are {BackupsMax} copies of '{file.FilePath}' already. Delete some; it was not changed.");
    }

    /// <summary>The values themselves are nobody's business, neither before nor after.</summary>
    private static void Show(Dictionary<WebsiteFile, string> rewritten, List<MigratedCredential> migrated)
    {
        foreach (var (file, text) in rewritten)
        {
            var masked = new StringBuilder(file.Text);
            foreach (var scalar in migrated.Where(credential => credential.Found.File == file).Select(credential => credential.Found.Scalar).OrderByDescending(scalar => scalar.Start))
            {
                if (!VariablePattern.IsMatch(scalar.Value))
                {
                    masked.Remove(scalar.Start, scalar.End - scalar.Start).Insert(scalar.Start, "***" + file.Text[scalar.Start..scalar.End][file.Text[scalar.Start..scalar.End].TrimEnd().Length..]);
                }
            }

            foreach (var line in LineDiff.Compare(masked.ToString(), text, file.FilePath, file.FilePath))
            {
                Console.Out.WriteLine(Engine.Endpoints.EndpointPath.Printable(line));
            }
        }
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex VariablePattern { get; }
}
