using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Hubs;

/// <summary>Starting and stopping a hub on this machine.</summary>
internal static class HubCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly Option Data = new("--data", "The folder in which everything rests; ~/.local/share/gantry if not given.") { Value = "DIR" };
    private static readonly Option Listen = new("--listen", "Where the hub listens; http://127.0.0.1:7300 if not given. Port 0 takes a free one.") { Value = "URL" };

    public static Command DescribeUp() => new()
    {
        Name = "up",
        Help = "Starts a hub with its own PostgreSQL on this machine.",
        Options = [Data, Listen, new("--detach", "Returns when the hub is ready; 'gantry down' stops it.")],
        Notes =
        [
            "The first start prints the administrator's one-time password, unless GANTRY_ADMIN_PASSWORD gave one.",
            "With GANTRY_DATABASE the hub uses that PostgreSQL instead of its own.",
            "Further settings: gantry.yaml in the data folder, and GANTRY_… variables (docs/settings.md).",
        ],
        Examples = ["gantry up", "gantry up --data /srv/gantry --listen http://127.0.0.1:7301 --detach", "gantry down --data /srv/gantry"],
        RunAsync = UpAsync,
    };

    public static Command DescribeServe() => new()
    {
        Name = "serve",
        Help = "Starts a hub for production, on the PostgreSQL that GANTRY_DATABASE names.",
        Options = [Data, Listen],
        Examples = ["GANTRY_DATABASE=postgresql://gantry@db.example.org/gantry gantry serve --listen http://0.0.0.0:7300"],
        RunAsync = (invocation, _) =>
        {
            if (new[] { "GANTRY_DATABASE", "GANTRY_DATABASE_FILE" }.All(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
            {
                throw new UsageException(
                    "GANTRY_DATABASE is not set: give the connection string postgresql://user:password@host/database, or use 'gantry up' for a private PostgreSQL.");
            }

            HubProgram.Become(Arguments(invocation));
            return Task.FromResult(ExitStatus.Failed);
        },
    };

    public static Command DescribeMigrate() => new()
    {
        Name = "migrate",
        Help = "Brings the hub's database to this program's schema, or says whether it is.",
        Options = [Data, new("--check", "Changes nothing: says what is missing, and fails when something is.")],
        RunAsync = (invocation, _) =>
        {
            HubProgram.Become(["migrate", .. Arguments(invocation), .. invocation.Has("--check") ? (string[])["--check"] : []]);
            return Task.FromResult(ExitStatus.Failed);
        },
    };

    public static Command DescribeDown() => new()
    {
        Name = "down",
        Help = "Stops the hub of a data folder, and its PostgreSQL.",
        Options = [Data],
        RunAsync = DownAsync,
    };

    private static async Task<int> UpAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (!invocation.Has("--detach"))
        {
            HubProgram.Become(Arguments(invocation));
        }

        using var process = HubProgram.StartApart(Arguments(invocation));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var ready = false;
        while (!ready && await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            ready = line.StartsWith("Gantry is ready", StringComparison.Ordinal);
            Console.Out.WriteLine(line);
        }

        if (ready)
        {
            return ExitStatus.Succeeded;
        }

        await process.WaitForExitAsync(cancellationToken);
        throw new CommandException(WordsOf(await errors) is { Length: > 0 } said ? said : $"The hub ended with status {process.ExitCode}.");
    }

    /// <summary>Why it ended, without the lines of its log, which are for programs.</summary>
    private static string WordsOf(string errors)
    {
        var words = string.Join('\n', errors.Split('\n').Where(line => !line.StartsWith('{'))).Trim();
        return words.Length > 0 ? words : errors.Trim();
    }

    private static async Task<int> DownAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(invocation.Find("--data") ?? UserFolder.Data);
        if (RunningHub.Find(folder) is not { } running)
        {
            Console.Out.WriteLine($"No hub runs on '{folder}'.");
            return ExitStatus.Succeeded;
        }

        if (!RunningHub.Stop(running.ProcessId) && RunningHub.Find(folder) is not null)
        {
            throw new CommandException($"The hub on '{folder}' (process {running.ProcessId}) belongs to another user and cannot be stopped by {Environment.UserName}.");
        }

        while (RunningHub.Find(folder) is { } still && still.ProcessId == running.ProcessId)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        Console.Out.WriteLine($"The hub on '{folder}' has stopped.");
        return ExitStatus.Succeeded;
    }

    private static List<string> Arguments(Invocation invocation)
    {
        List<string> arguments = [];
        foreach (var option in invocation.Options.Where(option => option.Value is not null))
        {
            arguments.AddRange([option.Name, option.Value!]);
        }

        return arguments;
    }
}
