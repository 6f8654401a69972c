using System.Text;

namespace Gantry.Hub.Database;

/// <summary>Where the private PostgreSQL keeps what: its files, its socket, its settings, its log.</summary>
internal sealed class PostgresFolders(string dataFolder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int SocketPathMax = 107;

    private readonly string root = Path.Combine(dataFolder, "postgres");

    public string Database => Path.Combine(root, "data");

    public string NewDatabase => Path.Combine(root, "data.new");

    public string Settings => Path.Combine(root, "postgresql.conf");

    public string Logs => Path.Combine(dataFolder, "logs", "postgres");

    /// <summary>The name of a socket is limited by the system; below a very deep data folder it goes to a short one.</summary>
    public string Socket { get; private set; } = "";

    private string SocketNote => Path.Combine(root, "socket-folder");

    public void Prepare(PostgresUser user)
    {
        Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.GroupRead);
        Directory.CreateDirectory(Path.GetDirectoryName(Logs)!, OwnerOnly | UnixFileMode.GroupExecute);
        foreach (var folder in new[] { root, Path.GetDirectoryName(Logs)! })
        {
            // The database's group may pass; nobody else gains anything. What belongs to a user stays that user's.
            if (user.IsOther && Posix.StatusOf(folder)?.User == 0) Posix.ChangeOwner(folder, 0, user.Group);
        }

        MakePrivate(Logs, user);
        Socket = Path.Combine(root, "socket");
        var fits = Encoding.UTF8.GetByteCount(Socket) + "/.s.PGSQL.5432.lock".Length <= SocketPathMax;

        // In a connection string a comma or colon in the host begins another one.
        if (fits && Socket.IndexOfAny([',', ':']) < 0) MakePrivate(Socket, user);
        else Socket = TemporarySocketFolder(user);
    }

    public void PrepareNewDatabase(PostgresUser user)
    {
        if (Directory.Exists(NewDatabase)) Directory.Delete(NewDatabase, recursive: true);
        MakePrivate(NewDatabase, user);
    }

    /// <summary>Written anew at every start: what it says is the program's business, and peer authentication names who runs the hub now.</summary>
    public void WriteSettings(PostgresUser user, string hubUser, EmbeddedPostgresOptions options)
    {
        Write("pg_hba.conf", user, "# Written by Gantry at every start.\nlocal all all peer map=gantry\n");
        Write("pg_ident.conf", user, "# Written by Gantry at every start: who runs the hub may log in as each of its roles.\n" +
            string.Concat(new[] { EmbeddedPostgres.Administrator, DatabaseRoles.Hub, DatabaseRoles.Worker }
                .Select(role => $"gantry {Quote(hubUser, '"')} {role}\n")));
        Write("postgresql.conf", user, $"""
            # Written by Gantry at every start. Put nothing here: it would be lost.
            data_directory = {Quote(Database)}
            hba_file = {Quote(Path.Combine(root, "pg_hba.conf"))}
            ident_file = {Quote(Path.Combine(root, "pg_ident.conf"))}
            listen_addresses = ''
            unix_socket_directories = {Quote("\"" + Socket.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"")}
            unix_socket_permissions = 0700
            max_connections = {options.ConnectionsMax}
            shared_buffers = 128MB
            max_wal_size = 1GB
            wal_level = minimal
            max_wal_senders = 0
            checkpoint_timeout = 15min
            random_page_cost = 1.1
            jit = off
            fsync = {(options.IsDurable ? "on" : "off")}
            full_page_writes = {(options.IsDurable ? "on" : "off")}
            synchronous_commit = on
            idle_in_transaction_session_timeout = 10min
            timezone = 'UTC'

            # A log of what went wrong, without statements and values: they may bear secrets.
            log_timezone = 'UTC'
            logging_collector = on
            log_directory = {Quote(Logs)}
            log_filename = 'postgresql-%a.log'
            log_truncate_on_rotation = on
            log_rotation_age = 1d
            log_rotation_size = 0
            log_line_prefix = '%m [%p] '
            log_error_verbosity = terse
            log_min_error_statement = panic
            log_min_duration_statement = -1
            log_parameter_max_length = 0
            log_parameter_max_length_on_error = 0
            log_statement = none
            log_connections = off
            log_disconnections = off
            log_checkpoints = off

            """);
    }

    /// <summary>Removes the socket's folder when it is not below the data folder.</summary>
    public void RemoveTemporarySocketFolder()
    {
        if (!File.Exists(SocketNote)) return;
        if (Directory.Exists(Socket)) Directory.Delete(Socket, recursive: true);
        File.Delete(SocketNote);
    }

    private string TemporarySocketFolder(PostgresUser user)
    {
        // Kept while it is there: a PostgreSQL that outlived its hub listens in it.
        if (File.Exists(SocketNote) && File.ReadAllText(SocketNote) is var known && Posix.StatusOf(known)?.User == user.User) return known;
        var folder = Directory.CreateTempSubdirectory("gantry-").FullName;
        if (user.IsOther) Posix.ChangeOwner(folder, user.User, user.Group);
        File.WriteAllText(SocketNote, folder);
        return folder;
    }

    private static void MakePrivate(string folder, PostgresUser user)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        if (user.IsOther && Posix.StatusOf(folder)?.User != user.User) Posix.ChangeOwner(folder, user.User, user.Group);
    }

    private void Write(string name, PostgresUser user, string text)
    {
        var path = Path.Combine(root, name);
        File.Delete(path);
        using (var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        }))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        if (user.IsOther) Posix.ChangeOwner(path, 0, user.Group);
    }

    private static string Quote(string text, char mark = '\'') => mark + text
        .Replace("\\", mark == '\'' ? "\\\\" : "\\", StringComparison.Ordinal)
        .Replace(mark.ToString(), new string(mark, 2), StringComparison.Ordinal) + mark;
}
