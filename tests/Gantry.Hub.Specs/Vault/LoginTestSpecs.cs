using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Vault;
using Gantry.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

/// <summary>Signing in to real servers with stored credentials.</summary>
public sealed class LoginTestSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Password = "ftp-Passw0rd";

    [Fact]
    public async Task A_login_takes_what_it_needs_from_the_credentials_beside_it()
    {
        await using var server = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None);
        var website = await StoreAsync(("FTP_PASSWORD", Password), ("FTP_HOST", "127.0.0.1"), ("FTP_PORT", $"{server.Port}"), ("FTP_USERNAME", "user"));

        var result = await TestAsync($"{website}_FTP_PASSWORD", new { tls = "none" });

        result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.GetRawText());
        result.GetProperty("kind").GetString().ShouldBe("ftp");
        result.GetProperty("port").GetInt32().ShouldBe(server.Port);
        result.GetProperty("passed").EnumerateArray().Select(phase => phase.GetString()).ShouldBe(["connect", "login"]);
    }

    [Fact]
    public async Task A_refused_login_says_so_and_no_value_comes_back()
    {
        await using var server = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None);
        var website = await StoreAsync(("FTP_PASSWORD", "wrong-Passw0rd"));

        var result = await TestAsync($"{website}_FTP_PASSWORD", new { host = "127.0.0.1", port = server.Port, user = "user", tls = "none" });

        result.GetProperty("ok").GetBoolean().ShouldBeFalse();
        result.GetProperty("reason").GetString().ShouldBe("login_refused");
        result.GetRawText().ShouldNotContain("Passw0rd");
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from gantry.audit_log where action = 'credential.tested' and target = '{website}_FTP_PASSWORD' and details::text not like '%Passw0rd%'", connection);
        (await command.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task A_key_signs_in_to_an_ssh_server_whose_host_key_is_known()
    {
        await using var server = await SshServer.StartAsync();
        var website = await StoreAsync(("SFTP_KEY", await File.ReadAllTextAsync(server.KeyFile)), ("SFTP_USERNAME", SshServer.User));

        var unknown = await TestAsync($"{website}_SFTP_KEY", new { host = "127.0.0.1", port = server.Port });
        server.TrustHostKey();
        File.Copy(server.KnownHostsFile, hub.Server.Services.GetRequiredService<VaultBounds>().KnownHostsFile!, overwrite: true);
        var known = await TestAsync($"{website}_SFTP_KEY", new { host = "127.0.0.1", port = server.Port });

        unknown.GetProperty("reason").GetString().ShouldBe("host_key", unknown.GetRawText());
        known.GetProperty("kind").GetString().ShouldBe("sftp");
        known.GetProperty("ok").GetBoolean().ShouldBeTrue(known.GetRawText());
    }

    [Theory]
    [InlineData("FTP_PASSWORD", """{}""", HttpStatusCode.BadRequest, "Which server?")]
    [InlineData("FTP_PASSWORD", """{"host":"-oProxyCommand=x","user":"u"}""", HttpStatusCode.BadRequest, "host")]
    [InlineData("FTP_PASSWORD", """{"host":"a b","user":"u"}""", HttpStatusCode.BadRequest, "host")]
    [InlineData("FTP_PASSWORD", """{"host":"127.0.0.1"}""", HttpStatusCode.BadRequest, "Which login?")]
    [InlineData("FTP_PASSWORD", """{"host":"127.0.0.1","user":"u","kind":"smb"}""", HttpStatusCode.BadRequest, "ftp")]
    [InlineData("FTP_PASSWORD", """{"host":"127.0.0.1","user":"u","port":0}""", HttpStatusCode.BadRequest, "port")]
    [InlineData("OTHER", """{"host":"127.0.0.1","user":"u"}""", HttpStatusCode.BadRequest, "What is")]
    [InlineData("BOUND_FTP_PASSWORD", """{"host":"127.0.0.1","user":"u"}""", HttpStatusCode.UnprocessableEntity, "only sent to ftp.example.org")]
    public async Task What_is_missing_or_not_allowed_is_said(string type, string body, HttpStatusCode status, string word)
    {
        var website = await StoreAsync((type, Password));

        using var answer = await hub.Admin.PostAsync($"/api/credentials/{website}_{type}/test", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(status);
        (await answer.ReadDetailAsync()).ShouldContain(word);
    }

    [Fact]
    public async Task Nobody_tests_with_anothers_credential()
    {
        var website = await StoreAsync(("FTP_PASSWORD", Password));
        using var editor = await hub.CreateMemberAsync("editor");
        using var viewer = await hub.CreateMemberAsync("viewer");

        using var byEditor = await editor.PostAsJsonAsync($"/api/credentials/{website}_FTP_PASSWORD/test", new { host = "127.0.0.1", user = "u" });
        using var byViewer = await viewer.PostAsJsonAsync($"/api/credentials/{website}_FTP_PASSWORD/test", new { host = "127.0.0.1", user = "u" });

        byEditor.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        byViewer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>Answers what their names begin with.</summary>
    private async Task<string> StoreAsync(params (string Type, string Value)[] credentials)
    {
        var website = HubFixture.NewName("SHOP").Replace('-', '_');
        foreach (var (type, value) in credentials)
        {
            var hosts = type.StartsWith("BOUND", StringComparison.Ordinal) ? new[] { "ftp.example.org" } : [];
            (await hub.Admin.PostAsJsonAsync("/api/credentials", new { website, type, value, allowed_hosts = hosts })).EnsureSuccessStatusCode();
        }

        return website;
    }

    private async Task<JsonElement> TestAsync(string name, object body)
    {
        using var answer = await hub.Admin.PostAsJsonAsync($"/api/credentials/{name}/test", body);
        return await answer.ReadJsonAsync();
    }
}
