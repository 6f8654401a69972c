using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Plugins;
using Gantry.Plugins.Endpoints.Ftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class FtpLoginSpecs
{
    private const string Password = "p4ss wörd%s";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LoginTls.None, new[] { "connect", "login" })]
    [InlineData(LoginTls.Explicit, new[] { "connect", "tls", "login" })]
    [InlineData(LoginTls.Implicit, new[] { "connect", "tls", "login" })]
    public async Task A_login_at_vsftpd_is_tried(LoginTls tls, string[] phases)
    {
        using var user = await SystemUser.CreateAsync("p4ss word%s");
        await using var server = await FtpServer.StartVsftpdAsync(tls);
        var good = Attempt(server.Port, user.Name, user.Password, tls, server);
        var wrong = Attempt(server.Port, user.Name, "wr0ng", tls, server);

        await SignInAsync(good);
        var refusal = await Should.ThrowAsync<EndpointException>(() => SignInAsync(wrong));

        good.Passed.ShouldBe(phases);
        refusal.Error.ShouldBe(EndpointError.LoginRefused);
        refusal.Message.ShouldContain("530");
        wrong.Passed.ShouldBe(phases[..^1]);
    }

    [Theory]
    [InlineData(LoginTls.None)]
    [InlineData(LoginTls.Explicit)]
    public async Task A_login_at_pyftpdlib_is_tried_behind_a_greeting_of_several_lines(LoginTls tls)
    {
        await using var server = await FtpServer.StartPyftpdlibAsync(Password, tls);

        await SignInAsync(Attempt(server.Port, "user", Password, tls, server));
        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(server.Port, "user", "wr0ng", tls, server)))).Error.ShouldBe(EndpointError.LoginRefused);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_before_the_login()
    {
        await using var server = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.Explicit);
        var attempt = Attempt(server.Port, "user", Password, LoginTls.Explicit);

        var refusal = await Should.ThrowAsync<EndpointException>(() => SignInAsync(attempt));

        refusal.Message.ShouldStartWith($"TLS with 127.0.0.1:{server.Port} failed");
        attempt.Passed.ShouldBe(["connect"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("localhost", "localhost", 30, true)]
    [InlineData("localhost", "other.example", 30, false)]
    [InlineData("127.0.0.1", "localhost", 30, false)]
    [InlineData("localhost", "localhost", -1, false)]
    public async Task A_trusted_authority_excuses_neither_another_name_nor_an_old_certificate(string host, string named, int days, bool isTaken)
    {
        using TestAuthority authority = new();
        using var certificate = authority.Issue(named, days);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        await using SslStream server = new((await listener.AcceptTcpClientAsync(Token)).GetStream());
        var serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Token);

        var securing = FtpTls.SecureAsync(client.GetStream(), new FtpTls { Host = host, Authorities = [authority.Certificate] }.ToOptions(), host, Token);

        if (isTaken)
        {
            await using var secured = await securing;
            await serving;
        }
        else
        {
            (await Should.ThrowAsync<EndpointException>(() => securing)).Message.ShouldStartWith($"TLS with {host} failed");
            await serving.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    [Fact]
    public async Task A_password_is_not_sent_to_a_server_without_TLS()
    {
        await using ScriptedFtpServer server = new("220 Hello\r\n");

        var refusal = await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(server.Port, "user", Password, LoginTls.Explicit)));

        refusal.Message.ShouldContain("does not offer TLS");
        server.Heard.ShouldBe("AUTH TLS\n");
    }

    [Fact]
    public async Task What_is_slipped_in_before_TLS_ends_the_connection()
    {
        await using ScriptedFtpServer server = new("220 Hello\r\n", ("AUTH", "234 Go on\r\n230 You are in\r\n"));

        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(server.Port, "user", Password, LoginTls.Explicit)))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Theory]
    [InlineData("220-Hello\r\n220-again\r\n220more\r\n 220 no\r\n221 no\r\n220 End\r\n", "331 Go on\r\n", "230 In\r\n", null)]
    [InlineData("120 Wait\r\n220\n", "230-In\n at once\n230 In\n", "", null)]
    [InlineData("421 Full\r\n", "", "", EndpointError.Disconnected)]
    [InlineData("220 Hello\r\n", "331 Go on\r\n", "530 No p4ss here\r\n", EndpointError.LoginRefused)]
    [InlineData("220 Hello\r\n", "331 Go on\r\n", "530 No 70347373 and no cDRzcw here\r\n", EndpointError.LoginRefused)]
    [InlineData("220 Hello\r\n", "331 Go on\r\n", "332 Account?\r\n", EndpointError.NotSupported)]
    [InlineData("220 Hello\r\n", "", "", EndpointError.Disconnected)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "", "", EndpointError.Protocol)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "", "", EndpointError.Protocol)]
    [InlineData("999 What\r\n", "", "", EndpointError.Protocol)]
    public async Task Replies_are_understood_or_refused(string greeting, string toUser, string toPass, EndpointError? expected)
    {
        await using ScriptedFtpServer server = new(greeting, ("USER", toUser), ("PASS", toPass), ("QUIT", "221 Bye\r\n"));
        var attempt = Attempt(server.Port, "user", "p4ss", LoginTls.None);

        if (expected is null)
        {
            await SignInAsync(attempt);
            return;
        }

        var refusal = await Should.ThrowAsync<EndpointException>(() => SignInAsync(attempt));
        refusal.Error.ShouldBe(expected.Value);
        foreach (var form in (string[])["p4ss", "70347373", "cDRzcw"]) refusal.Message.ShouldNotContain(form);
    }

    [Fact]
    public async Task Replies_without_end_are_refused()
    {
        await using ScriptedFtpServer lines = new(string.Concat(Enumerable.Repeat("220-x\r\n", 2000)));
        await using ScriptedFtpServer line = new(new string('2', 100_000));

        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(lines.Port, "user", Password, LoginTls.None)))).Error.ShouldBe(EndpointError.Protocol);
        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(line.Port, "user", Password, LoginTls.None)))).Error.ShouldBe(EndpointError.Protocol);
    }

    [Theory]
    [InlineData("user\r\nDELE x", "pass")]
    [InlineData("user", "pass\nDELE x")]
    [InlineData("user", "pass\0")]
    public async Task A_line_end_or_a_NUL_is_refused_before_anything_is_sent(string user, string password)
    {
        await using ScriptedFtpServer server = new("220 Hello\r\n");

        var refusal = await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(server.Port, user, password, LoginTls.None)));

        refusal.Error.ShouldBe(EndpointError.BadSetting);
        refusal.Message.ShouldNotContain("DELE");
        server.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_says_nothing_is_told_apart()
    {
        await using ScriptedFtpServer silent = new("");
        LoginAttempt waiting = new()
        {
            Host = "127.0.0.1",
            Port = silent.Port,
            User = "user",
            Tls = LoginTls.None,
            Limit = TimeSpan.FromMilliseconds(200),
            Context = Context,
        };

        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(Attempt(LocalPort.Free(), "user", Password, LoginTls.None)))).Message.ShouldContain("refused the connection");
        (await Should.ThrowAsync<EndpointException>(() => SignInAsync(waiting))).Error.ShouldBe(EndpointError.TimedOut);
    }

    private static EndpointContext Context => new() { Secrets = new StoredSecrets() };

    private static LoginAttempt Attempt(int port, string user, string password, LoginTls tls, FtpServer? trusted = null) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        User = user,
        Password = new(password),
        Tls = tls,
        Authorities = trusted?.Authorities,
        Context = Context,
    };

    private static Task SignInAsync(LoginAttempt attempt) => AllPlugins.Logins.First(login => login.Id == "ftp").SignInAsync(attempt, Token);
}
