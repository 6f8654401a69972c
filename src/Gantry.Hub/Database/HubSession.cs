using Dapper;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>One transaction as someone. What is not committed when it is disposed never happened.</summary>
public sealed class HubSession : IAsyncDisposable
{
    private bool isBroken;

    internal HubSession(Actor actor, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (Actor, Connection, Transaction) = (actor, connection, transaction);

    public Actor Actor { get; }

    public NpgsqlConnection Connection { get; }

    public NpgsqlTransaction Transaction { get; }

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        WatchAsync<IReadOnlyList<T>>(async () => (await Connection.QueryAsync<T>(Command(sql, parameters, cancellationToken))).AsList());

    /// <summary>Null when there is no row; more than one is an error.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        WatchAsync(() => Connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters, cancellationToken)));

    /// <summary>Answers how many rows were changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        WatchAsync(() => Connection.ExecuteAsync(Command(sql, parameters, cancellationToken)));

    public Task CommitAsync(CancellationToken cancellationToken) => Transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        if (isBroken) PreparedStatements.Forget(Connection);
        await Connection.DisposeAsync();
    }

    private async Task<T> WatchAsync<T>(Func<Task<T>> command)
    {
        try
        {
            return await command();
        }
        catch
        {
            isBroken = true;
            throw;
        }
    }

    private CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, Transaction, cancellationToken: cancellationToken);
}
