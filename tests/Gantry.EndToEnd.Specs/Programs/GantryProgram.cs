using System.Diagnostics;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>How a program ended, and what it said.</summary>
public sealed record Ended(int Status, string Output, string Errors)
{
    public override string ToString() => $"status {Status}\n{Output}\n{Errors}";
}

/// <summary>The real program, as it was built beside these tests.</summary>
public static class GantryProgram
{
    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    private static string Assembly => Path.Combine(Repository, "artifacts", "bin", "Gantry.Cli", "release", "Gantry.Cli.dll");

    private static string Dotnet { get; } = new[] { Environment.ProcessPath! }
        .Concat(Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")))
        .First(program => Path.GetFileName(program) == "dotnet" && File.Exists(program));

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ended> RunAsync(IReadOnlyDictionary<string, string?> variables, string? input, params string[] arguments)
    {
        using var process = Start(variables, arguments);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        return new Ended(process.ExitCode, await output, await errors);
    }

    public static Task<Ended> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string?>(StringComparer.Ordinal), null, arguments);

    /// <summary>What is typed in order to start it, word by word.</summary>
    public static IReadOnlyList<string> CommandLine(params string[] arguments) => [Dotnet, Assembly, .. arguments];

    public static Process Start(IReadOnlyDictionary<string, string?> variables, params string[] arguments) =>
        Start(Dotnet, variables, [Assembly, .. arguments]);

    /// <summary>As a user of this machine, without any rights of ours.</summary>
    public static Process StartAs(string user, IReadOnlyDictionary<string, string?> variables, params string[] arguments) =>
        Start("/usr/bin/setpriv", variables, ["--reuid", user, "--clear-groups", "--", Dotnet, Assembly, .. arguments], "/");

    /// <summary>Another program of .NET's than the one beside these tests, or one of its tools.</summary>
    public static Process StartPublished(string program, IReadOnlyDictionary<string, string?> variables, string folder, params string[] arguments) =>
        Start(Dotnet, variables, [program, .. arguments], folder);

    /// <param name="program">An absolute path.</param>
    public static Process Start(string program, IReadOnlyDictionary<string, string?> variables, IReadOnlyList<string> arguments, string? folder = null)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GANTRY_", StringComparison.Ordinal) && name != "GANTRY_TEST_RUN").ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gantry.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
