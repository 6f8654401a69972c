using System.Diagnostics;
using System.Text;
using Gantry.Hub.Database;
using Shouldly;

namespace Gantry.Hub.Specs.Operations;

/// <summary>The program as people start it, in a process of its own.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private readonly StringBuilder errors = new();
    private readonly List<string> lines = [];
    private readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HubProcess(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>Whole only after the process ended.</summary>
    public IReadOnlyList<string> Lines => lines;

    public string Errors => errors.ToString();

    public static HubProcess Start(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/usr/bin/env") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] words = ["dotnet", BuiltHub.Program, "--data", folder, .. arguments];
        foreach (var word in words) start.ArgumentList.Add(word);
        start.Environment["GANTRY_LOG_DIR"] = Path.Combine(folder, "logs");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var hub = new HubProcess(Process.Start(start)!);
        hub.Process.OutputDataReceived += (_, line) => hub.Read(line.Data);
        hub.Process.ErrorDataReceived += (_, line) => hub.errors.AppendLine(line.Data);
        hub.Process.BeginOutputReadLine();
        hub.Process.BeginErrorReadLine();
        return hub;
    }

    /// <summary>The address of the line that says so.</summary>
    public async Task<string> ReadyAsync()
    {
        var ended = Process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, ended) == ended && !ready.Task.IsCompleted) throw new InvalidOperationException("The hub ended: " + Errors);
        return await ready.Task;
    }

    public async Task<int> EndAsync()
    {
        await Process.WaitForExitAsync();
        return Process.ExitCode;
    }

    public Task<int> StopAsync(int signal = Posix.SigTerm)
    {
        Posix.Signal(Process.Id, signal).ShouldBeTrue();
        return EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) await StopAsync();
        Process.Dispose();
    }

    private void Read(string? line)
    {
        const string mark = "Gantry is ready at ";
        if (line is null) return;
        lines.Add(line);
        if (line.StartsWith(mark, StringComparison.Ordinal)) ready.TrySetResult(line[mark.Length..]);
    }
}
