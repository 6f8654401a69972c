using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// Opens an address for whoever asks: "sftp://host/path", "/path" or "name:path" of a saved endpoint. The command line looks saved
/// endpoints up in the user's file; the hub in its database, within what the user may name.
/// </summary>
public interface IEndpointOpener
{
    ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken);

    /// <summary>Opens what these settings say, within what whoever asks may name.</summary>
    ValueTask<IEndpoint> OpenAsync(EndpointSettings settings, CancellationToken cancellationToken) =>
        throw new EndpointException(EndpointError.NotSupported, "Servers cannot be opened by their settings from here.");

    /// <summary>Runs a program at the server of these settings, within what whoever asks may name; see <see cref="IRunsCommands"/>.</summary>
    Task<int?> RunAsync(EndpointSettings settings, HostCommand command, CancellationToken cancellationToken) =>
        throw new EndpointException(EndpointError.NotSupported, "Programs at servers cannot be run from here.");

    /// <summary>The names of the credentials that opening it takes, as far as its settings tell. An address that cannot be opened takes none.</summary>
    ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<string>>([]);

    /// <summary>What all transfers at this endpoint share; null when it has no limits.</summary>
    ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult<EndpointLimits?>(null);
}
