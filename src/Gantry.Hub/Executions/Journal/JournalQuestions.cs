using Npgsql;

namespace Gantry.Hub.Executions.Journal;

/// <summary>The statements of a batch that answer rows, each with what is done with its rows. Those that answer none are added to the batch itself.</summary>
internal sealed class JournalQuestions(NpgsqlBatch batch)
{
    private readonly List<Action<NpgsqlDataReader>> answers = [];

    public void Ask(Action<NpgsqlDataReader> read, string sql, params object[] values)
    {
        batch.Add(sql, values);
        answers.Add(read);
    }

    /// <summary>Sends the batch in one round trip, which is one transaction.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        // Statements that answer no rows have no result.
        foreach (var read in answers)
        {
            while (await reader.ReadAsync(cancellationToken))
                read(reader);
            await reader.NextResultAsync(cancellationToken);
        }

        while (await reader.NextResultAsync(cancellationToken))
        {
            // An error in any later statement comes out here.
        }
    }
}
