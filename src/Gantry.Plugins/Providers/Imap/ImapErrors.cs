using System.Net.Sockets;
using System.Security.Authentication;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>What kept a mail server from doing what it was asked, in the uniform words.</summary>
internal static class ImapErrors
{
    private const int WordsMax = 300;

    public static ProviderException Protocol(ImapServer server, string what) =>
        Fail(ProviderErrorKind.Upstream, $"{server.Name} does not speak as a mail server does: {what}. Is this the right port, and the right setting of 'tls'?");

    /// <summary>A refusal's code (RFC 5530) says more than its words; without one, the usual kind is taken.</summary>
    public static ProviderException Refused(ImapServer server, string what, ImapAnswer answer, ProviderErrorKind usual = ProviderErrorKind.BadRequest)
    {
        var kind = answer.Status == "BYE" ? ProviderErrorKind.Unavailable : answer.Code?.Split(' ')[0].ToUpperInvariant() switch
        {
            "AUTHENTICATIONFAILED" or "AUTHORIZATIONFAILED" or "EXPIRED" or "PRIVACYREQUIRED" or "CONTACTADMIN" or "NOPERM" => ProviderErrorKind.Unauthorized,
            "NONEXISTENT" or "TRYCREATE" => ProviderErrorKind.NotFound,
            "UNAVAILABLE" or "INUSE" or "LIMIT" => ProviderErrorKind.Unavailable,
            "ALREADYEXISTS" or "OVERQUOTA" or "HASCHILDREN" => ProviderErrorKind.Conflict,
            "SERVERBUG" or "CORRUPTION" => ProviderErrorKind.Upstream,
            _ => answer.Status == "BAD" ? ProviderErrorKind.BadRequest : usual,
        };
        var words = answer.Words.Length > WordsMax ? answer.Words[..WordsMax] + "…" : answer.Words;
        return Fail(kind, $"{server.Name}: {what}: {words.TrimEnd('.')}.", kind == ProviderErrorKind.Unavailable);
    }

    public static ProviderException Of(Exception failure, ImapServer server, TimeSpan timeout, bool isUncertain)
    {
        if (isUncertain && failure is OperationCanceledException or IOException or SocketException)
        {
            return Fail(ProviderErrorKind.Upstream, $"{server.Name} did not answer to the end, so that it may or may not have been done. Look there before you run it again.", inner: failure);
        }

        return failure switch
        {
            OperationCanceledException => Fail(ProviderErrorKind.TimedOut, $"{server.Name} did not answer within {Duration.Format(timeout)}.", isTransient: true, failure),
            AuthenticationException => Fail(
                ProviderErrorKind.Unavailable, $"TLS with {server.Name} failed: {(failure.InnerException?.Message ?? failure.Message).TrimEnd('.')}. A certificate of one's own is trusted by 'certificate_sha256' or 'ca'.", inner: failure),
            IOException or SocketException => Fail(
                ProviderErrorKind.Unavailable, $"{server.Name} could not be reached, or broke off: {failure.Message.TrimEnd('.')}. Is this the right port, and the right setting of 'tls'?", isTransient: true, failure),
            FormatException => Fail(ProviderErrorKind.Upstream, $"{server.Name} answers what cannot be read: {failure.Message}", inner: failure),
            _ => Fail(ProviderErrorKind.Internal, $"{server.Name}: {failure.GetType().Name}: {failure.Message}", inner: failure),
        };
    }

    public static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient = false, Exception? inner = null) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);
}
