using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Providers;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Triggers.Watching;
using Gantry.Hub.Vault;
using Gantry.Plugins;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Files that arrive at a real server of each kind.</summary>
public sealed class ArrivalByKindSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ConcurrentQueue<JsonElement> seen = [];

    [Fact]
    public async Task Files_at_an_FTP_server_arrive_once_per_version_when_they_have_settled()
    {
        using TemporaryFolder home = new();
        await using var server = await FtpServer.StartPyftpdlibAsync("secret", LoginTls.None, home.Path);
        var settings = new EndpointSettings
        {
            Kind = "ftp",
            Values = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = "127.0.0.1",
                ["port"] = server.Port.ToString(CultureInfo.InvariantCulture),
                ["user"] = "user",
                ["password"] = "${cred:FTP}",
                ["path"] = "/",
            },
        };
        await ArriveAsync(settings, "secret", (name, text) => WriteAsync(home.Path, name, text));
    }

    [Fact]
    public async Task Files_at_an_SFTP_server_arrive_once_per_version_when_they_have_settled()
    {
        await using var server = await SshServer.StartAsync();
        var path = server.NewFolder();
        await ArriveAsync(server.Settings(path), "", (name, text) => WriteAsync(path, name, text), server.KnownHostsFile);
    }

    [Fact]
    public async Task Files_on_a_share_arrive_once_per_version_when_they_have_settled()
    {
        await using var server = await SambaServer.StartAsync();
        var name = server.NewFolder();
        await ArriveAsync(server.Settings($"share/{name}"), server.Password, (file, text) => WriteAsync(Path.Combine(server.PathOf("share"), name), file, text));
    }

    [Fact]
    public async Task Objects_in_a_bucket_arrive_once_per_version_when_they_have_settled()
    {
        await using var server = await S3Server.StartFauxqsAsync();
        var settings = await server.NewBucketAsync("in");
        await ArriveAsync(settings, S3Server.SecretKey, (name, text) => server.Client.PutObjectAsync(
            new() { BucketName = settings.Find("bucket"), Key = $"in/{name}", ContentBody = text }, TestContext.Current.CancellationToken));
    }

    private async Task ArriveAsync(EndpointSettings settings, string secret, Func<string, string, Task> write, string knownHosts = "/dev/null")
    {
        await SettleAsync(settings, secret, write, knownHosts);

        await using var stage = await StartAsync(settings, secret, knownHosts);
        await SeenAsync(stage, 2);
        await stage.Hub.Get<WatchService>().EndAsync();

        // One comes, and one is changed, while nobody watches.
        await write("late.csv", "late");
        await write("grows.csv", "grown since");
        await SeenAsync(stage, 4);
        await stage.UntilAsync($"scanned_at > '{await stage.AskAsync<DateTime>("select now()"):O}'");
        await stage.Hub.Get<Dispatcher>().IdleAsync();

        seen.Take(2).Select(trigger => trigger.GetProperty("path").GetString()).Order().ShouldBe(["grows.csv", "sub/rests.csv"]);
        seen.Skip(2).Select(trigger => trigger.GetProperty("path").GetString()).Order().ShouldBe(["grows.csv", "late.csv"]);
        (await stage.CountAsync()).ShouldBe(4);
    }

    /// <summary>By a clock that is turned by hand: what changes between two listings does not count.</summary>
    private static async Task SettleAsync(EndpointSettings settings, string secret, Func<string, string, Task> write, string knownHosts)
    {
        var clock = new ManualClock();
        await using var endpoint = AllPlugins.Endpoints.Open(settings, new EndpointContext { Secrets = new GivenSecrets(_ => secret), KnownHostsFile = knownHosts });
        var scan = new FileScan((FilesTrigger)TriggerReader.Read(JsonElement.Parse("""{"files":{"endpoint":"place","settle":"10s"}}""")), endpoint, clock);
        List<string> settled = [];
        Task ListAsync() => scan.ListAsync(
            _ => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal)),
            found =>
            {
                settled.AddRange(found.Select(file => file.Path));
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        await write("sub/rests.csv", "1");
        await write("grows.csv", "1");

        await ListAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        await write("grows.csv", "12");
        await ListAsync();
        settled.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync();
        settled.ShouldBe(["sub/rests.csv"]);
        clock.Advance(TimeSpan.FromSeconds(9));
        await ListAsync();
        settled.Where(path => path == "grows.csv").ShouldHaveSingleItem();
    }

    private static async Task WriteAsync(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
    }

    private async Task<TriggerStage> StartAsync(EndpointSettings place, string secret, string knownHosts)
    {
        var stage = await TriggerStage.StartAsync(database, services =>
        {
            services.AddSingleton(AllPlugins.Endpoints);
            services.AddSingleton(new EndpointBounds { KnownHostsFile = knownHosts });
            services.AddSingleton<SecretsOf>(_ => new GivenSecrets(_ => secret));
        });
        await stage.SaveEndpointAsync("place", place);
        await stage.SaveAsync("arrival", "[ { files: { endpoint: place, settle: 0s, interval: 1s } } ]", use: "test.call");
        return stage;
    }

    /// <summary>Watches until so many executions have been given what their trigger saw.</summary>
    private async Task SeenAsync(TriggerStage stage, int count)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Provider.Act = (call, _) =>
        {
            seen.Enqueue(call.Parameters.GetProperty("value").Clone());
            if (seen.Count >= count)
                all.TrySetResult();
            return Task.FromResult(ProviderResult.Success());
        };
        await stage.WatchAsync();
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }
}
