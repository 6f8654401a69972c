using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using ModelContextProtocol;

namespace Gantry.Plugins.Providers.Mcp;

/// <summary>How far one call came, and what it means when it goes no further.</summary>
internal sealed class McpFailure(ProviderCall call, HttpCall parameters)
{
    private const int SaidMax = 2_000;

    /// <summary>What a server may say in all.</summary>
    public ReadBudget Budget { get; } = new(16 * 1024 * 1024);

    /// <summary>The server and we have met.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The tool that was called; null as long as none is.</summary>
    public string? Tool { get; set; }

    private string Server => parameters.FindText("url") is { } url && Uri.TryCreate(url, UriKind.Absolute, out var known) ? Display(known) : parameters.FindText("program") ?? "the server";

    public ProviderException TooLate(TimeSpan timeout) =>
        Fail(ProviderErrorKind.TimedOut, $"{Server} was not done within {Duration.Format(timeout)}. Raise 'timeout', or ask for less.{Doubt}", isTransient: Tool is null);

    public ProviderException Describe(Exception exception)
    {
        if (Budget.IsExceeded)
        {
            return Fail(ProviderErrorKind.Upstream, $"{Server} said more than {Budget.BytesMax:N0} bytes, and was not listened to any longer. Ask for less.{Doubt}");
        }

        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ProviderException refusal:
                    return refusal;
                case McpProtocolException { ErrorCode: McpErrorCode.InvalidParams or McpErrorCode.InvalidRequest or McpErrorCode.MethodNotFound } refused:
                    return Fail(ProviderErrorKind.BadRequest, $"{Server} refused it: {Said(refused.Message)}");
                case HttpRequestException { StatusCode: { } status }:
                    return Fail(KindOf(status), $"{Server} answered {(int)status}{(status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? ": look at the credential in 'bearer'." : $": {Said(inner.Message)}")}", IsAgain(status), (int)status);
                case AuthenticationException:
                    return Fail(ProviderErrorKind.Unavailable, $"{Server}: TLS failed: {Said(inner.InnerException?.Message ?? inner.Message)}");
                case SocketException socket when parameters.FindText("url") is not null:
                    return Fail(ProviderErrorKind.Unavailable, $"{Server} could not be reached: {socket.Message}.{Doubt}", isTransient: Tool is null);
            }
        }

        return exception is McpException
            ? Fail(ProviderErrorKind.Upstream, $"{Server} failed: {Said(exception.Message)}{Doubt}")
            : Fail(ProviderErrorKind.Unavailable, $"{Server} {(IsOpen ? "broke off" : "does not speak the Model Context Protocol")}: {Said(exception.Message)}{Doubt}", isTransient: IsOpen && Tool is null);
    }

    /// <summary>On one line, without secrets.</summary>
    public string Said(string text)
    {
        var line = HttpAnswer.OneLine(call.Secrets is RedactingSecrets redacting ? redacting.Text(text) : text);
        return line.Length > SaidMax ? line[..SaidMax] + "…" : line;
    }

    /// <summary>What was sent may have been done, and is not sent again by itself.</summary>
    private string Doubt => Tool is null ? "" : $" Whether the tool '{Tool}' has done its work is not known.";

    private static string Display(Uri url) => Gantry.Engine.Providers.Web.WebRequest.Display(url);

    private static bool IsAgain(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    private static ProviderErrorKind KindOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ProviderErrorKind.Unauthorized,
        HttpStatusCode.NotFound => ProviderErrorKind.NotFound,
        HttpStatusCode.TooManyRequests => ProviderErrorKind.RateLimited,
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => ProviderErrorKind.Unavailable,
        >= HttpStatusCode.InternalServerError => ProviderErrorKind.Upstream,
        _ => ProviderErrorKind.BadRequest,
    };

    private static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient = false, int? status = null) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient, Status = status });
}
