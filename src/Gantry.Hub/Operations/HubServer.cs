using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
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
    private readonly (NLog.LogFactory Factory, IDisposable Lock) logs;

    private HubServer(DataFolderLock folder, DatabaseStart database, WebApplication app, (NLog.LogFactory Factory, IDisposable Lock) logs) =>
        (this.folder, this.database, this.app, this.logs) = (folder, database, app, logs);

    public string Address { get; private init; } = "";

    /// <summary>The first administrator's, to be printed once; null on every later start.</summary>
    public Secret? OneTimePassword { get; private init; }

    public IServiceProvider Services => app.Services;

    public EmbeddedPostgres? Postgres => database.Postgres;

    public static async Task<HubServer> StartAsync(HubConfiguration configuration, Action<IServiceCollection, HubConfiguration> addSlices,
        Action<WebApplication> mapSlices, CancellationToken cancellationToken)
    {
        var folder = DataFolderLock.Take(configuration.DataFolder);
        DatabaseStart? database = null;
        WebApplication? app = null;
        (NLog.LogFactory Factory, IDisposable Lock)? logs = null;
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(configuration);
            var options = new DatabaseOptions(configuration.DataFolder, configuration[HubSettings.Database], configuration[HubSettings.DatabaseOwner]);
            var log = HubLogging.AddTo(builder.Logging, configuration);
            logs = log;
            var logger = new NLog.Extensions.Logging.NLogLoggerFactory(new NLog.Extensions.Logging.NLogLoggerProvider(
                new NLog.Extensions.Logging.NLogProviderOptions(), log.Factory)).CreateLogger("Gantry.Hub.Database");
            database = await DatabaseStart.OpenAsync(options, TimeProvider.System, logger, cancellationToken);

            builder.Services.AddSingleton(database.Database);
            builder.Services.AddWeb(configuration.Number(HubSettings.BodyMegabytes, min: 1, max: 1024) * 1024L * 1024L);
            builder.Services.AddAccounts(new AccountOptions(TimeSpan.FromHours(configuration.Number(HubSettings.SessionHours, min: 1, max: 24 * 365))));
            addSlices(builder.Services, configuration);
            app = builder.Build();
            app.Urls.Add(configuration[HubSettings.Listen]!);
            app.UseWeb();
            app.UseAccounts();
            app.MapHealth();
            app.MapAudit();
            app.MapAccounts();
            mapSlices(app);
            app.CheckAccess();
            var password = await FirstAdministrator.EnsureAsync(database.Database, app.Services.GetRequiredService<Passwords>(), TimeProvider.System,
                configuration[HubSettings.AdminPassword], cancellationToken);
            await app.StartAsync(cancellationToken);
            var server = new HubServer(folder, database, app, log)
            {
                OneTimePassword = password is null ? null : new Secret(password),
                Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(),
            };
            folder.Write(server.Address);
            return server;
        }
        catch (Exception exception)
        {
            if (app is not null) await app.DisposeAsync();
            if (database is not null) await database.DisposeAsync();
            logs?.Factory.Shutdown();
            logs?.Lock.Dispose();
            folder.Dispose();
            if (exception is IOException && exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                throw new HubStartException($"The address {configuration[HubSettings.Listen]} is taken by another program. " +
                    "Stop that one, or choose another port with --listen http://127.0.0.1:PORT.", exception);
            }

            throw;
        }
    }

    public Task WaitForShutdownAsync() => app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await database.DisposeAsync();
        logs.Factory.Shutdown();
        logs.Lock.Dispose();
        folder.Dispose();
    }
}
