using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gantry.Engine.Providers.Programs;

/// <summary>A program in a session of its own, with nothing of this process's environment. When it ends, or is to end, so does all that it started.</summary>
public static partial class ProgramProcess
{
    private const string SetSid = "/usr/bin/setsid";
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int SignalBase = 128;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>One that is spoken to while it runs, until it is disposed of.</summary>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Each arrives as it is.</param>
    /// <param name="folder">It works there.</param>
    /// <param name="errors">Takes what it says on its standard error.</param>
    /// <param name="clock">By which it is waited for at its end.</param>
    public static RunningProgram Open(string program, IReadOnlyList<string> arguments, string folder, ProgramOutput errors, TimeProvider clock) =>
        new(Start(program, arguments, folder), errors, clock);

    /// <summary>Answers the exit status; null when a signal ended it.</summary>
    public static async Task<int?> RunAsync(
        string program, IReadOnlyList<string> arguments, string folder, byte[] input, ProgramRun run, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, folder);
        var group = process.Id;
        var streams = Task.WhenAll(
            ReadAsync(process.StandardOutput.BaseStream, run.Output),
            ReadAsync(process.StandardError.BaseStream, run.Errors));
        var writing = WriteAsync(process.StandardInput.BaseStream, input);
        try
        {
            await process.WaitForExitAsync(cancellationToken);

            // What it left behind may hold the streams open, and goes with it.
            await streams.WaitAsync(patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            await EndAsync(process, group, clock);
            await streams;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, group, clock);
            await streams;
            throw;
        }
        finally
        {
            _ = kill(-group, Kill);
            await writing;
        }

        return process.ExitCode > SignalBase && IsSignal(process.ExitCode) ? null : process.ExitCode;
    }

    /// <summary>.NET tells the end by a signal as 128 and its number. Statuses of programs that say the same by themselves cannot be told apart, and mean the same.</summary>
    private static bool IsSignal(int status) => status - SignalBase is 1 or 2 or 3 or 4 or 6 or 7 or 8 or Kill or 11 or 13 or 14 or Terminate;

    private static Process Start(string program, IReadOnlyList<string> arguments, string folder)
    {
        var hasSession = File.Exists(SetSid);
        var info = new ProcessStartInfo(hasSession ? SetSid : program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        foreach (var word in hasSession ? [program, .. arguments] : arguments)
        {
            info.ArgumentList.Add(word);
        }

        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        info.Environment["LANG"] = "C.UTF-8";
        info.Environment["HOME"] = folder;
        info.Environment["TZ"] = "UTC";
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = $"'{program}' could not be started: {exception.Message}." }, exception);
        }
    }

    internal static async Task ReadAsync(Stream stream, ProgramOutput output)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            output.Add(buffer.AsMemory(0, read));
        }
    }

    private static async Task WriteAsync(Stream stream, byte[] input)
    {
        try
        {
            await stream.WriteAsync(input);
            await stream.DisposeAsync();
        }
        catch (IOException)
        {
            // It ended without reading all of it.
        }
    }

    /// <summary>Asks the whole group to end, and a second later does not ask.</summary>
    internal static async Task EndAsync(Process process, int group, TimeProvider clock)
    {
        _ = kill(-group, Terminate);
        using var limit = new CancellationTokenSource(patience, clock);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        _ = kill(-group, Kill);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
