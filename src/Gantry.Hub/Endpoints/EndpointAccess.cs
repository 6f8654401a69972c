using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>The way from settings to an open endpoint on a hub. What is given here is all that an endpoint may use.</summary>
internal sealed class EndpointAccess(EndpointCatalog catalog, EndpointBounds bounds, HubDatabase database, TimeProvider clock)
{
    public HubDatabase Database => database;

    public EndpointCatalog Catalog => catalog;

    /// <summary>For the executions of one user.</summary>
    public HubEndpointOpener OpenerFor(Actor actor, ISecretResolver secrets) => new(this, actor, secrets);

    /// <param name="isFree">Local paths are not bound to the roots.</param>
    public IEndpoint Open(EndpointSettings settings, bool isFree, ISecretResolver secrets) => catalog.Open(settings, new EndpointContext
    {
        Secrets = secrets,
        Clock = clock,
        LocalRoots = isFree ? null : bounds.LocalRoots,
        SshConfigFile = bounds.SshConfigFile,
        KnownHostsFile = bounds.KnownHostsFile,
    });

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
