using System.Diagnostics;
using System.Globalization;

namespace Gantry.TestServers;

/// <summary>A real MariaDB on 127.0.0.1, with and without TLS, whose users sign in by mysql_native_password; the user "reader" may only read.</summary>
public sealed class MariaDbServer : ServerProgram
{
    public const string User = "gantry_test";
    public const string Reader = "reader";
    public const string Password = "p4ss w\u00f6rd";

    private const string Program = "/usr/sbin/mariadbd";
    private const string Tables = "/usr/share/mysql/mysql_system_tables.sql";


    private MariaDbServer()
    {
    }

    /// <summary>Without MariaDB the test is skipped; it fails when CI=true.</summary>
    public static async Task<MariaDbServer> StartAsync()
    {
        SshServer.SkipOrFail(File.Exists(Program) && File.Exists(Tables), "MariaDB is not installed (apt-get install mariadb-server-core).");
        var server = new MariaDbServer();
        try
        {
            await server.MakeAsync();
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The system's tables and the users, as the server reads them on its input when it is asked to: a statement ends with its line.</summary>
    private async Task MakeAsync()
    {
        Folder.Folder("data");
        using var made = Start(["--bootstrap"]);
        _ = made.StandardOutput.ReadToEndAsync();
        var said = made.StandardError.ReadToEndAsync();
        var input = made.StandardInput;
        await input.WriteAsync("create database mysql;\nuse mysql;\n");
        await input.WriteAsync(await File.ReadAllTextAsync(Tables));
        await input.WriteAsync(UserSql(User, ulong.MaxValue) + UserSql(Reader, 1) + "create database shop character set utf8mb4;\n");
        input.Close();
        await made.WaitForExitAsync();
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException(await said);
        }
    }

    private static string UserSql(string name, ulong access) =>
        $"insert into mysql.global_priv (Host, User, Priv) values ('%', '{name}', json_object('access', {access.ToString(CultureInfo.InvariantCulture)}, 'plugin', 'mysql_native_password', 'authentication_string', password('{Password}')));\n";

    private async Task LaunchAsync()
    {
        var started = Start(
        [
            $"--port={Port.ToString(CultureInfo.InvariantCulture)}", "--bind-address=127.0.0.1", $"--socket={Folder["socket"]}", $"--pid-file={Folder["pid"]}", "--skip-name-resolve",
            $"--ssl-cert={Certificate.File}", $"--ssl-key={Certificate.KeyFile}", "--character-set-server=latin1", "--innodb-flush-log-at-trx-commit=0",
        ]);
        started.StandardInput.Close();
        _ = started.StandardOutput.ReadToEndAsync();
        await RunUntilAsync(started, program => program.StandardError, "ready for connections");
    }

    private Process Start(string[] more)
    {
        string[] arguments =
        [
            "--no-defaults", $"--datadir={Folder["data"]}", $"--tmpdir={Folder.Path}", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M",
            "--innodb-data-file-path=ibdata1:4M:autoextend", "--innodb-temp-data-file-path=ibtmp1:1M:autoextend", "--max-allowed-packet=32M",
            .. Environment.UserName == "root" ? ["--user=root"] : Array.Empty<string>(), .. more,
        ];
        return Process.Start(new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardInputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        })!;
    }
}
