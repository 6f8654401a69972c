using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Why there is no connection, read from what ssh said, with what to do next.</summary>
internal static class SshErrors
{
    public static EndpointException Explain(SshMessages messages, SshLogin login, EndpointException reason)
    {
        var server = login.Server;
        if (messages.Has("REMOTE HOST IDENTIFICATION HAS CHANGED") || (messages.Has("Host key verification failed") && login.HostKey is not null))
        {
            return ChangedHostKey(messages, login);
        }

        if (messages.Has("Host key verification failed") || messages.Has("host key is known for"))
        {
            return UnknownHostKey(messages, login);
        }

        if (messages.Has("no matching host key type found") && login.HostKey is not null)
        {
            return ChangedHostKey(messages, login);
        }

        if (messages.Has("Permission denied (") || messages.Has("Too many authentication failures") || messages.Has("No more authentication methods"))
        {
            return LoginRefused(messages, login);
        }

        if (messages.Has("Could not resolve hostname"))
        {
            return new(EndpointError.Disconnected, $"The host name of {server} is not known: check its spelling and this machine's DNS. {Words(messages)}");
        }

        if (messages.Has("subsystem request failed"))
        {
            return new(EndpointError.NotSupported, $"{server} lets the login in but offers no SFTP: its sshd needs a line 'Subsystem sftp internal-sftp'.");
        }

        if (messages.Has("Bad configuration option") || messages.Has("terminating, ") || messages.Has("Can't open user config file"))
        {
            return new(EndpointError.BadSetting, $"ssh does not accept its configuration for {server}. {Words(messages)}");
        }

        return Unreachable(messages, login, reason);
    }

    private static EndpointException Unreachable(SshMessages messages, SshLogin login, EndpointException reason)
    {
        var server = login.Server;
        if (messages.Has("Connection refused"))
        {
            return new(EndpointError.Disconnected, $"{server} refuses connections: is the SSH server running, and is the port right?", isTransient: true, reason);
        }

        if (messages.Has("timed out"))
        {
            return new(EndpointError.TimedOut, $"{server} does not answer. {Words(messages)}", isTransient: true, reason);
        }

        if (!messages.IsAuthenticated && messages.Lines.Count > 0)
        {
            return new(EndpointError.Disconnected, $"No connection to {server}. {Words(messages)}", isTransient: true, reason);
        }

        return new(EndpointError.Disconnected, $"The connection to {server} was lost. {Words(messages)}".TrimEnd(), isTransient: true, reason);
    }

    private static EndpointException UnknownHostKey(SshMessages messages, SshLogin login)
    {
        var fingerprint = messages.HostKey is { } key ? $" It shows {key}." : "";
        var port = login.Port is { } number ? $" -p {number}" : "";
        return new(
            EndpointError.HostKey,
            $"The host key of {login.Server} is not known.{fingerprint} Compare it with what the server's owner says; then save the endpoint and "
            + $"pin the key by 'gantry endpoint test NAME', or run 'ssh-keyscan{port} {login.Host} >> ~/.ssh/known_hosts'.");
    }

    private static EndpointException ChangedHostKey(SshMessages messages, SshLogin login)
    {
        var fingerprint = messages.HostKey is { } key ? $" It shows {key}, which is not the known one." : "";
        var name = login.Port is { } number and not 22 ? $"[{login.Host}]:{number}" : login.Host;
        var next = login.HostKey is null ? $"run 'ssh-keygen -R \"{name}\"' and accept the new key" : "pin the new one by 'gantry endpoint test NAME'";
        return new(
            EndpointError.HostKey,
            $"The host key of {login.Server} has changed.{fingerprint} Somebody may be posing as this server: nothing was sent. If its owner confirms the change, {next}.");
    }

    private static EndpointException LoginRefused(SshMessages messages, SshLogin login)
    {
        var tried = (login.HasKey, login.Password is not null) switch
        {
            (true, true) => "this key and this password",
            (true, false) => "this key",
            (false, true) => "this password",
            _ => "the keys of the SSH agent and of ~/.ssh",
        };
        var methods = messages.Methods is { } accepted ? $" The server accepts: {accepted}." : "";
        var ofKey = messages.Lines.FirstOrDefault(line =>
            line.StartsWith("Load key", StringComparison.Ordinal)
            || line.StartsWith("Identity file", StringComparison.Ordinal)
            || line.Contains("UNPROTECTED PRIVATE KEY", StringComparison.Ordinal));
        return new(
            EndpointError.LoginRefused,
            $"{login.Server} refuses the login with {tried}.{methods}{Reason(login, ofKey)} Check the user's name and the settings 'password', 'key' and 'key_file'.");
    }

    private static string Reason(SshLogin login, string? ofKey) =>
        SshKeyTrouble.Of(login) is { } trouble ? " " + trouble : ofKey is null ? "" : $" ssh says: {WithoutPaths(ofKey)}";

    private static string Words(SshMessages messages) =>
        messages.Lines.LastOrDefault(line => !line.StartsWith("Warning:", StringComparison.Ordinal)) is { } line ? $"ssh says: {WithoutPaths(line)}" : "";

    // The name that a key in memory has is of no use to anybody.
    private static string WithoutPaths(string line) =>
        System.Text.RegularExpressions.Regex.Replace(
            line, "\"?/proc/[0-9]+/fd/[0-9]+\"?", "the given key", System.Text.RegularExpressions.RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
}
