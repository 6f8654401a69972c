using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>OpenSSH's client as the pipe to a server's SFTP subsystem, or to a command there.</summary>
internal sealed class SshProcess : ProcessPipe
{
    private static readonly string[] kept = ["HOME", "PATH", "USER", "LOGNAME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME", "TMPDIR"];

    private readonly SshLogin login;
    private readonly SshSecrets secrets;
    private readonly SshMessages messages;

    private SshProcess(ChildProcess process, SshLogin login, SshSecrets secrets, TimeProvider clock)
        : base(process, clock)
    {
        this.login = login;
        this.secrets = secrets;
        messages = new SshMessages(new StreamReader(process.Errors));
    }

    /// <summary>Starts it; the server's greeting, or the reason why there is none, comes through the streams.</summary>
    /// <param name="login">Where and as whom.</param>
    /// <param name="clock">Limits how long its end is waited for.</param>
    /// <param name="command">What the login's shell is to run; null asks for the SFTP subsystem.</param>
    public static SshProcess Start(SshLogin login, TimeProvider clock, string? command = null)
    {
        var given = new SshSecrets(login);
        try
        {
            return new SshProcess(StartSsh(login, given, command), login, given, clock);
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

    /// <summary>Fails with <see cref="EndpointException"/> when it cannot be started.</summary>
    /// <param name="login">Where and as whom.</param>
    /// <param name="secrets">What it needs for that.</param>
    /// <param name="command">What the login's shell is to run; null asks for the SFTP subsystem.</param>
    /// <param name="messagesPath">The file that ssh's own messages go to; null leaves them among the command's errors.</param>
    internal static ChildProcess StartSsh(SshLogin login, SshSecrets secrets, string? command, string? messagesPath = null)
    {
        var ssh = SshPrograms.Ssh(Environment.GetEnvironmentVariable("PATH"));
        List<string> arguments = messagesPath is null ? [] : ["-E", messagesPath];
        arguments.AddRange(SshArguments.Of(login, secrets, SshCiphers.Choose(login), command));
        return ChildProcess.Start(ssh, arguments, EnvironmentOf(secrets));
    }

    /// <summary>Only what ssh, its agents and the programs of a user's own configuration need.</summary>
    private static Dictionary<string, string> EnvironmentOf(SshSecrets secrets)
    {
        // Its messages are read by SshErrors.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C" };
        foreach (var name in kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        if (secrets.AskPassPath is { } askPass)
        {
            environment["SSH_ASKPASS"] = askPass;
            environment["SSH_ASKPASS_REQUIRE"] = "force";
        }

        return environment;
    }
}
