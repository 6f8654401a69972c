using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential add".</summary>
internal static class CredentialAddCommand
{
    private const string Value = "--value";
    private const string Interactive = "--interactive";
    private const string New = "--new";
    private const string Host = "--allow-host";

    public static Command Describe() => new()
    {
        Name = "add",
        Help = "Stores a credential, or changes it.",
        Arguments = [new("NAME", "The credential's name, or NAME=VALUE; or give --website and --type.") { IsRequired = false }],
        Options =
        [
            CredentialCommand.Website, CredentialCommand.Type,
            new(Value, "The value; '-' reads it from standard input, without its last line end. Others on this machine can read a command line.") { Value = "VALUE" },
            new(Interactive, "Asks for the value at the terminal, twice, without showing it. So does giving no value."),
            new(New, "Fails when there is one of this name already."),
            new(Host, "A host it may be sent to, and to no other.") { Value = "HOST", IsMany = true },
            CredentialCommand.Shared, .. StoreChoice.Options, HubChoice.Option,
        ],
        Examples =
        [
            "gantry credential add --website sample-website --type FTP_PASSWORD --interactive",
            "gantry credential add DEPLOY_KEY --value - < id_ed25519",
        ],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var given = invocation.FindArgument("NAME");
        var equals = given?.IndexOf('=', StringComparison.Ordinal) ?? -1;
        var name = equals >= 0 ? given![..equals] : CredentialCommand.RequireName(invocation);
        SecretRules.CheckName(name);
        using var places = CredentialCommand.Places(invocation);
        using var value = await ReadAsync(invocation, equals >= 0 ? given![(equals + 1)..] : null, name, cancellationToken);
        SecretEntry entry = new()
        {
            Name = name,
            Website = invocation.Find(CredentialCommand.Website.Name),
            Type = invocation.Find(CredentialCommand.Type.Name),
            AllowedHosts = invocation.FindAll(Host),
        };
        await places.PutAsync([new(entry, value) { ExpectedVersion = invocation.Has(New) ? SecretWrite.New : null }], cancellationToken);
        Console.Out.WriteLine($"Stored '{name}' in {places.Place}. It is written ${{cred:{name}}}.");
        return ExitStatus.Succeeded;
    }

    private static async Task<Secret> ReadAsync(Invocation invocation, string? inArgument, string name, CancellationToken cancellationToken)
    {
        var given = invocation.Find(Value);
        if ((inArgument is not null ? 1 : 0) + (given is not null ? 1 : 0) + (invocation.Has(Interactive) ? 1 : 0) > 1)
        {
            throw new UsageException($"The value is given once: as NAME=VALUE, by {Value}, or by {Interactive}.");
        }

        return given == "-" ? await ReadInputAsync(cancellationToken)
            : (inArgument ?? given) is { } value ? new Secret(value)
            : await AskAsync(name, cancellationToken);
    }

    /// <summary>Everything there is but one line end, which 'echo' puts there.</summary>
    private static async Task<Secret> ReadInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        using MemoryStream content = new();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await input.ReadAsync(buffer, cancellationToken)) > 0 && content.Length <= SecretRules.ValueBytesMax;)
        {
            content.Write(buffer, 0, read);
        }

        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        bytes = bytes.EndsWith("\r\n"u8) ? bytes[..^2] : bytes.EndsWith("\n"u8) ? bytes[..^1] : bytes;
        Secret secret = new(bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content.GetBuffer());
        return secret;
    }

    private static async Task<Secret> AskAsync(string name, CancellationToken cancellationToken)
    {
        const string Otherwise = "Give it with --value -, on standard input";
        var first = await Prompt.HiddenAsync($"Value of {name}", cancellationToken, Otherwise);
        var second = await Prompt.HiddenAsync("The same again", cancellationToken, Otherwise);
        return first == second ? new Secret(first) : throw new CommandException("The two answers differ; nothing was stored.");
    }
}
