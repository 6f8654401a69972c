using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.WaitFor;

internal sealed class PortLook(ProviderCall call, HttpCall parameters) : Look
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    private readonly string host = ServerParameters.HostOf(parameters);
    private readonly int port = ServerParameters.PortOf(parameters, 0);

    public override string What => $"{host}:{port} took no connection";

    public override async Task<Seen> LookAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var connection = await HttpGate.ConnectAsync(new DnsEndPoint(host, port), new EgressRules(call.EgressAllowed), stop.Token);
            return new Seen(JsonSerializer.SerializeToElement(new { host, port }), $"{host}:{port} takes connections.");
        }
        catch (SocketException refused)
        {
            return new Seen(null, $"{host}:{port}: {refused.Message}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Seen(null, $"{host}:{port} does not answer.");
        }
    }
}
