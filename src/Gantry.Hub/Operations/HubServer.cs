using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Keys;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gantry.Hub.Operations;

/// <summary>A hub that listens: its data folder held, its database open, its slices mapped. Disposing stops all of it, in the other order.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly DataFolderLock folder;
    private readonly DatabaseStart database;
    private readonly WebApplication app;
    private readonly HubLogging logs;
    private readonly Redactor ownSecrets;

    private HubServer(DataFolderLock folder, DatabaseStart database, WebApplication app, HubLogging logs, Redactor ownSecrets) =>
        (this.folder, this.database, this.app, this.logs, this.ownSecrets) = (folder, database, app, logs, ownSecrets);

    public string Address { get; private init; } = "";

    /// <summary>The first administrator's, to be printed once; null on every later start.</summary>
    public Secret? OneTimePassword { get; private init; }

    public IServiceProvider Services => app.Services;

    public EmbeddedPostgres? Postgres => database.Postgres;

    public static async Task<HubServer> StartAsync(HubConfiguration configuration, Action<IServiceCollection, HubConfiguration> addSlices,
        Action<WebApplication> mapSlices, CancellationToken cancellationToken)
    {
        var listen = ListenAddress.Check(configuration);
        var folder = DataFolderLock.Take(configuration.DataFolder);
        DatabaseStart? database = null;
        WebApplication? app = null;
        HubLogging? logs = null;
        SecretsInUse secretsInUse = new();
        var ownSecrets = configuration.MaskSecrets(secretsInUse);
        try
        {
            logs = HubLogging.Open(configuration, secretsInUse);
            var options = new DatabaseOptions(configuration.DataFolder, configuration[HubSettings.Database], configuration[HubSettings.DatabaseOwner]);
            var opening = DatabaseStart.OpenAsync(options, TimeProvider.System, logs.LoggerFor("Gantry.Hub.Database"), cancellationToken);
            var builder = NewBuilder(configuration, logs);
            database = await opening;
            builder.Services.AddSingleton(database.Database);
            builder.Services.AddSingleton(secretsInUse);
            addSlices(builder.Services, configuration);
            app = builder.Build();
            app.Urls.Add(listen);
            Map(app, mapSlices);
            await app.StartAsync(cancellationToken);

            // Only now, since a start that fails must not make a password that nobody gets to see.
            var password = await FirstAdministrator.EnsureAsync(database.Database, app.Services.GetRequiredService<Passwords>(), TimeProvider.System,
                configuration[HubSettings.AdminPassword], cancellationToken);
            await new Demonstration(configuration, database.Database).EnsureAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            folder.Write(address);
            return new HubServer(folder, database, app, logs, ownSecrets)
            {
                OneTimePassword = password is null ? null : new Secret(password),
                Address = address,
            };
        }
        catch (Exception exception)
        {
            if (app is not null)
            {
                // Those that had begun when another failed end before the database does.
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }

            if (database is not null) await database.DisposeAsync();
            logs?.Dispose();
            ownSecrets.Dispose();
            folder.Dispose();
            if (ListenAddress.Explain(listen, exception) is { } reason) throw new HubStartException(reason, exception);
            throw;
        }
    }

    /// <summary>Returns when the hub was told to stop.</summary>
    public Task WaitForShutdownAsync() => app.WaitForShutdownAsync();

    /// <summary>Requests and steps under way may end, for as long as the setting drain_seconds says.</summary>
    public void Stop() => app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await database.DisposeAsync();
        logs.Dispose();
        ownSecrets.Dispose();
        folder.Dispose();
    }

    private static WebApplicationBuilder NewBuilder(HubConfiguration configuration, HubLogging logs)
    {
        // Empty: no appsettings.json of whatever folder it is started in, no variables of ASP.NET, nothing that watches files.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        logs.AddTo(builder.Logging);
        var drain = TimeSpan.FromSeconds(configuration.Number(HubSettings.DrainSeconds, min: 0, max: 3600));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(logs.Lines);
        builder.Services.AddKeys(new KeyOptions(configuration.DataFolder, TimeSpan.FromDays(configuration.Number(HubSettings.TokenKeyDays, min: 1, max: 365))));
        builder.Services.AddAudit();
        builder.Services.AddWeb(new WebOptions
        {
            BodyBytesMax = configuration.Number(HubSettings.BodyMegabytes, min: 1, max: 1024) * 1024L * 1024L,
            CorsOrigins = WebOptions.ReadOrigins(configuration[HubSettings.CorsOrigins]),
            TrustedProxies = WebOptions.ReadProxies(configuration[HubSettings.TrustedProxies]),
            PerMinuteOfKey = configuration.Number(HubSettings.RequestsPerKey, min: 1, max: int.MaxValue),
            PerMinuteOfUser = configuration.Number(HubSettings.RequestsPerUser, min: 1, max: int.MaxValue),
            PerMinuteOfAddress = configuration.Number(HubSettings.RequestsPerAddress, min: 1, max: int.MaxValue),
            StreamsOfUser = configuration.Number(HubSettings.StreamsPerUser, min: 1, max: 10_000),
        });
        builder.Services.AddAccounts(new AccountOptions(
            TimeSpan.FromHours(configuration.Number(HubSettings.SessionHours, min: 1, max: 24 * 365)),
            TimeSpan.FromMinutes(configuration.Number(HubSettings.TokenMinutes, min: 1, max: 60))));
        return builder;
    }

    private static void Map(WebApplication app, Action<WebApplication> mapSlices)
    {
        app.UseWeb();
        app.UseAccounts();
        app.UseUiPages(UiFiles.Find());
        app.MapHealth();
        app.MapSystemLog();
        app.MapSettings();
        app.MapAudit();
        app.MapAccounts();
        mapSlices(app);
        app.CheckAccess();
    }
}
