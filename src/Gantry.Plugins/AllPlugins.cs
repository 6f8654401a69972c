using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Secrets;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Endpoints.S3;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Providers.Archive;
using Gantry.Plugins.Providers.Command;
using Gantry.Plugins.Providers.Csv;
using Gantry.Plugins.Providers.CustomApi;
using Gantry.Plugins.Providers.Date;
using Gantry.Plugins.Providers.Delay;
using Gantry.Plugins.Providers.Html;
using Gantry.Plugins.Providers.Http;
using Gantry.Plugins.Providers.Imap;
using Gantry.Plugins.Providers.Json;
using Gantry.Plugins.Providers.Logic;
using Gantry.Plugins.Providers.Markdown;
using Gantry.Plugins.Providers.Mcp;
using Gantry.Plugins.Providers.Mqtt;
using Gantry.Plugins.Providers.Mysql;
using Gantry.Plugins.Providers.Postgresql;
using Gantry.Plugins.Providers.Redis;
using Gantry.Plugins.Providers.Rss;
using Gantry.Plugins.Providers.Slack;
using Gantry.Plugins.Providers.Smtp;
using Gantry.Plugins.Providers.Ssh;
using Gantry.Plugins.Providers.Teams;
using Gantry.Plugins.Providers.Transfer;
using Gantry.Plugins.Providers.Transform;
using Gantry.Plugins.Providers.WaitFor;
using Gantry.Plugins.Providers.Webhook;
using Gantry.Plugins.Providers.Xml;
using Gantry.Plugins.SecretStores.Environment;
using Gantry.Plugins.SecretStores.File;
using Gantry.Plugins.SecretStores.HashiCorpVault;

namespace Gantry.Plugins;

/// <summary>Every plugin of this program, a line each. Each list is made when it is first asked for: small commands pay for nothing else.</summary>
public static class AllPlugins
{
    public static EndpointCatalog Endpoints => field ??= new(
    [
        new LocalKind(),
        new SftpKind(),
        new S3Kind(),
        new SmbKind(),
        new RcloneKind(),
        FtpKind.Ftp,
        FtpKind.Ftps,
    ]);

    /// <summary>The servers that a login can be tried at.</summary>
    public static IReadOnlyList<LoginProbe> Logins => field ??=
    [
        new FtpLogin(),
        new SftpLogin(),
    ];

    /// <summary>Where credentials can rest. A hub adds its database.</summary>
    public static IReadOnlyList<SecretStoreKind> SecretStores => field ??=
    [
        new FileSecretKind(),
        new EnvironmentSecretKind(),
        new HashiCorpVaultKind(),
    ];

    public static ProviderCatalog Providers => field ??= new(
    [
        new TransferProvider(),
        new HttpProvider(),
        new WebhookProvider(),
        new LogicProvider(),
        new CustomApiProvider(),
        new SmtpProvider(),
        new SlackProvider(),
        new TeamsProvider(),
        new PostgresqlProvider(),
        new SshProvider(),
        new CommandProvider(),
        new McpProvider(),
        new ArchiveProvider(),
        new WaitForProvider(),
        new CsvProvider(),
        new JsonProvider(),
        new XmlProvider(),
        new HtmlProvider(),
        new MarkdownProvider(),
        new RssProvider(),
        new DateProvider(),
        new RedisProvider(),
        new MqttProvider(),
        new DelayProvider(),
        new ServerFilesProvider("FTP / FTPS", FtpKind.Ftp),
        new ServerFilesProvider("SFTP", new SftpKind()),
        new TransformProvider([new JsonProvider(), new CsvProvider(), new XmlProvider()]),
        new MysqlProvider(),
        new ImapProvider(),
    ],
        ManifestLibrary.Of(typeof(AllPlugins).Assembly, "providers/"));
}
