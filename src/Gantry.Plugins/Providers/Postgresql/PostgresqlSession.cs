using System.Data;
using System.Globalization;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Npgsql;
using NpgsqlTypes;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>One connection for one statement. Cancelling it cancels the statement at the server.</summary>
internal sealed class PostgresqlSession(PostgresqlServer server, SqlStatement statement, bool mayBeInTransaction)
{
    /// <summary>From here on nobody knows what became of it until the server answers.</summary>
    public bool IsCommitting { get; private set; }

    private bool IsInTransaction => mayBeInTransaction || statement.ReadsOnly;

    public async Task<ProviderResult> RunAsync(EgressRules rules, CancellationToken cancellationToken)
    {
        var addresses = await rules.AddressesOfAsync(server.Host, server.Port, cancellationToken);
        var (source, connection) = await server.OpenAsync(addresses, cancellationToken);
        await using (source)
        await using (connection)
        {
            await using var transaction = IsInTransaction ? await connection.BeginTransactionAsync(cancellationToken) : null;
            await PrepareAsync(connection, cancellationToken);
            await RequireOneAsync(connection, cancellationToken);
            var rows = await ReadAsync(connection, cancellationToken);
            if (transaction is not null)
            {
                IsCommitting = !statement.ReadsOnly;
                await transaction.CommitAsync(cancellationToken);
            }

            return ProviderResult.Success(rows.ToJson(), Summary(rows));
        }
    }

    private static string Summary(PostgresqlRows rows) => rows.Affected is null
        ? $"{rows.Count} row{(rows.Count == 1 ? "" : "s")}."
        : $"{rows.Affected} row{(rows.Affected == 1 ? "" : "s")} affected.";

    /// <summary>The forms that values are read in, and the server's own time limit. Only for this transaction, since a pooler may hand the session on.</summary>
    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var milliseconds = Math.Min((long)Math.Ceiling(statement.Timeout.TotalMilliseconds), int.MaxValue);
        await using var command = new NpgsqlCommand(
            """
            select set_config('DateStyle', 'ISO, MDY', $1), set_config('TimeZone', 'UTC', $1), set_config('IntervalStyle', 'iso_8601', $1),
                   set_config('bytea_output', 'hex', $1), set_config('extra_float_digits', '1', $1), set_config('statement_timeout', $2, $1),
                   set_config('transaction_read_only', coalesce($3, current_setting('transaction_read_only')), true)
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<bool> { TypedValue = IsInTransaction },
                new NpgsqlParameter<string> { TypedValue = milliseconds.ToString(CultureInfo.InvariantCulture) },
                // What the server or the role has set is not loosened.
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = statement.ReadsOnly ? "on" : DBNull.Value },
            },
            AllResultTypesAreUnknown = true,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Of a query, what follows a ';' could end the transaction that keeps it from changing anything. With values the server itself takes one statement only.</summary>
    private async Task RequireOneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!statement.ReadsOnly || statement.Values.Count > 0 || !statement.Sql.Contains(';', StringComparison.Ordinal))
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(statement.Sql) } };
        await batch.PrepareAsync(cancellationToken);
    }

    private async Task<PostgresqlRows> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement.Sql, connection) { AllResultTypesAreUnknown = true };
        foreach (var parameter in await PostgresqlParameters.OfAsync(connection, statement, cancellationToken))
        {
            command.Parameters.Add(parameter);
        }

        IsCommitting = !IsInTransaction;
        var rows = new PostgresqlRows(statement);
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        try
        {
            await rows.ReadAsync(reader, cancellationToken);
        }
        catch (ProviderException)
        {
            // Too much: the server is told to stop, or closing would read all the rest.
            command.Cancel();
            await CloseQuietlyAsync(reader);
            throw;
        }
        catch
        {
            await CloseQuietlyAsync(reader);
            throw;
        }

        await reader.DisposeAsync();
        return rows;
    }

    private static async Task CloseQuietlyAsync(NpgsqlDataReader reader)
    {
        try
        {
            await reader.DisposeAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or OperationCanceledException)
        {
            // What went wrong first is what is told.
        }
    }
}
