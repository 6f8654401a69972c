using System.Collections.Concurrent;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Credentials;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Endpoints;

/// <summary>
/// Opens what the user typed: an address of any kind, "name:path" of an endpoint saved in the user's file, or else a local path as it is.
/// </summary>
internal sealed class UserEndpointOpener(EndpointCatalog catalog, EndpointContext context) : IEndpointOpener
{
    // Of this process: all its transfers at one endpoint share them.
    private static readonly ConcurrentDictionary<string, EndpointLimits> limitsByName = new(StringComparer.Ordinal);

    private SavedEndpoints? saved;

    /// <summary>On the command line the user is the user: every folder, and the user's own ssh_config unless another is named.</summary>
    public static EndpointContext UserContext(string? sshConfigFile = null) => new()
    {
        Secrets = UserSecrets.Shared,
        SshConfigFile = sshConfigFile is null ? "" : Path.GetFullPath(sshConfigFile),
        UsesOwnLogins = true,
        Notice = Terminal.Note,
    };

    public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(catalog.Open(Resolve(address), context));

    public ValueTask<IEndpoint> OpenAsync(EndpointSettings settings, CancellationToken cancellationToken) =>
        ValueTask.FromResult(catalog.Open(settings, context));

    public Task<int?> RunAsync(EndpointSettings settings, HostCommand command, CancellationToken cancellationToken) =>
        catalog.RunAsync(settings, context, command, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult<IReadOnlyList<string>>([.. SecretsOf(Resolve(address)).Select(use => use.Name)]);
        }
        catch (EndpointException)
        {
            // Opening it says what is wrong with it.
            return ValueTask.FromResult<IReadOnlyList<string>>([]);
        }
    }

    public ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken)
    {
        if (!NamedAddress.TryParse(address, out var named))
        {
            return ValueTask.FromResult<EndpointLimits?>(null);
        }

        saved ??= SavedEndpoints.Load();
        var limits = saved.LimitsOf(named.Name);
        return ValueTask.FromResult(limits.Count == 0 ? null : limitsByName.GetOrAdd(named.Name, _ => new EndpointLimits(LimitSettings.Parse(limits))));
    }

    /// <summary>The credentials that an endpoint's settings refer to.</summary>
    public static IEnumerable<SecretUse> SecretsOf(EndpointSettings settings) =>
        from pair in settings.Values
        let reference = SecretRef.Parse(pair.Value)
        where reference is not null
        select new SecretUse(reference.Name, $"the setting '{pair.Key}'");

    /// <summary>The kind and settings that an address stands for.</summary>
    public EndpointSettings Resolve(string address)
    {
        if (NamedAddress.TryParse(address, out var named))
        {
            saved ??= SavedEndpoints.Load();
            return saved.Find(named.Name) is { } settings
                ? named.Under(settings)
                : throw new EndpointException(
                    EndpointError.BadSetting,
                    $"There is no endpoint '{named.Name}'. Save one with 'gantry endpoint add {named.Name} ADDRESS', or write './{address}' for a file of that name.");
        }

        return catalog.Parse(address) ?? ParseRelative(address);
    }

    private EndpointSettings ParseRelative(string address) =>
        address.Contains("://", StringComparison.Ordinal) || address.Length == 0 ? throw Unknown(address) : catalog.Parse("./" + address) ?? throw Unknown(address);

    private EndpointException Unknown(string address) => new(
        EndpointError.BadSetting,
        $"'{address}' is not an address. Write a path, NAME:PATH of a saved endpoint, or one of: "
        + string.Join(", ", catalog.Kinds.SelectMany(kind => kind.AddressForms)) + ".");
}
