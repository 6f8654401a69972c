using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>
/// What the database tells every hub on a channel (NOTIFY), heard over a connection of its own. What is told while nobody listens is not told again: whoever listens looks for
/// itself when it begins.
/// </summary>
internal sealed class NewsChannel(NpgsqlDataSource database, string channel, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Listens until it is stopped. <paramref name="hearAsync"/> gets a connection that listens, and goes on for as long as it stands; when it fails, the
    /// failure is told, and it is begun anew over another connection.
    /// </summary>
    public async Task ListenAsync(Func<NpgsqlConnection, CancellationToken, Task> hearAsync, Action<Exception> onFailed, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                await using (var listen = new NpgsqlCommand($"listen {channel}", connection))
                    await listen.ExecuteNonQueryAsync(stopping);
                await hearAsync(connection, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Whatever it was: a loop that ended here would be missed by nobody until it was needed.
                onFailed(failed);
                await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
