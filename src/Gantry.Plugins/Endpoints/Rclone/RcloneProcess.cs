using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>`rclone serve sftp --stdio` as the pipe to whatever rclone reaches.</summary>
internal sealed class RcloneProcess : ProcessPipe
{
    /// <summary>The remote that is served: an alias in the environment, so that no argument tells where the files are.</summary>
    public const string ServedName = "gantry_served";

    /// <summary>Its SFTP library takes packets of up to 256 KiB, heads included.</summary>
    private const int WriteBytesMax = 128 * 1024;

    private static readonly (int Major, int Minor) versionMin = (1, 60);

    /// <summary>Variables that rclone gets when it works for others: what finds programs, names and certificates, and nothing of an account.</summary>
    private static readonly string[] kept = ["PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "RCLONE_CONFIG_PASS"];

    private readonly RcloneRemote remote;
    private readonly RcloneMessages messages;
    private readonly string user;
    private readonly string password;
    private RcloneControl? control;

    private RcloneProcess(ChildProcess process, RcloneRemote remote, string user, string password, TimeProvider clock)
        : base(process, clock)
    {
        this.remote = remote;
        this.user = user;
        this.password = password;
        messages = new RcloneMessages(new StreamReader(process.Errors));
    }

    /// <summary>Its remote control; there once <see cref="ReadyAsync"/> has answered.</summary>
    public RcloneControl Control => control ?? throw new InvalidOperationException("rclone is not ready yet.");

    /// <summary>Starts it. Whether it can do what it is for, <see cref="ReadyAsync"/> tells.</summary>
    public static RcloneProcess Start(RcloneRemote remote, TimeProvider clock)
    {
        var searchPath = Environment.GetEnvironmentVariable("PATH");
        var rclone = RclonePrograms.Rclone(searchPath);
        var (user, password) = (RandomNumberGenerator.GetHexString(32, lowercase: true), RandomNumberGenerator.GetHexString(32, lowercase: true));
        var environment = EnvironmentOf(remote);
        environment["RCLONE_RC_USER"] = user;
        environment["RCLONE_RC_PASS"] = password;

        // A relative path of rclone's local remotes means the user's own folder.
        var process = ChildProcess.Start(rclone, ArgumentsOf(remote), environment, remote.IsForUser ? Environment.CurrentDirectory : "/");
        return new RcloneProcess(process, remote, user, password, clock);
    }

    /// <summary>
    /// Waits until it runs, knows its remote and has reached it, and answers what that can do. Fails with what stands in the way, NotAFolder when
    /// the path is a file's; a folder that is not there is no failure here.
    /// </summary>
    public async Task<RcloneFeatures> ReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var uri = await messages.Control.WaitAsync(cancellationToken).ConfigureAwait(false) ?? throw new EndpointException(
                EndpointError.Disconnected, $"The rclone for {remote.Address} did not start.", isTransient: true);
            control = new RcloneControl(uri, user, password, remote.Address);
            var version = await control.VersionAsync(cancellationToken).ConfigureAwait(false);
            if (version.CompareTo(versionMin) < 0)
            {
                throw new EndpointException(
                    EndpointError.NotSupported,
                    $"The rclone here has the version {version.Major}.{version.Minor}, and {versionMin.Major}.{versionMin.Minor} or later is needed: see https://rclone.org/downloads.");
            }

            var features = await control.FeaturesAsync(cancellationToken).ConfigureAwait(false);
            _ = await control.FindAsync("", cancellationToken).ConfigureAwait(false);
            return features;
        }
        catch (EndpointException lost) when (lost.Error == EndpointError.Disconnected && lost.InnerException is not EndpointException)
        {
            throw await ExplainAsync(lost).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Rclone removes what a rename would replace, and only then renames, whatever extension it names. Its answer to closing a file is its system's to the upload.
    /// </summary>
    public override SftpServer Describe(SftpServer told) => told with
    {
        Extensions = told.Extensions.Where(name => name != SftpWire.PosixRename).ToHashSet(StringComparer.Ordinal),
        ReplacesByDeleting = true,
        StoresAtClose = true,
        WriteBytesMax = WriteBytesMax,
    };

    public override async ValueTask<EndpointException> ExplainAsync(EndpointException reason)
    {
        await WaitForLastWordsAsync(messages.Ended).ConfigureAwait(false);
        var words = messages.Last;
        var told = RcloneErrors.Of(words, $"{remote.Address} cannot be reached", reason);
        return told.Error != EndpointError.Other
            ? told
            : new EndpointException(
                EndpointError.Disconnected,
                words.Length == 0 ? $"The rclone for {remote.Address} ended." : $"The rclone for {remote.Address} ended. It says: {words}",
                isTransient: !words.Contains("Failed to create file system", StringComparison.Ordinal),
                reason);
    }

    public override async ValueTask DisposeAsync()
    {
        control?.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What rclone gets to read: the remote, its configuration, and of this process's environment what it needs.</summary>
    public static Dictionary<string, string> EnvironmentOf(RcloneRemote remote)
    {
        // A flag in the user's environment could hide files (filters), pretend (dry run) or answer before the remote has the file (caches); a remote or the way to
        // rclone.conf is no flag.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var (name, value) = ((string)variable.Key, (string)variable.Value!);
            var isRclones = name.StartsWith("RCLONE_", StringComparison.Ordinal);
            if (remote.IsForUser ? !isRclones || name.StartsWith("RCLONE_CONFIG", StringComparison.Ordinal) : kept.Contains(name, StringComparer.Ordinal))
            {
                environment[name] = value;
            }
        }

        environment["LC_ALL"] = "C";

        // Later ones have a temporary name of their own for each upload, where we have ours. It is no flag of 1.60.
        environment["RCLONE_INPLACE"] = "true";

        // Its SMB client takes megabytes of memory anew for each file, so that half of its work was giving them back: it may wait with that for so long.
        environment["GOGC"] = "400";
        environment["GOMEMLIMIT"] = "128MiB";
        if (remote.ConfigFile is not "")
        {
            // This name stands for a file in memory: https://rclone.org/docs/#config-config-file
            environment["RCLONE_CONFIG"] = remote.ConfigFile ?? "/notfound";
        }

        if (remote.AuthoritiesFile is { } authorities)
        {
            environment["RCLONE_CA_CERT"] = authorities;
        }

        SetRemote(environment, ServedName, new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = "alias", ["remote"] = remote.Whole });
        SetRemote(environment, RcloneRemote.OwnName, remote.Options);
        return environment;
    }

    private static void SetRemote(Dictionary<string, string> environment, string name, IReadOnlyDictionary<string, string> options)
    {
        foreach (var (option, value) in options)
        {
            environment[$"RCLONE_CONFIG_{name}_{option}".ToUpperInvariant()] = value;
        }
    }

    /// <summary>As Go reads durations.</summary>
    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");

    private static string[] ArgumentsOf(RcloneRemote remote) =>
    [
        "serve", "sftp", "--stdio",

        // Port 0: the system gives a free one, which rclone then says.
        "--rc", "--rc-addr", "127.0.0.1:0",
        "--log-level", "NOTICE", "--stats", "0",

        // Without a cache, closing a file waits for its upload and answers with the upload's failure. With one, it answers when this machine's disk has the file.
        "--vfs-cache-mode", "off",

        // What it knows of a folder it keeps, since it changes only through us; RcloneControl.ForgetAsync makes it look again.
        "--dir-cache-time", "24h", "--poll-interval", "0",

        // Eight threads take our reads, which may overtake each other: each waits for those before it, at a slow remote long, since otherwise the reading begins anew
        // elsewhere. What is asked behind the end of a file waits in vain, so that it is not for ever. Writes do not overtake each other.
        "--vfs-read-wait", "500ms",

        // A file is read by one request, not by one for each so many bytes. What is read ahead is asked for by us.
        "--vfs-read-chunk-size", "off", "--buffer-size", "4M",
        // What RcloneControl writes goes where nothing stands, which has been looked at.
        "--no-check-dest",
        "--contimeout", Milliseconds(RcloneTimeout.ToConnect(remote.Timeout)), "--timeout", Milliseconds(remote.Timeout),
        "--low-level-retries", remote.Tries.ToString(CultureInfo.InvariantCulture),
        .. remote.Streams ? (string[])["--streaming-upload-cutoff", "0"] : [],
        ServedName + ":",
    ];
}
