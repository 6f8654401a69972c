using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>The statements that Npgsql prepares by itself when they are used again.</summary>
internal static class PreparedStatements
{
    /// <summary>Runs commands on a connection of a pool, which is fit for others afterwards, also when they fail.</summary>
    public static async Task<T> GuardAsync<T>(NpgsqlConnection connection, Func<Task<T>> commands)
    {
        try
        {
            return await commands();
        }
        catch
        {
            Forget(connection);
            throw;
        }
    }

    /// <summary>
    /// Has to be called when a command failed and its connection goes back to the pool: Npgsql 10.0.0 takes a statement that fails while it is being prepared
    /// for one that was never described, and its next use, by somebody else, breaks the connection (https://github.com/npgsql/npgsql/issues/6391).
    /// </summary>
    public static void Forget(NpgsqlConnection connection)
    {
        if (connection.State != System.Data.ConnectionState.Open) return;
        try
        {
            connection.UnprepareAll();
        }
        catch (NpgsqlException)
        {
            // The connection is lost, and what it had prepared with it.
        }
    }
}
