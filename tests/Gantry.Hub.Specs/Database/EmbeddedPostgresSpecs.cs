using System.Diagnostics;
using Gantry.Hub.Database;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class EmbeddedPostgresSpecs : IDisposable
{
    private readonly string parent = Directory.CreateTempSubdirectory("gantry-embedded-").FullName;
    private readonly StartLog log = new();

    private string Folder => Path.Combine(parent, "data");

    private string DatabaseFolder => Path.Combine(Folder, "postgres", "data");

    public void Dispose() => Directory.Delete(parent, recursive: true);

    [Fact]
    public async Task It_keeps_what_was_written_and_leaves_no_process_behind()
    {
        int first;
        await using (var postgres = await StartAsync())
        {
            first = postgres.ProcessId;
            await ExecuteAsync(postgres, "create table kept as select 7 as number");
        }

        Posix.Signal(first, 0).ShouldBeFalse();
        await using var again = await StartAsync();
        (await AskAsync(again, "select number from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task It_never_runs_as_root_and_never_listens_on_a_network()
    {
        await using var postgres = await StartAsync(isDurable: true);

        Posix.StatusOf($"/proc/{postgres.ProcessId}")!.User.ShouldNotBe(0u);
        (await AskAsync(postgres, "select setting from pg_settings where name = 'listen_addresses'")).ShouldBe("");
        (await AskAsync(postgres, "select setting from pg_settings where name = 'fsync'")).ShouldBe("on");
        (await AskAsync(postgres, "select setting from pg_settings where name = 'log_parameter_max_length'")).ShouldBe("0");
    }

    [Fact]
    public async Task When_it_is_killed_it_comes_back_with_everything_committed()
    {
        await using var postgres = await StartAsync();
        await ExecuteAsync(postgres, "create table kept as select 7 as number");
        var (killed, starts) = (postgres.ProcessId, log.Starts);

        Posix.Signal(killed, 9);

        // Sessions of the killed one still answer for a moment.
        await log.MoreThanAsync(starts);
        postgres.ProcessId.ShouldNotBe(killed);
        (await AskPatientlyAsync(postgres, "select number from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task When_the_hub_is_killed_the_next_one_takes_it_over()
    {
        var orphan = await StartAsync();
        var process = orphan.ProcessId;
        orphan.Abandon();

        await using var next = await StartAsync();

        next.ProcessId.ShouldBe(process);
        (await AskAsync(next, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task One_that_was_taken_over_is_watched_and_stopped_like_its_own()
    {
        (await StartAsync()).Abandon();
        int process;
        await using (var next = await StartAsync())
        {
            Posix.Signal(next.ProcessId, 9);
            (await AskPatientlyAsync(next, "select 1")).ShouldBe(1);
            process = next.ProcessId;
        }

        Posix.Signal(process, 0).ShouldBeFalse();
    }

    [Fact]
    public async Task When_both_are_killed_the_next_hub_recovers_the_database()
    {
        var orphan = await StartAsync();
        await ExecuteAsync(orphan, "create table kept as select 7 as number");
        orphan.Abandon();
        Posix.Signal(orphan.ProcessId, 9);

        await using var next = await StartAsync();

        (await AskPatientlyAsync(next, "select number from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task A_pid_file_that_names_a_stranger_is_not_believed()
    {
        await (await StartAsync()).DisposeAsync();
        var stranger = Environment.ProcessId;
        await File.WriteAllTextAsync(PostmasterFile.PathIn(DatabaseFolder), $"{stranger}\n{DatabaseFolder}\n1\n5432\n{Folder}\n\n 0 0\nready   \n");

        await using var next = await StartAsync();

        next.ProcessId.ShouldNotBe(stranger);
        (await AskAsync(next, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_data_folder_too_deep_for_a_socket_works_and_leaves_nothing_in_the_temporary_folder()
    {
        var deep = Path.Combine(parent, new string('d', 120), "data");
        string socket;
        await using (var postgres = await StartAsync(deep))
        {
            (await AskAsync(postgres, "select 1")).ShouldBe(1);
            socket = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!;
            socket.ShouldNotStartWith(parent);
            Posix.StatusOf(socket)!.Mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Exists(socket).ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_with_spaces_and_quotes_is_a_name_like_any_other()
    {
        await using var postgres = await StartAsync(Path.Combine(parent, "it's \"a\" \\ folder, really"));

        (await AskAsync(postgres, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_start_that_was_cut_off_while_making_the_database_is_made_good()
    {
        var half = Path.Combine(Folder, "postgres", "data.new");
        Directory.CreateDirectory(half);
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15\n");

        await using var postgres = await StartAsync();

        (await AskAsync(postgres, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Data_of_another_version_is_refused_with_what_to_install()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(DatabaseFolder, "PG_VERSION"), "9999\n");

        var refusal = await Should.ThrowAsync<HubStartException>(() => StartAsync());

        refusal.Message.ShouldContain("PostgreSQL 9999");
        refusal.Message.ShouldContain("Install");
    }

    [Fact]
    public async Task When_it_cannot_start_its_own_words_are_in_the_message()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(DatabaseFolder, "global", "pg_control"));

        var refusal = await Should.ThrowAsync<HubStartException>(() => StartAsync());

        refusal.Message.ShouldContain("pg_control");
        refusal.Message.ShouldContain(DatabaseFolder);
    }

    [Fact]
    public async Task A_second_start_is_fast()
    {
        await (await StartAsync()).DisposeAsync();
        var watch = Stopwatch.StartNew();

        await using var postgres = await StartAsync();

        // It takes a quarter of a second; a start that only goes on when a limit of its own is reached takes a minute.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    // A killed process loses nothing that fsync would keep; a power cut is not tested here.
    private Task<EmbeddedPostgres> StartAsync(string? folder = null, bool isDurable = false)
    {
        Directory.CreateDirectory(folder ?? Folder);
        return EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder ?? Folder) { IsDurable = isDurable }, TimeProvider.System, log, CancellationToken.None);
    }

    private static async Task ExecuteAsync(EmbeddedPostgres postgres, string sql) => await AskAsync(postgres, sql);

    private static async Task<object?> AskAsync(EmbeddedPostgres postgres, string sql)
    {
        var builder = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Asks again whenever the database has come back.</summary>
    private async Task<object?> AskPatientlyAsync(EmbeddedPostgres postgres, string sql)
    {
        while (true)
        {
            var starts = log.Starts;
            try
            {
                return await AskAsync(postgres, sql);
            }
            catch (NpgsqlException exception) when (DatabaseUnavailableException.Fits(exception))
            {
                await log.MoreThanAsync(starts);
            }
        }
    }

    /// <summary>Hears of each PostgreSQL that is ready: started, or taken over.</summary>
    private sealed class StartLog : ILogger
    {
        private readonly Lock gate = new();
        private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int starts;

        public int Starts
        {
            get
            {
                lock (gate) return starts;
            }
        }

        public async Task MoreThanAsync(int known)
        {
            while (true)
            {
                Task started;
                lock (gate)
                {
                    if (starts > known) return;
                    started = next.Task;
                }

                await started.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name is not ("Started" or "Adopted")) return;
            lock (gate)
            {
                starts++;
                next.SetResult();
                next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
