using System.Diagnostics;

namespace Gantry.TestServers;

/// <summary>A server that is a program of its own, with a folder, a certificate and a free port; it ends with the test.</summary>
public abstract class ServerProgram : IAsyncDisposable
{
    private Process? process;
    private int isOver;

    private protected ServerProgram() => Certificate = TestCertificate.Make(Folder);

    public int Port { get; } = LocalPort.Free();

    public TestCertificate Certificate { get; }

    private protected TemporaryFolder Folder { get; } = new();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isOver, 1) != 0)
        {
            return;
        }

        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Process Run(Process started) => process = started;

    /// <summary>Waits until it says that it is ready; if it ends instead, that fails with what it said.</summary>
    private protected async Task RunUntilAsync(Process started, Func<Process, StreamReader> said, string ready)
    {
        Run(started);
        List<string> lines = [];
        while (await said(started).ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains(ready, StringComparison.Ordinal))
            {
                _ = said(started).ReadToEndAsync();
                return;
            }
        }

        await DisposeAsync();
        throw new InvalidOperationException($"{GetType().Name} did not start: {string.Join('\n', lines)}");
    }
}
