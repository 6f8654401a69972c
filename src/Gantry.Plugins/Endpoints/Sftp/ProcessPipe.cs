using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A program whose standard streams are the way to an SFTP server, in a session of its own: a Ctrl-C at the terminal is for us, who then
/// clean up over the connection, and not for it.
/// </summary>
internal abstract partial class ProcessPipe : SftpPipe
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan exitPatience = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private bool isReaped;

    /// <param name="process">Started with <see cref="StartInfoOf"/>; owned from here on.</param>
    /// <param name="clock">Limits how long its end is waited for.</param>
    protected ProcessPipe(Process process, TimeProvider clock)
        : base(EndOf(process.StandardOutput.BaseStream, isInput: true), EndOf(process.StandardInput.BaseStream, isInput: false))
    {
        this.process = process;
        this.clock = clock;
    }

    public override void Abort()
    {
        Signal(Terminate);
        base.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        Abort();
        using (var patience = new CancellationTokenSource(exitPatience, clock))
        {
            try
            {
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Signal(Kill);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        lock (gate)
        {
            isReaped = true;
        }

        process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The program with all three streams redirected and no arguments yet; through setsid, unless that is null.</summary>
    protected static ProcessStartInfo StartInfoOf(string program, string? setsid)
    {
        var info = new ProcessStartInfo(setsid ?? program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        if (setsid is not null)
        {
            info.ArgumentList.Add(program);
        }

        return info;
    }

    /// <summary>Waits a little until it has ended and said all it had to say.</summary>
    protected async ValueTask WaitForLastWordsAsync(Task words)
    {
        using var patience = new CancellationTokenSource(exitPatience, clock);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            await words.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What it said so far must do.
        }
    }

    private static Stream EndOf(Stream stream, bool isInput) =>
        stream is PipeStream pipe ? new PipeEnd(pipe.SafePipeHandle, isInput) : stream;

    /// <summary>To it and to what it started (ProxyCommand, ProxyJump), as long as its number is surely its own.</summary>
    private void Signal(int signal)
    {
        lock (gate)
        {
            if (isReaped || process.HasExited)
            {
                return;
            }

            if (kill(-process.Id, signal) < 0)
            {
                _ = kill(process.Id, signal);
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
