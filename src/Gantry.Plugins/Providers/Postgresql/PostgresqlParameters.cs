using System.Text.Json;
using Gantry.Engine.Providers.Web;
using Npgsql;
using NpgsqlTypes;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>The values of a statement. Each goes as text, apart from the statement, and the server gives it the type that the statement wants there.</summary>
internal static class PostgresqlParameters
{
    private const int ValuesMax = 10_000;

    private const string TypesSql =
        """
        select right(type::text, 2) = '[]' from pg_prepared_statements, unnest(parameter_types) with ordinality as t(type, place)
        where name = 'gantry_types' order by place
        """;

    public static async Task<IReadOnlyList<NpgsqlParameter>> OfAsync(NpgsqlConnection connection, SqlStatement statement, CancellationToken cancellationToken)
    {
        if (statement.Values.Count > ValuesMax)
        {
            throw HttpCall.Bad($"A statement has at most {ValuesMax:N0} values, and 'params' has {statement.Values.Count:N0}. Give them as one list, and take it apart by unnest($1).");
        }

        var arrays = statement.Values.Any(value => value.ValueKind == JsonValueKind.Array) ? await ArraysAsync(connection, statement.Sql, cancellationToken) : [];
        return [.. statement.Values.Select((value, index) => ParameterOf(value, index, arrays.ElementAtOrDefault(index)))];
    }

    private static NpgsqlParameter ParameterOf(JsonElement value, int index, bool isArray)
    {
        var text = PostgresqlValue.TextOf(value, isArray);
        if (text is null ? value.ValueKind != JsonValueKind.Null : text.Contains('\0', StringComparison.Ordinal))
        {
            throw HttpCall.Bad($"The value of ${index + 1} holds a NUL or half of a surrogate pair, which no text in PostgreSQL does.");
        }

        return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)text ?? DBNull.Value };
    }

    /// <summary>Which of the statement's parameters are arrays, as the server itself understands them. A statement that it does not understand fails when it is run.</summary>
    private static async Task<bool[]> ArraysAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        const string SavePoint = "savepoint gantry_types";
        try
        {
            await RunAsync(connection, SavePoint, cancellationToken);
            await RunAsync(connection, $"prepare gantry_types as {sql}", cancellationToken);
            await using var types = new NpgsqlCommand(TypesSql, connection) { AllResultTypesAreUnknown = true };
            List<bool> arrays = [];
            await using (var reader = await types.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    arrays.Add(reader.GetString(0) == "t");
                }
            }

            await RunAsync(connection, "deallocate gantry_types", cancellationToken);
            return [.. arrays];
        }
        catch (PostgresException exception) when (exception.SqlState != PostgresErrorCodes.QueryCanceled)
        {
            if (exception.SqlState != PostgresErrorCodes.NoActiveSqlTransaction)
            {
                await RunAsync(connection, "rollback to savepoint gantry_types", cancellationToken);
            }

            return [];
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
