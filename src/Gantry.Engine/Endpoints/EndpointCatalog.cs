namespace Gantry.Engine.Endpoints;

/// <summary>The kinds of endpoint this program knows, and the way from an address to an open endpoint.</summary>
public sealed class EndpointCatalog
{
    public EndpointCatalog(IReadOnlyList<EndpointKind> kinds) => Kinds = kinds;

    public IReadOnlyList<EndpointKind> Kinds { get; }

    public EndpointKind? Find(string kindId) => Kinds.FirstOrDefault(kind => kind.Id == kindId);

    /// <summary>Settings out of an address of any kind; null when no kind understands it.</summary>
    public EndpointSettings? Parse(string address)
    {
        foreach (var kind in Kinds)
        {
            if (kind.Parse(address) is { } settings)
            {
                return settings;
            }
        }

        return null;
    }

    /// <summary>Opens it with the secrets that may be sent to the host in its settings.</summary>
    public IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        var kind = KindOf(settings);
        return kind.Open(settings, ContextFor(kind, settings, context));
    }

    /// <summary>Runs a program at the server of these settings; see <see cref="IRunsCommands"/>. A kind without such servers fails with NotSupported.</summary>
    public Task<int?> RunAsync(EndpointSettings settings, EndpointContext context, HostCommand command, CancellationToken cancellationToken)
    {
        var kind = KindOf(settings);
        return kind is IRunsCommands host
            ? host.RunAsync(settings, ContextFor(kind, settings, context), command, cancellationToken)
            : throw new EndpointException(EndpointError.NotSupported, $"Servers of the kind '{kind.Id}' run no programs.");
    }

    private EndpointKind KindOf(EndpointSettings settings) => Find(settings.Kind) ?? throw new EndpointException(
        EndpointError.BadSetting,
        $"There is no endpoint kind '{settings.Kind}'. Known are: {string.Join(", ", Kinds.Select(kind => kind.Id))}.");

    private static EndpointContext ContextFor(EndpointKind kind, EndpointSettings settings, EndpointContext context)
    {
        var (host, port) = kind.ServerOf(settings);
        return context with { Secrets = new EndpointSecrets(context.Secrets, kind.Id, host, port) };
    }
}
