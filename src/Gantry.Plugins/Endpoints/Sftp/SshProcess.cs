using System.ComponentModel;
using System.Diagnostics;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>OpenSSH's client as the pipe to a server's SFTP subsystem, or to a command there.</summary>
internal sealed class SshProcess : ProcessPipe
{
    private readonly SshLogin login;
    private readonly SshSecrets secrets;
    private readonly SshMessages messages;

    private SshProcess(Process process, SshLogin login, SshSecrets secrets, TimeProvider clock)
        : base(process, clock)
    {
        this.login = login;
        this.secrets = secrets;
        messages = new SshMessages(process.StandardError);
    }

    /// <summary>Starts it; the server's greeting, or the reason why there is none, comes through the streams.</summary>
    /// <param name="login">Where and as whom.</param>
    /// <param name="clock">Limits how long its end is waited for.</param>
    /// <param name="command">What the login's shell is to run; null asks for the SFTP subsystem.</param>
    public static SshProcess Start(SshLogin login, TimeProvider clock, string? command = null)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        var ssh = SshPrograms.Ssh(searchPath);
        var given = new SshSecrets(login);
        try
        {
            var started = new Process { StartInfo = StartInfoOf(ssh, SshPrograms.Find("setsid", searchPath), login, given, command) };
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

    public override void OnGreeted() => secrets.Dispose();

    public override async ValueTask<EndpointException> ExplainAsync(EndpointException reason)
    {
        await WaitForLastWordsAsync(messages.Ended).ConfigureAwait(false);
        return SshErrors.Explain(messages, login, reason);
    }

    public override async ValueTask DisposeAsync()
    {
        secrets.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <param name="ssh">The program.</param>
    /// <param name="setsid">As of a <see cref="ProcessPipe"/>.</param>
    /// <param name="login">Where and as whom.</param>
    /// <param name="secrets">What it needs for that.</param>
    /// <param name="command">What the login's shell is to run; null asks for the SFTP subsystem.</param>
    /// <param name="messagesPath">The file that ssh's own messages go to; null leaves them among the command's errors.</param>
    internal static ProcessStartInfo StartInfoOf(string ssh, string? setsid, SshLogin login, SshSecrets secrets, string? command, string? messagesPath = null)
    {
        var info = StartInfoOf(ssh, setsid);
        if (messagesPath is not null)
        {
            info.ArgumentList.Add("-E");
            info.ArgumentList.Add(messagesPath);
        }

        foreach (var argument in SshArguments.Of(login, secrets, SshCiphers.Choose(login), command))
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
}
