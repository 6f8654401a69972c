using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using NLog;
using NLog.Config;
using NLog.Extensions.Logging;
using NLog.Layouts;
using NLog.Targets;

namespace Gantry.Hub.Operations;

/// <summary>
/// JSON lines, to standard error and to files that are closed at a size and kept in a number. Only named values of plain types are written;
/// a secret prints *** since that is its text, no object is ever taken apart, and what of a secret in use comes in by another's text is masked.
/// </summary>
internal sealed class HubLogging : IDisposable
{
    private const string SystemFolder = "/var/log/gantry";
    private const string FileName = "gantry.log";
    private const int FoldersMax = 100;

    // The names of people are nobody else's business.
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly LogFactory factory;
    private readonly IDisposable held;
    private readonly NLogLoggerProvider provider;

    private HubLogging(LogFactory factory, SystemLog lines, IDisposable held)
    {
        (this.factory, Lines, this.held) = (factory, lines, held);
        provider = new NLogLoggerProvider(new NLogProviderOptions { RemoveLoggerFactoryFilter = false, ShutdownOnDispose = false }, factory);
    }

    /// <summary>The newest lines, to be searched and followed.</summary>
    public SystemLog Lines { get; }

    /// <summary>Where the files are, for those who look for them.</summary>
    public static string FolderFor(HubConfiguration configuration)
    {
        if (configuration[HubSettings.LogDir] is { } given)
        {
            return Usable(given) ? given : throw new HubStartException(
                $"Log files cannot be written to '{given}' ({configuration.PlaceOf(HubSettings.LogDir)}). Make the folder writable for {Environment.UserName}, or choose another.");
        }

        return Usable(SystemFolder) ? SystemFolder : Path.Combine(configuration.DataFolder, "logs");
    }

    public static HubLogging Open(HubConfiguration configuration, SecretsInUse secrets)
    {
        var least = LevelOf(configuration);
        var layout = new MaskedLayout(Layout(), secrets);
        var size = configuration.Number(HubSettings.LogFileMegabytes, min: 1, max: 10_000) * 1024L * 1024L;
        var count = configuration.Number(HubSettings.LogFiles, min: 1, max: 10_000);
        var (file, held) = Claim(FolderFor(configuration), configuration.DataFolder);
        var lines = new SystemLog { File = file };
        lines.AddEarlier();
        var rules = new LoggingConfiguration();
        Target[] targets =
        [
            new ConsoleTarget("console") { Layout = layout, StdErr = true, AutoFlush = true },
            new FileTarget("file")
            {
                Layout = layout,
                FileName = NLog.Layouts.Layout.FromLiteral(file),
                ArchiveAboveSize = size,
                MaxArchiveFiles = count + 1, // NLog counts the open one as well.
                KeepFileOpen = true,
                AutoFlush = true,
            },
            new SystemLogTarget(lines) { Name = "memory", Layout = layout },
        ];
        foreach (var target in targets)
        {
            var rule = new LoggingRule("*", least, NLog.LogLevel.Fatal, target) { FilterDefaultAction = NLog.Filters.FilterResult.Log };
            rule.Filters.Add(new NLog.Filters.WhenMethodFilter(SayOnce));
            rules.LoggingRules.Add(rule);
        }

        return new HubLogging(new LogFactory { Configuration = rules }, lines, held);
    }

    public void AddTo(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Debug);
        logging.AddFilter("Microsoft", Microsoft.Extensions.Logging.LogLevel.Warning);
        logging.AddProvider(provider);
    }

    /// <summary>For what happens before there is a host.</summary>
    public Microsoft.Extensions.Logging.ILogger LoggerFor(string component) => provider.CreateLogger(component);

    public void Dispose()
    {
        provider.Dispose();
        factory.Shutdown();
        held.Dispose();
    }

    /// <summary>
    /// A file of this hub's own, now and at every later start: a log folder is that of the data folder whose hub came first, and the hub of another one has a folder
    /// of its own in it. Two that shared files would show and count each other's lines.
    /// </summary>
    private static (string File, IDisposable Lock) Claim(string folder, string dataFolder)
    {
        for (var number = 0; number < FoldersMax; number++)
        {
            // The same data folder once more is that of another container.
            var own = number switch
            {
                0 => folder,
                1 => Path.Combine(folder, NameOf(dataFolder)),
                _ => Path.Combine(folder, $"{NameOf(dataFolder)}-{number}"),
            };
            Directory.CreateDirectory(own, Folder);
            if (Hold(own, dataFolder) is { } held) return (Path.Combine(own, FileName), held);
        }

        throw new HubStartException($"{FoldersMax} hubs write their logs to '{folder}' already, or it cannot be written. Choose another folder with --log-dir.");
    }

    /// <summary>Null when the folder is another hub's.</summary>
    private static FileStream? Hold(string folder, string dataFolder)
    {
        try
        {
            // FileShare.None is an exclusive flock here.
            var held = new FileStream(Path.Combine(folder, $".{FileName}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var owner = new StreamReader(held).ReadToEnd();
            // What is in the data folder is its hub's, also after it was moved.
            if (owner.Length > 0 && owner != dataFolder && !folder.StartsWith(dataFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                held.Dispose();
                return null;
            }

            if (owner.Length == 0) held.Write(Encoding.UTF8.GetBytes(dataFolder));
            held.Flush();
            return held;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>"gantry-1c9f03ab": the last name in its path, and what tells it from others with the same.</summary>
    private static string NameOf(string dataFolder) =>
        $"{Path.GetFileName(dataFolder)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..8]}";

    /// <summary>Why a start failed is told by the program's last line, in words; the host's own report of it is a page of stack.</summary>
    private static NLog.Filters.FilterResult SayOnce(LogEventInfo entry) =>
        entry.LoggerName == "Microsoft.Extensions.Hosting.Internal.Host" && entry.Message.StartsWith("Hosting failed to start", StringComparison.Ordinal)
            ? NLog.Filters.FilterResult.Ignore : NLog.Filters.FilterResult.Neutral;

    private static JsonLayout Layout() => new()
    {
        SuppressSpaces = true,
        Attributes =
        {
            new JsonAttribute("time", "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.ffffffZ}"),
            new JsonAttribute("level", "${level:lowercase=true}"),
            new JsonAttribute("component", "${logger}"),
            new JsonAttribute("message", "${message}"),
            new JsonAttribute("execution", "${scopeproperty:execution}") { IncludeEmptyValue = false },
            new JsonAttribute("site", "${scopeproperty:site}") { IncludeEmptyValue = false },
            new JsonAttribute("exception", "${exception:format=ToString}") { IncludeEmptyValue = false },
            new JsonAttribute("fields", new JsonLayout { IncludeEventProperties = true, MaxRecursionLimit = 0, ExcludeEmptyProperties = true, SuppressSpaces = true }, encode: false),
        },
    };

    private static NLog.LogLevel LevelOf(HubConfiguration configuration) => configuration[HubSettings.LogLevel]!.ToLowerInvariant() switch
    {
        "debug" => NLog.LogLevel.Debug,
        "information" => NLog.LogLevel.Info,
        "warning" => NLog.LogLevel.Warn,
        "error" => NLog.LogLevel.Error,
        var other => throw new HubStartException(
            $"The setting log_level ({configuration.PlaceOf(HubSettings.LogLevel)}) is '{other}', but must be debug, information, warning or error."),
    };

    /// <summary>Tried and not asked: permissions have too many forms.</summary>
    private static bool Usable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, Folder);
            var probe = Path.Combine(folder, $".gantry-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Another layout's line without the secrets that are in use.</summary>
    private sealed class MaskedLayout(Layout lines, SecretsInUse secrets) : Layout
    {
        // NLog makes ready what it finds in the properties of a layout.
        public Layout Lines => lines;

        protected override string GetFormattedMessage(LogEventInfo logEvent) => secrets.Text(lines.Render(logEvent));
    }
}
