using Gantry.Hub.Database;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gantry.Hub.Operations;

/// <summary>A hub that listens: its data folder held, its database open, its slices mapped. Disposing stops all of it, in the other order.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly DataFolderLock folder;
    private readonly DatabaseStart database;
    private readonly WebApplication app;

    private HubServer(DataFolderLock folder, DatabaseStart database, WebApplication app) =>
        (this.folder, this.database, this.app) = (folder, database, app);

    public string Address { get; private set; } = "";

    public IServiceProvider Services => app.Services;

    public EmbeddedPostgres? Postgres => database.Postgres;

    public static async Task<HubServer> StartAsync(HubConfiguration configuration, Action<IServiceCollection, HubConfiguration> addSlices,
        Action<WebApplication> mapSlices, CancellationToken cancellationToken)
    {
        var folder = DataFolderLock.Take(configuration.DataFolder);
        DatabaseStart? database = null;
        WebApplication? app = null;
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(configuration);
            var options = new DatabaseOptions(configuration.DataFolder, configuration[HubSettings.Database], configuration[HubSettings.DatabaseOwner]);
            using (var logging = LoggerFactory.Create(logging => logging.AddConsole()))
            {
                database = await DatabaseStart.OpenAsync(options, TimeProvider.System, logging.CreateLogger("Gantry.Hub.Database"), cancellationToken);
            }

            builder.Services.AddSingleton(database.Database);
            addSlices(builder.Services, configuration);
            app = builder.Build();
            app.Urls.Add(configuration[HubSettings.Listen]!);
            app.MapGet("/health", () => Results.Json(new { status = "ok" }));
            mapSlices(app);
            await app.StartAsync(cancellationToken);
            var server = new HubServer(folder, database, app)
            {
                Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(),
            };
            folder.Write(server.Address);
            return server;
        }
        catch (Exception exception)
        {
            if (app is not null) await app.DisposeAsync();
            if (database is not null) await database.DisposeAsync();
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
        folder.Dispose();
    }
}
