using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>The way from settings to an open endpoint on a hub. What is given here is all that an endpoint may use.</summary>
internal sealed class EndpointAccess(
    EndpointCatalog catalog, EndpointBounds bounds, WorkspaceEgress egress, LiveLimits limits, HubDatabase database, TimeProvider clock)
{
    public HubDatabase Database => database;

    public EndpointCatalog Catalog => catalog;

    public LiveLimits Limits => limits;

    /// <summary>For the executions of one user.</summary>
    /// <param name="notice">As <see cref="EndpointContext.Notice"/>.</param>
    public HubEndpointOpener OpenerFor(Actor actor, ISecretResolver secrets, Action<string> notice) => new(this, actor, secrets, notice);

    /// <param name="settings">What to open.</param>
    /// <param name="bound">Whose local paths are bound to the roots, and whose servers to the rules for requests out; null for what an administrator named.</param>
    /// <param name="secrets">What its references find.</param>
    /// <param name="notice">As <see cref="EndpointContext.Notice"/>.</param>
    public IEndpoint Open(EndpointSettings settings, Actor? bound, ISecretResolver secrets, Action<string> notice) =>
        catalog.Open(settings, ContextOf(bound, secrets) with { Notice = notice });

    /// <inheritdoc cref="EndpointCatalog.RunAsync"/>
    public Task<int?> RunAsync(EndpointSettings settings, Actor? bound, ISecretResolver secrets, HostCommand command, CancellationToken cancellationToken) =>
        catalog.RunAsync(settings, ContextOf(bound, secrets), command, cancellationToken);

    /// <summary>The key that the server of these settings shows, with the setting it is pinned by; null when there is no such thing or no such server.</summary>
    public async Task<HostKeyView?> FindHostKeyAsync(EndpointSettings settings, Actor? bound, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        if (catalog.Find(settings.Kind) is not IPinsHostKeys kind)
            return null;
        try
        {
            var key = await kind.ReadHostKeyAsync(settings, ContextOf(bound, secrets), cancellationToken);
            return new HostKeyView(kind.HostKeySetting, key.Line, key.Fingerprint);
        }
        catch (EndpointException)
        {
            // The test has failed already, and its answer says why.
            return null;
        }
    }

    private EndpointContext ContextOf(Actor? bound, ISecretResolver secrets) => new()
    {
        Secrets = secrets,
        Clock = clock,
        LocalRoots = bound is null ? null : bounds.LocalRoots,
        AddressOf = bound is null ? null : egress.ForEndpoints(bound),
        SshConfigFile = bounds.SshConfigFile,
        RcloneConfigFile = bounds.RcloneConfigFile,
        KnownHostsFile = bounds.KnownHostsFile,
    };

    /// <summary>An address of any kind. A relative path is refused: the folder in which the hub was started is nobody's business.</summary>
    public EndpointSettings Parse(string address)
    {
        var isRelative = address.Length > 0 && address[0] != '/' && address.AsSpan().IndexOfAny(':', '/') is var first && (first < 0 || address[first] == '/');
        return (isRelative ? null : catalog.Parse(address)) ?? throw new EndpointException(
            EndpointError.BadSetting,
            $"'{EndpointPath.Printable(address)}' is not an address that a hub understands: NAME:PATH of a saved endpoint, an absolute path, or one of "
            + string.Join(", ", catalog.Kinds.SelectMany(kind => kind.AddressForms).Where(form => form[0] != '.')) + ".");
    }

    public static Task<bool> IsAdministratorAsync(HubSession session, CancellationToken cancellationToken) =>
        session.FindAsync<bool>("select is_administrator()", null, cancellationToken);
}
