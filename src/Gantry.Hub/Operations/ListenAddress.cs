using System.Net.Sockets;
using Gantry.Hub.Database;
using Microsoft.AspNetCore.Connections;

namespace Gantry.Hub.Operations;

/// <summary>Where the hub listens, checked before anything is started, and explained when the system refuses it.</summary>
internal static class ListenAddress
{
    public static string Check(HubConfiguration configuration)
    {
        var text = configuration[HubSettings.Listen]!;
        var place = configuration.PlaceOf(HubSettings.Listen);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.AbsolutePath != "/")
            throw new HubStartException($"The setting listen ({place}) is '{text}', but must be an address such as http://127.0.0.1:7300.");
        if (address.Scheme == "https")
            throw new HubStartException($"The setting listen ({place}) is '{text}': the hub speaks http. Put a proxy that speaks https before it.");
        return text;
    }

    /// <summary>Null when the failure is about something else.</summary>
    public static string? Explain(string listen, Exception exception)
    {
        if (exception is IOException { InnerException: AddressInUseException })
        {
            return $"The address {listen} is taken by another program. Stop that one, or choose another port with --listen http://127.0.0.1:PORT.";
        }

        var socket = exception as SocketException ?? exception.InnerException as SocketException;
        return socket?.SocketErrorCode switch
        {
            SocketError.AccessDenied => $"The system does not let {Environment.UserName} listen on {listen}. Ports below 1024 are for root; choose another with --listen.",
            SocketError.AddressNotAvailable => $"This machine has no address {listen}. Choose one that it has with --listen.",
            _ => null,
        };
    }
}
