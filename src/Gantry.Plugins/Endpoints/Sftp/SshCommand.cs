using System.Globalization;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A program at a server, by ssh. The login's shell is given a fixed line; program and arguments follow on its input, so that they stand in no command line of this machine
/// and no shell there reads them.
/// </summary>
internal sealed class SshCommand : ProcessPipe
{
    /// <summary>
    /// No quote, backslash or exclamation mark, as the login's shell may be of another family. It tells the number of its process, which the program then takes over, and reads the words: in
    /// octal, one a line behind a '=', up to an empty line.
    /// </summary>
    public const string Launcher =
        "exec sh -c '"
        + "set --; echo gantry-pid $$; "
        + "while IFS= read -r x && [ -n \"$x\" ]; do x=$(printf %bx \"${x#=}\"); set -- \"$@\" \"${x%x}\"; done; "
        + "exec \"$@\"'";

    private const string PidMark = "gantry-pid ";
    private const int ChatterMax = 64 * 1024;
    private static readonly TimeSpan killingPatience = TimeSpan.FromSeconds(5);

    private readonly ChildProcess process;
    private readonly SshLogin login;
    private readonly SshSecrets secrets;
    private readonly MemoryFile messages;
    private readonly TimeProvider clock;
    private volatile int pid;

    private SshCommand(ChildProcess process, SshLogin login, SshSecrets secrets, MemoryFile messages, TimeProvider clock)
        : base(process, clock)
    {
        (this.process, this.login, this.secrets, this.messages, this.clock) = (process, login, secrets, messages, clock);
    }

    public static SshCommand Start(SshLogin login, TimeProvider clock, string line)
    {
        var messages = MemoryFile.OfNothing();
        SshSecrets? secrets = null;
        try
        {
            secrets = new SshSecrets(login);
            return new SshCommand(SshProcess.StartSsh(login, secrets, line, messages.Path), login, secrets, messages, clock);
        }
        catch
        {
            secrets?.Dispose();
            messages.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="IRunsCommands.RunAsync"/>.</summary>
    public async Task<int?> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var reading = Task.WhenAll(InBackground(() => ReadOutput(command.OnOutput)), InBackground(() => ReadErrors(command.OnErrors)));
        _ = InBackground(() => WriteInput(command));
        try
        {
            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            await process.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillAsync().ConfigureAwait(false);
            Abort();
            throw;
        }

        return await EndAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        secrets.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
        process.Errors.Dispose();
        messages.Dispose();
    }

    private static Task InBackground(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void ReadOutput(Action<ReadOnlyMemory<byte>> hear)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var rest = HearPid(buffer);
            if (rest.IsEmpty)
            {
                return;
            }

            secrets.Dispose();
            hear(rest[1..]);
            for (int read; (read = Input.Read(buffer)) > 0;)
            {
                hear(buffer.AsMemory(0, read));
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // Aborted.
        }
    }

    /// <summary>Reads up to the line with the number, past what start-up files print. What follows it, with that line's end; empty when it does not come.</summary>
    private ReadOnlyMemory<byte> HearPid(byte[] buffer)
    {
        var heard = new MemoryStream();
        for (int read; heard.Length < ChatterMax && (read = Input.Read(buffer)) > 0;)
        {
            heard.Write(buffer, 0, read);
            var text = Encoding.Latin1.GetString(heard.GetBuffer(), 0, (int)heard.Length);
            var start = text.StartsWith(PidMark, StringComparison.Ordinal) ? 0 : text.IndexOf("\n" + PidMark, StringComparison.Ordinal) is var line and >= 0 ? line + 1 : -1;
            var end = start < 0 ? -1 : text.IndexOf('\n', start);
            if (end >= 0)
            {
                pid = int.TryParse(text.AsSpan(start + PidMark.Length, end - start - PidMark.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
                return heard.ToArray().AsMemory(end);
            }
        }

        return default;
    }

    private void ReadErrors(Action<ReadOnlyMemory<byte>> hear)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = process.Errors.Read(buffer)) > 0;)
            {
                hear(buffer.AsMemory(0, read));
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // Aborted.
        }
    }

    private void WriteInput(HostCommand command)
    {
        try
        {
            var words = new StringBuilder();
            foreach (var word in command.Words)
            {
                words.Append('=');
                foreach (var value in Encoding.UTF8.GetBytes(word))
                {
                    words.Append('\\').Append('0').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
                }

                words.Append('\n');
            }

            Output.Write(Encoding.ASCII.GetBytes(words.Append('\n').ToString()));
            Output.Write(command.Input.Span);
            Output.Dispose();
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // It ended without reading all of it.
        }
    }

    private async Task<int?> EndAsync()
    {
        var said = messages.ReadText();
        const string Status = "debug1: Exit status ";
        if (said.Split('\n').LastOrDefault(line => line.StartsWith(Status, StringComparison.Ordinal)) is { } line && pid > 0
            && int.TryParse(line.AsSpan(Status.Length).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status) && status >= 0)
        {
            return status;
        }

        if (pid > 0 && said.Contains("exit-signal", StringComparison.Ordinal))
        {
            return null;
        }

        var heard = new SshMessages(new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes(said))));
        await heard.Ended.ConfigureAwait(false);
        var trouble = SshErrors.Explain(heard, login, new EndpointException(EndpointError.Disconnected, $"{login.Server} broke off.", isTransient: true));
        if (pid > 0)
        {
            throw new EndpointException(trouble.Error, $"{trouble.Message} The command had begun, and may still run there.", isTransient: false, trouble);
        }

        throw heard.IsAuthenticated
            ? new EndpointException(EndpointError.NotSupported, $"{login.Server} lets the login in, but has no POSIX shell for it by which a program could be run.")
            : trouble;
    }

    /// <summary>
    /// Ends the program and what it started, over a connection of its own, since ssh passes no signals on. Who hears nothing of it within two seconds is ended without being asked.
    /// </summary>
    private async Task KillAsync()
    {
        if (pid == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(killingPatience, clock);
        try
        {
            var line = string.Create(CultureInfo.InvariantCulture,
                $"exec sh -c 'kill -s TERM -- -{pid} || kill -s TERM {pid}; (sleep 2; kill -s KILL -- -{pid} || kill -s KILL {pid}) </dev/null >/dev/null 2>&1 &'");
            await using var killer = Start(login, clock, line);
            await using (patience.Token.Register(killer.Abort))
            {
                await InBackground(() => killer.ReadOutput(_ => { })).ConfigureAwait(false);
                await killer.process.Ended.WaitAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException or IOException)
        {
            // The server cannot be reached any more.
        }
    }
}
