using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Programs;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Ssh;

/// <summary>Commands on other machines, over SSH as the endpoints speak it: with the same logins, the same known hosts, and the same rules for where they may go.</summary>
public sealed class SshProvider : IProvider
{
    // They are the settings of an SFTP endpoint, by which the same server is reached for its files.
    private static readonly string[] serverSettings = ["host", "port", "user", "password", "key", "key_file", "key_passphrase", "host_key"];

    public string Id => "ssh";

    public string Title => "SSH command";

    public string Help => "Runs commands on servers over SSH.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "exec",
            Help = "Runs a command on a server, and gives what it wrote.",
            Parameters =
            [
                new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
                new() { Name = "port", Type = SettingType.Integer, Help = "22 when none is given." },
                new() { Name = "user", Help = "The login's name." },
                new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
                new() { Name = "key", IsSecret = true, Help = "A private key, as ${cred:NAME}." },
                new() { Name = "key_file", Help = "The path of a private key on this machine, where the plan may use such." },
                new() { Name = "key_passphrase", IsSecret = true, Help = "What opens the private key, as ${cred:NAME}." },
                new() { Name = "host_key", Help = "The only host key that is accepted: 'ssh-ed25519 AAAA…'. Without it, known_hosts decides." },
                new()
                {
                    Name = "command", Type = SettingType.Any, IsRequired = true,
                    Help = "A list, [program, argument, …], of which no shell reads anything; or a text for sh there, which finds the values of 'arguments' as \"$1\", \"$2\" and so on.",
                },
                new() { Name = "arguments", Type = SettingType.List, TakesSecrets = true, Help = "Values for the command; each arrives as it is, whatever is in it." },
                .. ProgramRun.Common,
            ],
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var run = new ProgramRun(call);
        var settings = SettingsOf(run.Parameters);
        var name = $"The command at {settings.Find("host")}";
        var secrets = new SentSecrets(call.Secrets);
        var command = new HostCommand
        {
            Words = await WordsAsync(run.Parameters, secrets, cancellationToken),
            Input = await run.InputAsync(secrets, cancellationToken),
            OnOutput = run.Output.Add,
            OnErrors = run.Errors.Add,
        };
        secrets.RequireAllowed(settings.Find("host")!, ServerParameters.PortOf(run.Parameters, 22));
        using var limit = new CancellationTokenSource(run.Timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return run.ToResult(name, await call.Endpoints.RunAsync(settings, command, stop.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw run.TooLate(name);
        }
    }

    private static EndpointSettings SettingsOf(HttpCall parameters)
    {
        ServerParameters.HostOf(parameters);
        var given = from name in serverSettings
                    let value = parameters.FindText(name)
                    where value is not null
                    select KeyValuePair.Create(name, value);
        return new EndpointSettings { Kind = "sftp", Values = given.ToDictionary(StringComparer.Ordinal) };
    }

    private static async Task<IReadOnlyList<string>> WordsAsync(HttpCall parameters, SentSecrets secrets, CancellationToken cancellationToken)
    {
        List<string> arguments = [];
        foreach (var template in parameters.Find("arguments") is { } list ? ProgramRun.WordsOf("arguments", list) : [])
        {
            arguments.Add(await SecretText.ExpandAsync(template, secrets, cancellationToken));
        }

        var command = parameters.Find("command") ?? throw HttpCall.Bad("'command' is missing.");
        string[] words = command.ValueKind == JsonValueKind.Array ? [.. ProgramRun.WordsOf("command", command)] : ["sh", "-c", ProgramRun.WordOf("command", command), "sh"];
        return words is [{ Length: > 0 }, ..] && arguments.TrueForAll(argument => !argument.Contains('\0', StringComparison.Ordinal))
            ? [.. words, .. arguments]
            : throw HttpCall.Bad("'command' is a list that begins with a program, or a text; and no argument holds a NUL.");
    }
}
