using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Endpoints;

/// <summary>What the test of a saved endpoint says for each kind: all well, or the phase that failed and why.</summary>
public sealed class EndpointTestSpecs(RemoteEndpointsHub stage) : IClassFixture<RemoteEndpointsHub>
{
    private static readonly string[] phases = ["connect", "list", "write", "rename", "delete"];

    private HubFixture Hub => stage.Hub;

    [Theory]
    [InlineData("ftp", "", "")]
    [InlineData("ftp", "password", "login")]
    [InlineData("ftp", "path", "folder")]
    [InlineData("ftp", "port", "connect")]
    public async Task Ftp(string kind, string wrong, string phase)
    {
        await using var server = await FtpServer.StartPyftpdlibAsync(await SaveSecretAsync("ftp-password"), LoginTls.None);
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["host"] = "127.0.0.1",
            ["port"] = Text(server.Port),
            ["user"] = "user",
            ["password"] = "${cred:ftp-password}",
            ["path"] = "/",
        };

        await TestAsync(kind, await WithAsync(settings, wrong), phase);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("access_key", "login")]
    [InlineData("bucket", "bucket")]
    [InlineData("endpoint", "connect")]
    public async Task S3(string wrong, string phase)
    {
        await SaveSecretAsync("s3-secret", S3Server.SecretKey);
        await using var server = await S3Server.StartS3rverAsync();
        var settings = (await server.NewBucketAsync()).Values.ToDictionary(StringComparer.Ordinal);
        settings["secret_key"] = "${cred:s3-secret}";

        await TestAsync("s3", await WithAsync(settings, wrong), phase);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("password", "login")]
    [InlineData("path", "folder")]
    [InlineData("port", "connect")]
    [InlineData("readonly", "write")]
    public async Task Smb(string wrong, string phase)
    {
        await using var server = await SambaServer.StartAsync();
        await SaveSecretAsync("smb-password", server.Password);
        var settings = server.Settings("share/" + server.NewFolder()).Values.ToDictionary(StringComparer.Ordinal);
        settings["password"] = "${cred:smb-password}";
        settings["path"] = wrong == "readonly" ? "readonly" : settings["path"];

        await TestAsync("smb", await WithAsync(settings, wrong == "readonly" ? "" : wrong), phase);
    }

    [Theory]
    [InlineData("here", "files", "")]
    [InlineData("here", "files/missing", "folder")]
    [InlineData("nowhere", "", "connect")]
    public async Task Rclone(string remote, string path, string phase)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        Dictionary<string, string> settings = new(StringComparer.Ordinal) { ["remote"] = remote, ["path"] = path };

        await TestAsync("rclone", settings, phase);
    }

    private async Task TestAsync(string kind, Dictionary<string, string> settings, string phase)
    {
        var path = "/api/endpoints/" + HubFixture.NewName("remote");
        using var saved = await Hub.Admin.PutAsJsonAsync(path, new { kind, settings });
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());

        using var tested = await Hub.Admin.PostAsJsonAsync(path + "/test", new { });
        var result = await tested.ReadJsonAsync();

        if (phase.Length == 0)
        {
            result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.ToString());
            result.GetProperty("passed").EnumerateArray().Select(passed => passed.GetString()).ShouldBe(phases.Where(name => name != "rename" || kind != "s3"));
            return;
        }

        result.GetProperty("failed_phase").GetString().ShouldBe(phase, result.ToString());
        result.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    /// <summary>The settings with one of them wrong.</summary>
    private async Task<Dictionary<string, string>> WithAsync(Dictionary<string, string> settings, string wrong)
    {
        if (wrong.Length > 0)
        {
            settings[wrong] = wrong switch
            {
                "port" => Text(LocalPort.Free()),
                "endpoint" => "http://127.0.0.1:" + Text(LocalPort.Free()),
                "path" => settings["path"].TrimEnd('/') + "/missing",
                "bucket" => "no-such-bucket",
                "access_key" => "UNKNOWN",
                _ => $"${{cred:{await SaveAsync("wrong-secret", "wrong")}}}",
            };
        }

        return settings;
    }

    private Task<string> SaveSecretAsync(string name) => SaveSecretAsync(name, "p4ss word");

    private async Task<string> SaveSecretAsync(string name, string value)
    {
        await SaveAsync(name, value);
        return value;
    }

    private async Task<string> SaveAsync(string name, string value)
    {
        using var saved = await Hub.Admin.PutAsJsonAsync("/api/credentials/" + name, new { value });
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return name;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A hub whose administrator named an rclone.conf.</summary>
public sealed class RemoteEndpointsHub : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    public RemoteEndpointsHub(TestPostgres postgres)
    {
        folder.Folder("files");
        folder.WriteFile("rclone.conf", $"[here]\ntype = alias\nremote = {folder.Path}\n");
        Hub = new HubFixture(postgres) { Variables = { ["GANTRY_RCLONE_CONFIG"] = folder["rclone.conf"] } };
    }

    public HubFixture Hub { get; }

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        folder.Dispose();
    }
}
