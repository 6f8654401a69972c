using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Database;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class HubProgramSpecs : IDisposable
{
    private static readonly string[] AnyPort = ["--listen", "http://127.0.0.1:0"];

    private readonly string folder = Directory.CreateTempSubdirectory("gantry-program-").FullName;

    private string DatabaseFolder => Path.Combine(folder, "postgres", "data");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_first_start_prints_a_password_that_works_and_the_second_prints_none()
    {
        string password;
        await using (var first = HubProcess.Start(folder, AnyPort))
        {
            var address = await first.ReadyAsync();
            password = first.Lines[0].Split(' ')[^1];
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            using var answer = await client.PostAsJsonAsync("/api/sign-in", new { user = "admin", password });
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.ReadJsonAsync()).GetProperty("must_change_password").GetBoolean().ShouldBeTrue();
            (await first.StopAsync()).ShouldBe(0);
            first.Errors.ShouldNotContain(password);
        }

        await using var second = HubProcess.Start(folder, AnyPort);
        await second.ReadyAsync();
        (await second.StopAsync(Posix.SigInt)).ShouldBe(0);
        second.Lines.ShouldHaveSingleItem();
        File.Exists(PostmasterFile.PathIn(DatabaseFolder)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_hub_leaves_its_database_to_the_next()
    {
        await using var first = HubProcess.Start(folder, AnyPort, ("GANTRY_ADMIN_PASSWORD", "a given password"));
        await first.ReadyAsync();
        var database = PostmasterFile.Read(DatabaseFolder)!.ProcessId;
        await first.StopAsync(signal: 9);

        await using var second = HubProcess.Start(folder, AnyPort);
        using var client = new HttpClient { BaseAddress = new Uri(await second.ReadyAsync()) };

        PostmasterFile.Read(DatabaseFolder)!.ProcessId.ShouldBe(database);
        using var answer = await client.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = "a given password" });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.StopAsync()).ShouldBe(0);
        Posix.Signal(database, 0).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_hub_on_the_same_folder_says_who_holds_it_and_harms_nobody()
    {
        await using var first = HubProcess.Start(folder, AnyPort);
        var address = await first.ReadyAsync();

        await using var second = HubProcess.Start(folder, AnyPort);

        (await second.EndAsync()).ShouldBe(1);
        second.Errors.ShouldContain(first.Process.Id.ToString(CultureInfo.InvariantCulture));
        second.Errors.ShouldContain("gantry down");
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_port_is_explained_and_the_password_is_still_to_come()
    {
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using (var refused = HubProcess.Start(folder, ["--listen", $"http://127.0.0.1:{port}"]))
        {
            (await refused.EndAsync()).ShouldBe(1);
            refused.Errors.ShouldContain($"http://127.0.0.1:{port} is taken");
            refused.Lines.ShouldBeEmpty();
        }

        File.Exists(PostmasterFile.PathIn(DatabaseFolder)).ShouldBeFalse();
        await using var next = HubProcess.Start(folder, AnyPort);
        await next.ReadyAsync();
        next.Lines[0].ShouldContain("one-time password");
    }

    [Fact]
    public async Task Every_line_of_the_log_is_JSON_with_time_level_component_and_message()
    {
        await using (var hub = HubProcess.Start(folder, AnyPort))
        {
            await hub.ReadyAsync();
            await hub.StopAsync();
        }

        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "logs", "gantry.log"));

        lines.ShouldNotBeEmpty();
        foreach (var line in lines)
        {
            var entry = JsonDocument.Parse(line).RootElement;
            foreach (var name in new[] { "time", "level", "component", "message" }) entry.GetProperty(name).GetString().ShouldNotBeNullOrEmpty();
            DateTimeOffset.Parse(entry.GetProperty("time").GetString()!).Offset.ShouldBe(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task Checking_the_schema_tells_by_its_status_whether_there_is_something_to_do()
    {
        (await SchemaAsync("--check")).ShouldBe((3, true));
        (await SchemaAsync()).ShouldBe((0, true));
        (await SchemaAsync("--check")).ShouldBe((0, false));
    }

    [Theory]
    [InlineData("--listen", "7300", "http://127.0.0.1:7300")]
    [InlineData("--listen", "https://127.0.0.1:7300", "proxy")]
    [InlineData("--listen", "http://192.0.2.1:7300", "no address")]
    [InlineData("--log-dir", "/proc/nowhere", "/proc/nowhere")]
    [InlineData("--log-level", "loud", "debug, information")]
    [InlineData("--nonsense", "1", "no flag")]
    public async Task A_setting_that_cannot_be_ends_the_start_with_one_sentence(string flag, string value, string reason)
    {
        await using var hub = HubProcess.Start(folder, flag == "--listen" ? [flag, value] : [.. AnyPort, flag, value]);

        (await hub.EndAsync()).ShouldBe(1);
        hub.Errors.ShouldContain(reason);
        hub.Errors.ShouldNotContain("   at ");
    }

    private async Task<(int Status, bool NamesSteps)> SchemaAsync(params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("/usr/bin/env") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var word in new[] { "dotnet", BuiltHub.Program, "migrate", "--data", folder }.Concat(arguments))
            start.ArgumentList.Add(word);
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Contains("0001_accounts", StringComparison.Ordinal));
    }
}
