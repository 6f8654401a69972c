using System.Diagnostics;
using System.Runtime.InteropServices;
using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Hubs;

/// <summary>The hub is a program of its own beside this one.</summary>
internal static partial class HubProgram
{
    private const string Name = "Gantry.Hub";

    /// <summary>Becomes the hub: same process, same terminal, and its end is the end of the command. Returns only by failing.</summary>
    public static void Become(IReadOnlyList<string> arguments)
    {
        var command = CommandLineOf(arguments);
        ForgetOwnVariables();
        var words = command.Append(null).ToArray();
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(pair => $"{pair.Key}={pair.Value}").Append(null).ToArray();
        _ = Execute(command[0], words, variables);
        throw new CommandException($"The hub's program '{command[0]}' cannot be started: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    /// <summary>Starts the hub as a process that outlives this one. What it says until then can be read.</summary>
    public static Process StartApart(IReadOnlyList<string> arguments)
    {
        ForgetOwnVariables();
        ProcessStartInfo start = new("/usr/bin/setsid") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in CommandLineOf(arguments))
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start) ?? throw new CommandException("The hub's program cannot be started.");
        process.StandardInput.Close();
        return process;
    }

    private static List<string> CommandLineOf(IReadOnlyList<string> arguments)
    {
        var here = AppContext.BaseDirectory;
        var program = new[] { Path.Combine(here, Name + ".dll"), Path.GetFullPath(Path.Combine(here, "..", "..", Name, "release", Name + ".dll")) }.FirstOrDefault(File.Exists)
            ?? throw new CommandException($"The hub's program {Name}.dll is neither in '{here}' nor where it is built. Run ./gantry from a clone, which builds it.");
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, program, .. arguments]
            : [Path.ChangeExtension(program, null), .. arguments];
    }

    /// <summary>The hub refuses settings it does not know; these are the command line's.</summary>
    private static void ForgetOwnVariables()
    {
        Environment.SetEnvironmentVariable("GANTRY_HUB", null);
        Environment.SetEnvironmentVariable("GANTRY_API_KEY", null);
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
