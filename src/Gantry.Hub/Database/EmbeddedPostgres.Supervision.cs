using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Gantry.Hub.Database;

internal sealed partial class EmbeddedPostgres
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stopping = new();
    private Task supervision = Task.CompletedTask;
    private Process? process;

    private async Task LaunchOrAdoptAsync(CancellationToken cancellationToken)
    {
        if (await FindRunningAsync(cancellationToken) is { } running)
        {
            process = running;
            Log.Adopted(logger, running.Id);
        }
        else
        {
            // Whoever wrote it is gone, and the number may belong to a stranger by now: PostgreSQL would refuse to start beside it.
            File.Delete(PostmasterFile.PathIn(folders.Database));
            await LaunchAsync(cancellationToken);
        }

        ConnectionString = ConnectionStringFor(PostmasterFile.Read(folders.Database)!.SocketFolder);
    }

    /// <summary>A PostgreSQL at work in our folder, when it stays; one that is stopping is waited for.</summary>
    private async Task<Process?> FindRunningAsync(CancellationToken cancellationToken)
    {
        while (PostmasterFile.Read(folders.Database) is { } file && file.IsAliveIn(folders.Database))
        {
            if (file.Status == "ready" && await AnswersAsync(file.SocketFolder, cancellationToken))
            {
                try
                {
                    return Process.GetProcessById(file.ProcessId);
                }
                catch (ArgumentException)
                {
                    return null;
                }
            }

            await Task.Delay(PollEvery, clock, cancellationToken);
        }

        return null;
    }

    /// <summary>False for one that is just dying.</summary>
    private static async Task<bool> AnswersAsync(string socketFolder, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(socketFolder, ".s.PGSQL.5432")), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        folders.WriteSettings(user, PostgresUser.HubUserName(), options);
        using var patience = new CancellationTokenSource(options.StartWithin, clock);
        while (true)
        {
            var (started, said) = StartPostmaster();
            while (!started.HasExited)
            {
                if (PostmasterFile.Read(folders.Database) is { Status: "ready" } file && file.ProcessId == started.Id)
                {
                    process = started;
                    Log.Started(logger, started.Id);
                    return;
                }

                if (patience.IsCancellationRequested) throw Impatient(started);
                await Task.Delay(PollEvery, clock, cancellationToken);
            }

            await started.WaitForExitAsync(cancellationToken);
            started.Dispose();
            var reason = string.Join(" ", said);

            // The sessions of a killed PostgreSQL take a moment to notice; their memory is what it complains about.
            if (patience.IsCancellationRequested || !reason.Contains("shared memory block", StringComparison.Ordinal))
            {
                throw new HubStartException(
                    $"PostgreSQL did not start in '{folders.Database}'. It said: {reason} More may be in '{folders.Logs}'.");
            }

            await Task.Delay(PollEvery * 10, clock, cancellationToken);
        }
    }

    private (Process Process, ConcurrentQueue<string> Said) StartPostmaster()
    {
        var started = Start(programs.Postgres, ["-D", folders.Database, "-c", "config_file=" + folders.Settings]);
        var said = new ConcurrentQueue<string>();
        started.OutputDataReceived += (_, _) => { };
        started.ErrorDataReceived += (_, line) =>
        {
            // Until its own log file takes over, this is where PostgreSQL says why it does not start.
            if (line.Data is not null && said.Count < 20) said.Enqueue(line.Data);
        };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return (started, said);
    }

    private HubStartException Impatient(Process started)
    {
        Posix.Signal(started.Id, Posix.SigQuit);
        return new HubStartException($"PostgreSQL in '{folders.Database}' is not ready after {options.StartWithin.TotalSeconds:0} s; " +
            $"what it is busy with is in '{folders.Logs}'.");
    }

    /// <summary>Starts PostgreSQL again whenever it ends by itself, with growing pauses while it does not come up.</summary>
    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                await process!.WaitForExitAsync(stopping.Token);
                Log.Ended(logger, process.Id);
                await RestartAsync();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The hub stops.
        }
    }

    private async Task RestartAsync()
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                await LaunchOrAdoptAsync(stopping.Token);
                return;
            }
            catch (Exception exception) when (exception is HubStartException or IOException)
            {
                Log.DoesNotStart(logger, pause.TotalSeconds, exception);
                await Task.Delay(pause, clock, stopping.Token);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Made a database in {Folder} by PostgreSQL {Version}, run by the user {User}")]
        public static partial void Made(ILogger logger, string folder, int version, string user);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is started as process {Process}")]
        public static partial void Started(ILogger logger, int process);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL was still running as process {Process}, and is taken over")]
        public static partial void Adopted(ILogger logger, int process);

        [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL, process {Process}, ended; it is started again")]
        public static partial void Ended(ILogger logger, int process);

        [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL does not start; the next attempt is in {Seconds} s")]
        public static partial void DoesNotStart(ILogger logger, double seconds, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL, process {Process}, does not stop by itself and is stopped at once; it recovers at the next start")]
        public static partial void Unwilling(ILogger logger, int process);

        [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
