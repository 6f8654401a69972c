using System.Globalization;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>The command line of ssh: nothing that could run a program, forward a port or ask a person.</summary>
internal static class SshArguments
{
    /// <param name="login">Where and as whom.</param>
    /// <param name="secrets">What it needs for that.</param>
    /// <param name="ciphers">The first choice; null leaves it to ssh.</param>
    /// <param name="command">What the login's shell is to run; null asks for the SFTP subsystem.</param>
    public static IEnumerable<string> Of(SshLogin login, SshSecrets secrets, string? ciphers, string? command = null)
    {
        if (login.ConfigFile is null)
        {
            yield return "-F";
            yield return "none";
        }
        else if (login.ConfigFile.Length > 0)
        {
            yield return "-F";
            yield return login.ConfigFile;
        }

        foreach (var option in Options(login, secrets, ciphers))
        {
            yield return "-o";
            yield return option;
        }

        if (login.Port is { } port)
        {
            yield return "-p";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }

        if (login.User is { } user)
        {
            yield return "-l";
            yield return user;
        }

        if (secrets.KeyPath is { } key)
        {
            // ssh expands '%' after '-i' only once it has found a file of the unexpanded name, so that the option has to say it.
            yield return key.Contains('%', StringComparison.Ordinal) ? "-o" : "-i";
            yield return key.Contains('%', StringComparison.Ordinal) ? $"IdentityFile={Quoted(key.Replace("%", "%%", StringComparison.Ordinal))}" : key;
        }

        if (command is null)
        {
            yield return "-s";
        }

        yield return "--";
        yield return login.Host;
        yield return command ?? "sftp";
    }

    private static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<string> Options(SshLogin login, SshSecrets secrets, string? ciphers)
    {
        // Its debug messages tell the phase and the host key's fingerprint when something goes wrong.
        yield return "LogLevel=DEBUG1";
        yield return login.LearnsHostKey ? "StrictHostKeyChecking=accept-new" : "StrictHostKeyChecking=yes";
        yield return "UpdateHostKeys=no";
        yield return "VisualHostKey=no";
        yield return "ClearAllForwardings=yes";
        yield return "ForwardAgent=no";
        yield return "ForwardX11=no";
        yield return "PermitLocalCommand=no";
        yield return "RequestTTY=no";
        yield return "RemoteCommand=none";
        yield return "EscapeChar=none";
        yield return "ForkAfterAuthentication=no";
        yield return "StdinNull=no";
        yield return "Compression=no";
        yield return "ConnectTimeout=20";
        yield return "ServerAliveInterval=15";
        yield return "ServerAliveCountMax=3";

        // Never the master of others, who would lose their connection with ours. A user's own running master may be used.
        yield return "ControlMaster=no";
        if (login.ConfigFile is not "" || login.HostKey is not null || login.LearnsHostKey)
        {
            yield return "ControlPath=none";
        }

        foreach (var option in AddressOptions(login))
        {
            yield return option;
        }

        foreach (var option in LoginOptions(login).Concat(HostKeyOptions(login, secrets)))
        {
            yield return option;
        }

        if (ciphers is not null)
        {
            yield return $"Ciphers={ciphers}";
        }
    }

    /// <summary>
    /// Exactly this address is dialled, directly; the host's key is still looked up under its name. The first value that ssh hears of an option holds, so that what an
    /// ssh_config says does not count.
    /// </summary>
    private static IEnumerable<string> AddressOptions(SshLogin login)
    {
        if (login.Address is not { } address)
        {
            yield break;
        }

        yield return $"HostName={address}";
        yield return "ProxyJump=none";
        yield return "ProxyCommand=none";
        yield return "CanonicalizeHostname=no";
        if (login.HostKeyType is null)
        {
            yield return $"HostKeyAlias={login.KnownAs}";
        }
    }

    private static IEnumerable<string> LoginOptions(SshLogin login)
    {
        if (login.HasPrompts)
        {
            yield return "BatchMode=no";
            yield return "NumberOfPasswordPrompts=1";
        }
        else
        {
            yield return "BatchMode=yes";
        }

        if (login.HasKey)
        {
            yield return "IdentitiesOnly=yes";
        }
        else if (!login.UsesOwnKeys)
        {
            yield return "IdentityFile=none";
        }

        if (!login.UsesOwnKeys)
        {
            yield return "IdentityAgent=none";
        }

        if (login.Password is not null)
        {
            // Without a key of its own, the agent's keys would only use up the server's patience.
            yield return login.HasKey
                ? "PreferredAuthentications=publickey,password,keyboard-interactive"
                : "PreferredAuthentications=password,keyboard-interactive";
        }
        else if (login.HasKey)
        {
            yield return "PreferredAuthentications=publickey";
        }
    }

    private static IEnumerable<string> HostKeyOptions(SshLogin login, SshSecrets secrets)
    {
        if (secrets.KnownHostsPath is { } knownHosts)
        {
            yield return $"UserKnownHostsFile=\"{knownHosts.Replace("%", "%%", StringComparison.Ordinal)}\"";
        }

        if (login.HostKey is not null || login.LearnsHostKey)
        {
            yield return "GlobalKnownHostsFile=/dev/null";
            yield return "KnownHostsCommand=none";
            yield return "VerifyHostKeyDNS=no";
            yield return "CheckHostIP=no";
        }

        if (login.HostKeyType is { } type)
        {
            yield return $"HostKeyAlias={SshSecrets.PinnedName}";
            yield return $"HostKeyAlgorithms={(type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type)}";
        }
    }
}
