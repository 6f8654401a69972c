using Gantry.Cli.CommandLine;
using Gantry.Cli.Endpoints;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Cli.Files;

/// <summary>Opens addresses with what --set, --ask and --ssh-config add to them.</summary>
internal sealed class FilesOpener : IEndpointOpener
{
    private const string AskedName = "ASKED_AT_THE_TERMINAL";

    public static readonly IReadOnlyList<Option> Options =
    [
        new("--set", "A setting of the endpoints named; a secret one by reference: --set 'password=${cred:NAME}'.") { Value = "KEY=VALUE", IsMany = true },
        new("--ask", "Asks for a secret setting at the terminal: --ask password.") { Value = "KEY" },
        new("--ssh-config", "The ssh_config to use instead of your own.") { Value = "FILE" },
    ];

    private readonly IReadOnlyDictionary<string, string> given;
    private readonly EndpointContext context;
    private readonly UserEndpointOpener user;

    private FilesOpener(IReadOnlyDictionary<string, string> given, EndpointContext context)
    {
        this.given = given;
        this.context = context;
        user = new UserEndpointOpener(AllPlugins.Endpoints, context);
    }

    /// <summary>Settings that no endpoint of these addresses has are refused.</summary>
    public static async ValueTask<FilesOpener> CreateAsync(Invocation invocation, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        var context = UserEndpointOpener.UserContext(invocation.Find("--ssh-config"));
        var given = invocation.FindPairs("--set").ToDictionary(StringComparer.Ordinal);
        var asked = invocation.Find("--ask");
        if (asked is not null)
        {
            given[asked] = $"${{cred:{AskedName}}}";
        }

        var opener = new FilesOpener(given, context);
        if (given.Count > 0)
        {
            opener.CheckGiven(addresses);
        }

        if (asked is not null)
        {
            var places = string.Join(" and ", addresses.Where(address => opener.Has(address, asked)).Distinct(StringComparer.Ordinal).Select(EndpointPath.Printable));
            var secret = new Secret(await Prompt.HiddenAsync(
                $"{asked} of {places}", cancellationToken, $"Put it into the environment as CRED_NAME and write --set '{asked}=${{cred:NAME}}'"));
            context = context with { Secrets = new AskedSecrets(secret, context.Secrets) };
            opener = new FilesOpener(given, context);
        }

        var uses = addresses.SelectMany(opener.SecretsOf).ToList();
        return uses.Count == 0 ? opener : new FilesOpener(given, context with { Secrets = await ResolvedSecrets.ResolveAsync(uses, context.Secrets, cancellationToken) });
    }

    public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(AllPlugins.Endpoints.Open(SettingsOf(address), context));

    public ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken) => user.FindLimitsAsync(address, cancellationToken);

    public EndpointKind KindOf(string address) => AllPlugins.Endpoints.Find(user.Resolve(address).Kind)!;

    private IEnumerable<SecretUse> SecretsOf(string address)
    {
        try
        {
            return UserEndpointOpener.SecretsOf(SettingsOf(address)).Select(use => use with { Place = $"{use.Place} of '{address}'" });
        }
        catch (EndpointException)
        {
            // Opening it says what is wrong with it.
            return [];
        }
    }

    private EndpointSettings SettingsOf(string address)
    {
        var settings = user.Resolve(address);
        if (given.Count == 0)
        {
            return settings;
        }

        var kind = AllPlugins.Endpoints.Find(settings.Kind)!;
        return given.Where(pair => kind.Settings.Any(setting => setting.Name == pair.Key))
            .Aggregate(settings, (changed, pair) => changed.With(pair.Key, pair.Value));
    }

    private bool Has(string address, string name) => KindOf(address).Settings.Any(setting => setting.Name == name);

    private void CheckGiven(IReadOnlyList<string> addresses)
    {
        var kinds = addresses.Select(address => AllPlugins.Endpoints.Find(user.Resolve(address).Kind)!).Distinct().ToList();
        foreach (var (name, value) in given)
        {
            var settings = kinds.SelectMany(kind => kind.Settings).Where(setting => setting.Name == name).ToList();
            if (settings.Count == 0)
            {
                throw new UsageException($"None of the endpoints has a setting '{name}'. See 'gantry endpoint kinds'.");
            }

            if (settings.Exists(setting => setting.IsSecret) && SecretRef.Parse(value) is null)
            {
                throw new UsageException(
                    $"The setting '{name}' is a secret, and everybody on this machine can read a command line: "
                    + $"put it into the environment as CRED_NAME and write --set '{name}=${{cred:NAME}}', or be asked for it by --ask {name}.");
            }
        }
    }

    private sealed class AskedSecrets(Secret asked, ISecretResolver others) : ISecretResolver
    {
        public string Places => others.Places;

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) =>
            name == AskedName ? ValueTask.FromResult<Secret?>(asked) : others.FindAsync(name, cancellationToken);
    }
}
