namespace Gantry.Hub.Operations;

/// <summary>One setting of the hub, described once: the table makes the checks, the help text and docs/settings.md.</summary>
/// <param name="Name">As it is written in gantry.yaml; the flag is --name with '-', the variable GANTRY_NAME.</param>
/// <param name="Default">What holds when it is not given; null means that there is none.</param>
internal sealed record HubSetting(string Name, string? Default, string Help)
{
    public string Flag => "--" + Name.Replace('_', '-');

    public string Variable => "GANTRY_" + Name.ToUpperInvariant();

    /// <summary>A secret is not taken as a flag: everybody on the machine sees those.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Set when the value is the path of a file that holds the value of this other setting.</summary>
    public HubSetting? Holds { get; init; }

    /// <summary>The setting that names a file with this one's value: containers are given their secrets so.</summary>
    public HubSetting InFile() => new(Name + "_file", null, $"A file that holds the setting {Name} instead, such as a mounted secret. Nobody but the hub's user and its group may read it.")
    { Holds = this };
}

/// <summary>Every setting, in the order in which it is documented.</summary>
internal static class HubSettings
{
    public static readonly HubSetting Data = new("data", "~/.local/share/gantry",
        "The folder in which everything rests: the private database, logs, gantry.yaml. One hub at a time uses it.");

    public static readonly HubSetting Listen = new("listen", "http://127.0.0.1:7300",
        "Where the hub listens. Port 0 takes a free one.");

    public static readonly HubSetting Database = new("database", null,
        "An administrator's connection string of a PostgreSQL to use, as postgresql://user:password@host/database. Without it the hub starts a private one. A hub opens at most two fifths of the connections that this server lets in (and never more than 90), so that two hubs fit; its Maximum Pool Size, if given, bounds each of the two pools instead.")
    { IsSecret = true };

    public static readonly HubSetting DatabaseOwner = new("database_owner", null,
        "An administrator's connection string for preparing and migrating the database, when GANTRY_DATABASE is that of gantry_hub.")
    { IsSecret = true };

    public static readonly HubSetting AdminPassword = new("admin_password", null,
        "The first administrator's password. Without it the hub makes one and prints it once. Later starts do not look at it.")
    { IsSecret = true };

    public static readonly HubSetting MasterKey = new("master_key", null,
        "The key that seals all credentials: 32 random bytes in base64 or hexadecimal. Several are separated by commas, the newest first. Without it the hub makes one in 'master.key' in its data folder, when it has nothing sealed yet.")
    { IsSecret = true };

    public static readonly HubSetting MasterKeyFile = new("master_key_file", null,
        "A file that holds the master key instead, one key a line, the newest first. Nobody but the hub's user may change it, and nobody but that user and its group may read it.");

    public static readonly HubSetting DatabaseFile = Database.InFile();

    public static readonly HubSetting DatabaseOwnerFile = DatabaseOwner.InFile();

    public static readonly HubSetting AdminPasswordFile = AdminPassword.InFile();

    public static readonly HubSetting LogDir = new("log_dir", null,
        "The folder for log files. Without it /var/log/gantry when the hub may write there, otherwise 'logs' in the data folder. A folder belongs to the hub that uses it first; one with another data folder writes to a folder of its own in it.");

    public static readonly HubSetting LogLevel = new("log_level", "information",
        "The least level that is logged: debug, information, warning or error.");

    public static readonly HubSetting LogFileMegabytes = new("log_file_megabytes", "20",
        "The size at which a log file is closed and the next one begun.");

    public static readonly HubSetting LogFiles = new("log_files", "10",
        "How many closed log files are kept.");

    public static readonly HubSetting BodyMegabytes = new("body_megabytes", "16",
        "The largest request body that is accepted; a larger one is refused before it is read.");

    public static readonly HubSetting RequestsPerKey = new("requests_per_key", "600000",
        "How many requests a minute one API key may send; those of ten seconds may come at once. More are answered with 429.");

    public static readonly HubSetting RequestsPerUser = new("requests_per_user", "600000",
        "How many requests a minute one user may send, by keys and sessions together.");

    public static readonly HubSetting RequestsPerAddress = new("requests_per_address", "6000",
        "How many requests a minute may come from one address (of IPv6 from one /64) without being signed in.");

    public static readonly HubSetting RequestsPerWebhook = new("requests_per_webhook", "600000",
        "How many calls a minute one webhook takes; those of ten seconds may come at once.");

    public static readonly HubSetting StreamsPerUser = new("streams_per_user", "50",
        "How many event streams one user may have open.");

    public static readonly HubSetting CorsOrigins = new("cors_origins", null,
        "Origins of pages elsewhere that may use the API, as https://app.example.org, separated by commas; never with the cookie. Without it none.");

    public static readonly HubSetting TrustedProxies = new("trusted_proxies", null,
        "Addresses or networks of proxies whose X-Forwarded-For, -Proto and -Host are believed, separated by commas. Without it nobody's are.");

    public static readonly HubSetting SessionHours = new("session_hours", "168",
        "How long a sign-in lasts. One with access tokens ends then, too, however often they are refreshed.");

    public static readonly HubSetting TokenMinutes = new("token_minutes", "15",
        "How long an access token lasts until it has to be refreshed.");

    public static readonly HubSetting TokenKeyDays = new("token_key_days", "30",
        "After how long the key that signs access tokens is replaced. Tokens signed before go on until they expire.");

    public static readonly HubSetting DrainSeconds = new("drain_seconds", "20",
        "How long requests and steps may go on after the hub was told to stop.");

    public static readonly HubSetting LocalRoots = new("local_roots", null,
        "Folders joined by ':', below which users who are no administrators may name local paths. Without it none.");

    public static readonly HubSetting SshConfig = new("ssh_config", null,
        "The ssh_config that SFTP endpoints use. Without it none is read: an ssh_config can start programs.");

    public static readonly HubSetting RcloneConfig = new("rclone_config", null,
        "The rclone.conf whose remotes endpoints of the kind 'rclone' may name. Without it none; a remote that is a folder of this machine is for administrators only.");

    public static readonly HubSetting RunsMax = new("runs_max", "1000",
        "How many executions run at once; the others wait.");

    public static readonly HubSetting ExecutionLogDays = new("execution_log_days", "90",
        "How long the lines that executions log are kept.");

    public static readonly HubSetting ExecutionFileMegabytes = new("execution_file_megabytes", "1024",
        "The largest file that an execution keeps: of what a step is answered with and has no place for. Files are kept as long as logs.");

    public static readonly HubSetting EventDays = new("event_days", "90",
        "How long the events that triggers saw are kept.");

    public static readonly HubSetting EgressAllow = new("egress_allow", null,
        "Addresses of this machine or of private networks that plans may reach, as host:port, separated by commas.");

    public static readonly HubSetting ProgramsAllow = new("programs_allow", null,
        "Programs of this machine that plans may run by command.run, as absolute paths joined by ':'. Without it none. One that runs others (sh, env, find) allows everything.");

    public static IReadOnlyList<HubSetting> All { get; } =
    [
        Data, Listen, Database, DatabaseFile, DatabaseOwner, DatabaseOwnerFile, AdminPassword, AdminPasswordFile, MasterKey, MasterKeyFile,
        LogDir, LogLevel, LogFileMegabytes, LogFiles, BodyMegabytes, RequestsPerKey, RequestsPerUser, RequestsPerAddress, RequestsPerWebhook, StreamsPerUser,
        CorsOrigins, TrustedProxies, SessionHours, TokenMinutes, TokenKeyDays, DrainSeconds,
        LocalRoots, SshConfig, RcloneConfig, RunsMax, ExecutionLogDays, ExecutionFileMegabytes, EventDays, EgressAllow, ProgramsAllow,
    ];
}
