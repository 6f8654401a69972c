using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Gantry.TestServers;

/// <summary>A real Dovecot on 127.0.0.1, with a port in plain that offers STARTTLS and one with TLS. Every user whose mail was put there signs in by the one password.</summary>
public sealed class ImapMailServer : ServerProgram
{
    public const string Password = "p4ssw\u00f6rd";

    private const string Program = "/usr/sbin/dovecot";
    private const string Owner = "dovecot";

    private int users;

    private ImapMailServer()
    {
    }

    public int TlsPort { get; } = LocalPort.Free();

    /// <summary>Without Dovecot the test is skipped; it fails when CI=true.</summary>
    public static async Task<ImapMailServer> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program) && Directory.Exists("/usr/lib/dovecot") && File.Exists("/usr/lib/dovecot/imap"), "Dovecot is not installed (apt-get install dovecot-imapd).");
        var server = new ImapMailServer();
        server.WriteSettings();
        var started = server.Run(Process.Start(new ProcessStartInfo(Program, ["-F", "-c", server.Folder["dovecot.conf"]]) { RedirectStandardError = true, UseShellExecute = false })!);
        var said = started.StandardError.ReadToEndAsync();
        if (await LocalPort.OpensAsync(server.Port, started))
        {
            return server;
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("Dovecot did not start: " + await said);
    }

    /// <summary>A new user with these messages, which arrived one day after the other from 2026-01-01 on and have the UIDs 1, 2 and so on.</summary>
    public string AddUser(params byte[][] messages)
    {
        var user = $"user{Interlocked.Increment(ref users).ToString(CultureInfo.InvariantCulture)}@example.org";
        foreach (var part in new[] { "", "/cur", "/new", "/tmp" })
        {
            Folder.Folder($"mail/{user}/Maildir{part}");
        }

        var day = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        foreach (var (index, message) in messages.Index())
        {
            var file = Folder[$"mail/{user}/Maildir/new/{(1_000_000 + index).ToString(CultureInfo.InvariantCulture)}.m{index.ToString(CultureInfo.InvariantCulture)}"];
            File.WriteAllBytes(file, message);
            File.SetLastWriteTimeUtc(file, day.AddDays(index).UtcDateTime);
        }

        OpenToAll(Folder[$"mail/{user}"]);
        return user;
    }

    /// <summary>The server reads and writes as a user of its own.</summary>
    private static void OpenToAll(string path)
    {
        const UnixFileMode All = (UnixFileMode)0x1FF;
        foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Append(path))
        {
            File.SetUnixFileMode(entry, All);
        }
    }

    private void WriteSettings()
    {
        File.SetUnixFileMode(Folder.Path, (UnixFileMode)0x1ED);
        OpenToAll(Folder.Folder("mail"));
        var isRoot = Environment.UserName == "root";
        var owner = isRoot ? Owner : Environment.UserName;
        var own = isRoot ? "" : $"default_internal_user = {owner}\ndefault_login_user = {owner}\n";
        Folder.WriteFile("dovecot.conf", new StringBuilder(own).Append($$"""
            base_dir = {{Folder["run"]}}
            state_dir = {{Folder["state"]}}
            log_path = /dev/stderr
            protocols = imap
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <{{Certificate.File}}
            ssl_key = <{{Certificate.KeyFile}}
            disable_plaintext_auth = no
            auth_failure_delay = 0
            mail_location = maildir:%h/Maildir
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid={{owner}} gid={{owner}} home={{Folder["mail"]}}/%u
            }
            first_valid_uid = 1
            mail_max_userip_connections = 100
            service imap-login {
              chroot =
              inet_listener imap {
                port = {{Port.ToString(CultureInfo.InvariantCulture)}}
              }
              inet_listener imaps {
                port = {{TlsPort.ToString(CultureInfo.InvariantCulture)}}
                ssl = yes
              }
            }
            service anvil {
              chroot =
            }

            """).ToString());
    }
}
