using System.Net.Sockets;
using System.Security.Authentication;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>What kept a statement from being done, in the uniform words.</summary>
internal static class MysqlErrors
{
    private const int MessageLengthMax = 500;

    // https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html and https://mariadb.com/kb/en/mariadb-error-codes/
    private static readonly int[] interrupted = [1317, 1969, 3024];
    private static readonly int[] unauthorized = [1044, 1045, 1130, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 3118, 3955, 4151];
    private static readonly int[] notFound = [1049, 1146, 1305];
    private static readonly int[] conflicts = [1205, 1213, 1586, 3572];
    private static readonly int[] unavailable = [1040, 1053, 1129, 1203, 1226, 1836];
    private static readonly int[] upstream = [1021, 1030, 1034, 1037, 1041, 1114, 1194, 1195];

    public static ProviderException Protocol(string server, string what) =>
        Fail(ProviderErrorKind.Upstream, $"{server} does not speak as MySQL does: {what}. Is this the right port?", null);

    public static ProviderException Login(MysqlServer server, string message) => Fail(ProviderErrorKind.Unauthorized, message, null);

    public static ProviderException NoTls(MysqlServer server) =>
        Fail(ProviderErrorKind.Unavailable, $"{server.Name} offers no TLS. Turn it on there; or set 'tls' to disable, in a network of your own only.", null);

    /// <param name="failure">What was thrown.</param>
    /// <param name="server">Where.</param>
    /// <param name="statement">What was run.</param>
    /// <param name="progress">How far it had come.</param>
    /// <param name="isTooLate">The time limit was over.</param>
    public static ProviderException Of(Exception failure, MysqlServer server, SqlStatement statement, MysqlProgress progress, bool isTooLate)
    {
        var late = $"The statement at {server.Name} did not end within {Duration.Format(statement.Timeout)} and was cancelled.";
        switch (failure)
        {
            case MysqlRefusal refusal when interrupted.Contains(refusal.Code):
                return Fail(ProviderErrorKind.TimedOut, refusal.Code != 1317 || isTooLate ? $"{late} Make it quicker, or raise 'timeout'." : $"The statement was cancelled at {server.Name} by somebody else.", failure);
            case MysqlRefusal refusal:
                return Fail(KindOf(refusal), Sentence(server, statement, refusal), failure, refusal.State.StartsWith("40", StringComparison.Ordinal) || refusal.Code == 1205 || unavailable.Contains(refusal.Code));
            case AuthenticationException:
                return Fail(
                    ProviderErrorKind.Unavailable,
                    $"{server.Name}: TLS failed: {(failure.InnerException?.Message ?? failure.Message).TrimEnd('.')}. Give its 'ca' or 'certificate_sha256', if it is the right server.", failure);
            case MysqlTooLongException or InvalidDataException:
                return Protocol(server.Name, "what it sends has another length than it says");
        }

        var isLost = failure is IOException or SocketException;
        if (!statement.ReadsOnly && (progress == MysqlProgress.Committing || (progress == MysqlProgress.Executing && isLost)))
        {
            return Fail(ProviderErrorKind.Upstream, $"{server.Name} did not answer to the end of the statement, so that it may or may not have been done. Look there before you run it again.", failure);
        }

        return failure switch
        {
            OperationCanceledException when isTooLate => Fail(ProviderErrorKind.TimedOut, late, failure, statement.ReadsOnly),
            _ when isLost => Fail(
                isTooLate ? ProviderErrorKind.TimedOut : ProviderErrorKind.Unavailable,
                $"{server.Name} could not be reached, or broke off: {failure.Message.TrimEnd('.')}. Is this the right host and port?", failure, isTransient: true),
            _ => Fail(ProviderErrorKind.Internal, $"{server.Name}: {failure.GetType().Name}: {failure.Message}", failure),
        };
    }

    private static string Sentence(MysqlServer server, SqlStatement statement, MysqlRefusal refusal)
    {
        const int ReadOnlyTransaction = 1792;
        var message = refusal.Message.Length > MessageLengthMax ? refusal.Message[..MessageLengthMax] + "…" : refusal.Message;
        var next = refusal.Code == ReadOnlyTransaction && statement.ReadsOnly ? " Use mysql.execute for what changes something." : "";
        return $"{server.Name} says: {message.TrimEnd('.')} ({refusal.Code}, {refusal.State}).{next}";
    }

    private static ProviderErrorKind KindOf(MysqlRefusal refusal) => refusal.Code switch
    {
        var code when unauthorized.Contains(code) => ProviderErrorKind.Unauthorized,
        var code when notFound.Contains(code) => ProviderErrorKind.NotFound,
        var code when conflicts.Contains(code) => ProviderErrorKind.Conflict,
        var code when unavailable.Contains(code) => ProviderErrorKind.Unavailable,
        var code when upstream.Contains(code) => ProviderErrorKind.Upstream,
        _ => refusal.State[..2] switch
        {
            "23" or "40" => ProviderErrorKind.Conflict,
            "28" => ProviderErrorKind.Unauthorized,
            "08" => ProviderErrorKind.Unavailable,
            _ => ProviderErrorKind.BadRequest,
        },
    };

    private static ProviderException Fail(ProviderErrorKind kind, string message, Exception? inner, bool isTransient = false) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);
}
