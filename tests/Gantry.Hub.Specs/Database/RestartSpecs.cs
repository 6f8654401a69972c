using Gantry.Hub.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class RestartSpecs : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-restart-").FullName;
    private DatabaseStart start = null!;

    public async ValueTask InitializeAsync() => start = await DatabaseStart.OpenAsync(
        new DatabaseOptions(folder, null, null) { IsDurable = false }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await start.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(Posix.SigInt)]
    [InlineData(9)]
    public async Task Work_goes_on_while_PostgreSQL_restarts_under_load(int signal)
    {
        const int clients = 12;
        using var ending = new CancellationTokenSource();
        var before = new CountdownEvent(clients * 20);
        var after = new CountdownEvent(clients * 20);
        var restarted = false;
        async Task WorkAsync()
        {
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    await using var session = await start.Database.OpenAsync(Actor.Nobody, CancellationToken.None);
                    await session.ExecuteAsync("""
                        insert into audit_log (action, target) values ('test.entry', gen_random_uuid()::text)
                        """, null, CancellationToken.None);
                    await session.CommitAsync(CancellationToken.None);
                    var counted = Volatile.Read(ref restarted) ? after : before;
                    if (!counted.IsSet) counted.Signal();
                }
                catch (Exception exception) when (exception is NpgsqlException && DatabaseUnavailableException.Fits(exception))
                {
                    // What was under way is told so; what begins afterwards waits.
                }
                catch (InvalidOperationException)
                {
                    // Another client took the last count.
                }
            }
        }

        var work = Enumerable.Range(0, clients).Select(_ => Task.Run(WorkAsync)).ToList();
        before.Wait(TimeSpan.FromMinutes(2)).ShouldBeTrue();
        Posix.Signal(start.Postgres!.ProcessId, signal).ShouldBeTrue();
        Volatile.Write(ref restarted, true);

        after.Wait(TimeSpan.FromMinutes(2)).ShouldBeTrue();
        await ending.CancelAsync();
        await Task.WhenAll(work);
    }

    [Fact]
    public async Task What_was_committed_before_a_crash_is_there_afterwards()
    {
        await AppendAsync("before");
        Posix.Signal(start.Postgres!.ProcessId, 9);

        await AppendAsync("after");

        (await ReadAsync()).ShouldBe("before after");
    }

    private async Task<object?> ReadAsync()
    {
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(
                    new NpgsqlConnectionStringBuilder(start.Postgres!.ConnectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand("select string_agg(target, ' ' order by id) from gantry.audit_log", connection);
                return await command.ExecuteScalarAsync();
            }
            catch (NpgsqlException exception) when (DatabaseUnavailableException.Fits(exception))
            {
                // On its way back.
            }
        }
    }

    private async Task AppendAsync(string target)
    {
        while (true)
        {
            try
            {
                await using var session = await start.Database.OpenAsync(Actor.Nobody, CancellationToken.None);
                await session.ExecuteAsync("insert into audit_log (action, target) values ('test.entry', @target)", new { target }, CancellationToken.None);
                await session.CommitAsync(CancellationToken.None);
                return;
            }
            catch (NpgsqlException exception) when (DatabaseUnavailableException.Fits(exception))
            {
                // Cut in the middle: not committed, since nothing commits after its session is gone here.
            }
        }
    }
}
