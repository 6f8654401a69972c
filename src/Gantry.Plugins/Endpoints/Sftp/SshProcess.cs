using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// OpenSSH's client as the pipe to a server's SFTP subsystem, in a session of its own: a Ctrl-C at the terminal is for us, who then
/// clean up over the connection, and not for it.
/// </summary>
internal sealed partial class SshProcess : SftpPipe
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan exitPatience = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly SshLogin login;
    private readonly SshSecrets secrets;
    private readonly SshMessages messages;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private bool isReaped;

    private SshProcess(Process process, SshLogin login, SshSecrets secrets, TimeProvider clock)
        : base(EndOf(process.StandardOutput.BaseStream, isInput: true), EndOf(process.StandardInput.BaseStream, isInput: false))
    {
        this.process = process;
        this.login = login;
        this.secrets = secrets;
        this.clock = clock;
        messages = new SshMessages(process.StandardError);
    }

    /// <summary>Starts it; the server's greeting, or the reason why there is none, comes through the streams.</summary>
    public static SshProcess Start(SshLogin login, TimeProvider clock)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        var ssh = SshPrograms.Ssh(searchPath);
        var given = new SshSecrets(login);
        try
        {
            var started = new Process { StartInfo = StartInfoOf(ssh, SshPrograms.Find("setsid", searchPath), login, given) };
            started.Start();
            return new SshProcess(started, login, given, clock);
        }
        catch (Win32Exception exception)
        {
            given.Dispose();
            throw new EndpointException(EndpointError.NotSupported, $"The program '{ssh}' could not be started: {exception.Message}.", innerException: exception);
        }
        catch
        {
            given.Dispose();
            throw;
        }
    }

    /// <summary>Does all that comes before starting it, for a server that is not there.</summary>
    public static void WarmUp()
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        var login = new SshLogin { Server = "", Host = "warm-up", ConfigFile = "" };
        using var nothing = new SshSecrets(login);
        using var process = new Process { StartInfo = StartInfoOf("ssh", SshPrograms.Find("setsid", searchPath), login, nothing) };
    }

    public override void OnGreeted() => secrets.Dispose();

    public override void Abort()
    {
        Signal(Terminate);
        base.Abort();
    }

    public override async ValueTask<EndpointException> ExplainAsync(EndpointException reason)
    {
        using var patience = new CancellationTokenSource(exitPatience, clock);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            await messages.Ended.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What it said so far must do.
        }

        return SshErrors.Explain(messages, login, reason);
    }

    public override async ValueTask DisposeAsync()
    {
        Abort();
        secrets.Dispose();
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

    private static Stream EndOf(Stream stream, bool isInput) =>
        stream is PipeStream pipe ? new PipeEnd(pipe.SafePipeHandle, isInput) : stream;

    private static ProcessStartInfo StartInfoOf(string ssh, string? setsid, SshLogin login, SshSecrets secrets)
    {
        var info = new ProcessStartInfo(setsid ?? ssh)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        if (setsid is not null)
        {
            info.ArgumentList.Add(ssh);
        }

        foreach (var argument in SshArguments.Of(login, secrets, SshCiphers.Choose(login)))
        {
            info.ArgumentList.Add(argument);
        }

        SetEnvironment(info.Environment, secrets);
        return info;
    }

    /// <summary>Only what ssh, its agents and the programs of a user's own configuration need.</summary>
    private static void SetEnvironment(IDictionary<string, string?> environment, SshSecrets secrets)
    {
        string[] kept = ["HOME", "PATH", "USER", "LOGNAME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME", "TMPDIR"];
        var values = kept.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).ToList();
        environment.Clear();
        foreach (var (name, value) in values)
        {
            environment[name] = value;
        }

        // Its messages are read by SshErrors.
        environment["LC_ALL"] = "C";
        if (secrets.AskPassPath is { } askPass)
        {
            environment["SSH_ASKPASS"] = askPass;
            environment["SSH_ASKPASS_REQUIRE"] = "force";
        }
    }

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
