using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>Opens places on one server by addresses of the form "ftp:folder/file", which no one else gives a meaning, and leaves all others to whoever opens them otherwise.</summary>
internal sealed class ServerOpener(IEndpointOpener others, EndpointSettings server) : IEndpointOpener
{
    private readonly string mark = server.Kind + ":";

    /// <summary>A path that begins with '/' is absolute, another is below the login's folder. A '/' at its end is kept: it says that it is a folder.</summary>
    public string AddressOf(string path)
    {
        if (path.Split('/').Contains(".."))
        {
            throw new EndpointException(EndpointError.BadPath, $"The path '{EndpointPath.Printable(path)}' may not hold '..'.");
        }

        return mark + (path.StartsWith('/') ? "/" + path.TrimStart('/') : path.StartsWith("~/", StringComparison.Ordinal) ? path[2..].TrimStart('/') : path is "~" or "." ? "" : path);
    }

    public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => IsHere(address)
        ? others.OpenAsync(address.Length == mark.Length ? server : server.With(NamedAddress.PathSetting, PathOf(address[mark.Length..])), cancellationToken)
        : others.OpenAsync(address, cancellationToken);

    public ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken) =>
        IsHere(address) ? ValueTask.FromResult<EndpointLimits?>(null) : others.FindLimitsAsync(address, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindSecretsAsync(string address, CancellationToken cancellationToken) =>
        IsHere(address) ? ValueTask.FromResult<IReadOnlyList<string>>([]) : others.FindSecretsAsync(address, cancellationToken);

    private static string PathOf(string path) => path.StartsWith('/') ? path : $"~/{path}";

    private bool IsHere(string address) =>
        address.StartsWith(mark, StringComparison.Ordinal) && !address.AsSpan(mark.Length).StartsWith("//");
}
