using System.Net.Sockets;
using System.Security.Authentication;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;
using Npgsql;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>What kept a statement from being done, in the uniform words.</summary>
internal static class PostgresqlErrors
{
    private const int MessageLengthMax = 500;

    /// <param name="failure">What was thrown.</param>
    /// <param name="server">Where.</param>
    /// <param name="statement">What was run.</param>
    /// <param name="isUncertain">Whether it may have been done all the same, when the server did not say.</param>
    /// <param name="isTooLate">The time limit was over.</param>
    public static ProviderException Of(Exception failure, PostgresqlServer server, SqlStatement statement, bool isUncertain, bool isTooLate)
    {
        var late = $"The statement at {server.Name} did not end within {Duration.Format(statement.Timeout)} and was cancelled.";
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }:
                    return Fail(ProviderErrorKind.TimedOut, isTooLate || inner.Message.Contains("timeout", StringComparison.Ordinal)
                        ? $"{late} Make it quicker, or raise 'timeout'."
                        : $"The statement was cancelled at {server.Name} by somebody else.", failure);
                case PostgresException refusal:
                    return Fail(KindOf(refusal.SqlState), Sentence(server, statement, refusal), failure, IsTransient(refusal.SqlState));
                case AuthenticationException:
                    return Fail(ProviderErrorKind.Unavailable,
                        $"{server.Name}: TLS failed: {(inner.InnerException?.Message ?? inner.Message).TrimEnd('.')}. Give its 'ca' or 'certificate_sha256', if it is the right server.", failure);
                case NotSupportedException:
                    return Fail(ProviderErrorKind.BadRequest, $"'sql' is one statement that answers rows or nothing: {inner.Message}", failure);
            }
        }

        if (isUncertain)
        {
            return Fail(ProviderErrorKind.Upstream, $"{server.Name} did not answer to the end of the statement, so that it may or may not have been done. Look there before you run it again.", failure);
        }

        return failure switch
        {
            OperationCanceledException when isTooLate => Fail(ProviderErrorKind.TimedOut, late, failure, statement.ReadsOnly),
            NpgsqlException or IOException or SocketException or TimeoutException => Fail(
                isTooLate ? ProviderErrorKind.TimedOut : ProviderErrorKind.Unavailable,
                $"{server.Name} could not be reached, or broke off: {Reason(failure)}. Is this the right host and port, and does the server take TLS as 'tls' says?", failure, isTransient: true),
            _ => Fail(ProviderErrorKind.Upstream, $"{server.Name} does not speak as PostgreSQL does: {failure.Message.TrimEnd('.')}. Is this the right port?", failure),
        };
    }

    private static string Reason(Exception failure) => (failure.InnerException?.Message ?? failure.Message).TrimEnd('.');

    private static string Sentence(PostgresqlServer server, SqlStatement statement, PostgresException refusal)
    {
        var place = refusal.Position > 0 ? $", at character {refusal.Position} of 'sql'" : "";
        var hint = refusal.Hint is { Length: > 0 } said ? $" {said}" : "";
        var next = refusal.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction && statement.ReadsOnly ? " Use postgresql.execute for what changes something." : "";
        var message = refusal.MessageText.Length > MessageLengthMax ? refusal.MessageText[..MessageLengthMax] + "…" : refusal.MessageText;
        return $"{server.Name} says: {message.TrimEnd('.')} ({refusal.SqlState}{place}).{hint}{next}";
    }

    private static ProviderErrorKind KindOf(string state) => state switch
    {
        PostgresErrorCodes.InsufficientPrivilege => ProviderErrorKind.Unauthorized,
        PostgresErrorCodes.ProtocolViolation => ProviderErrorKind.BadRequest,
        PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable => ProviderErrorKind.NotFound,
        _ => ClassOf(state) switch
        {
            "28" => ProviderErrorKind.Unauthorized,
            "23" or "40" or "55" => ProviderErrorKind.Conflict,
            "53" or "57" or "08" => ProviderErrorKind.Unavailable,
            "58" or "XX" or "F0" => ProviderErrorKind.Upstream,
            _ => ProviderErrorKind.BadRequest,
        },
    };

    private static string ClassOf(string state) => state.Length < 2 ? "" : state[..2];

    /// <summary>Deadlocks, conflicts of serializable transactions, a server that is full or starting or stopping: nothing was done.</summary>
    private static bool IsTransient(string state) =>
        state is PostgresErrorCodes.LockNotAvailable || ClassOf(state) is "40" or "53" || state is "57P01" or "57P02" or "57P03";

    private static ProviderException Fail(ProviderErrorKind kind, string message, Exception inner, bool isTransient = false) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);
}
