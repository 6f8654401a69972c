using System.Net.Sockets;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>The database does not answer now. Nothing was changed, and trying again is safe.</summary>
public sealed class DatabaseUnavailableException(Exception innerException)
    : Exception("The database does not answer at the moment. Try again in a few seconds.", innerException)
{
    /// <summary>True for what passes by itself: a restart, a cut connection, an exhausted pool; not for an error in a statement.</summary>
    public static bool Fits(Exception exception) => exception switch
    {
        DatabaseUnavailableException => true,
        PostgresException { SqlState: var state } => state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections or "25P03"
            || state.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException { InnerException: TimeoutException or IOException or SocketException } => true,
        NpgsqlException { IsTransient: true } => true,
        _ => false,
    };
}
