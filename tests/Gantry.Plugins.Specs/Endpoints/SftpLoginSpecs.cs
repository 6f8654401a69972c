using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Getting in, and being kept out, each with its own clear reason; on a real sshd.</summary>
public sealed class SftpLoginSpecs(SharedSshServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_host_key_is_refused_and_its_fingerprint_told()
    {
        var server = await shared.GetAsync();
        var context = server.Context() with { KnownHostsFile = "/dev/null" };

        var failure = await FailureAsync(server.Settings("/"), context);

        failure.Error.ShouldBe(EndpointError.HostKey);
        failure.IsTransient.ShouldBeFalse();
        failure.Message.ShouldContain("SHA256:");
        failure.Message.ShouldContain($"ssh-keyscan -p {server.Port} 127.0.0.1");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_changed_host_key_is_refused_until_it_is_accepted()
    {
        await using var server = await SshServer.StartAsync();
        await server.StopAsync();
        await server.ChangeHostKeyAsync();
        await server.StartAgainAsync();

        var failure = await FailureAsync(server.Settings("/"), server.Context());

        failure.Error.ShouldBe(EndpointError.HostKey);
        failure.Message.ShouldContain("has changed");
        failure.Message.ShouldContain("SHA256:");
        failure.Message.ShouldContain("ssh-keygen -R");
        server.TrustHostKey();
        await SucceedsAsync(server.Settings("/"), server.Context());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_key_of_an_unknown_server_is_read_without_a_login_and_then_pinned()
    {
        var server = await shared.GetAsync();
        var context = server.Context() with { KnownHostsFile = null };
        var kind = new SftpKind();

        var shown = await kind.ReadHostKeyAsync(server.Settings("/").With("user", "nobody-of-this-name"), context, Token);

        shown.Line.ShouldBe(server.HostKey);
        shown.Type.ShouldBe("ssh-ed25519");
        shown.Fingerprint.ShouldStartWith("SHA256:");
        await SucceedsAsync(server.Settings("/").With(kind.HostKeySetting, shown.Line), context);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_key_of_a_server_whose_key_changed_is_read_as_it_is_now()
    {
        var server = await shared.GetAsync();
        const string Other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKYtiI2pbaSxkh4cN6H5AbjvDA0pYXHYzWxFQQzgZ8gp";

        var shown = await new SftpKind().ReadHostKeyAsync(server.Settings("/").With("host_key", Other), server.Context(), Token);

        shown.Line.ShouldBe(server.HostKey);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_key_is_read_where_no_server_is()
    {
        await using var server = await SshServer.StartAsync();
        await server.StopAsync();

        var failure = await Should.ThrowAsync<EndpointException>(() => new SftpKind().ReadHostKeyAsync(server.Settings("/"), server.Context(), Token));

        failure.Error.ShouldBe(EndpointError.Disconnected);
        failure.Message.ShouldContain("refuses connections");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pinned_host_key_is_all_that_counts()
    {
        var server = await shared.GetAsync();
        var context = server.Context() with { KnownHostsFile = null };

        await SucceedsAsync(server.Settings("/").With("host_key", server.HostKey + " a comment"), context);

        const string Other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKYtiI2pbaSxkh4cN6H5AbjvDA0pYXHYzWxFQQzgZ8gp";
        var failure = await FailureAsync(server.Settings("/").With("host_key", Other), server.Context());
        failure.Error.ShouldBe(EndpointError.HostKey);
        failure.Message.ShouldContain("SHA256:");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refused_login_says_what_the_server_accepts_and_is_not_tried_again()
    {
        var server = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        using var keygen = Process.Start(new ProcessStartInfo("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder["other"]]) { UseShellExecute = false })!;
        await keygen.WaitForExitAsync(Token);
        await using var endpoint = new SftpKind().Open(server.Settings("/").With("key_file", folder["other"]), server.Context());

        var first = await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("", Token).AsTask());
        for (var time = 0; time < 1000; time++)
        {
            (await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("", Token).AsTask())).Error.ShouldBe(EndpointError.LoginRefused);
        }

        first.Error.ShouldBe(EndpointError.LoginRefused);
        first.Message.ShouldContain("The server accepts: publickey");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_is_given_as_a_secret_that_no_file_holds()
    {
        var server = await shared.GetAsync();
        var secrets = new GivenSecrets(name => name == "KEY" ? File.ReadAllText(server.KeyFile).Replace("\n", "\r\n", StringComparison.Ordinal) : null);
        var settings = Without(server.Settings("/"), "key_file").With("key", "${cred:KEY}");

        await SucceedsAsync(settings, server.Context(secrets));

        var missing = await FailureAsync(settings.With("key", "${cred:OTHER}"), server.Context(secrets));
        missing.Error.ShouldBe(EndpointError.BadSetting);
        missing.Message.ShouldContain("OTHER");
        (await FailureAsync(settings.With("key", "plain text"), server.Context(secrets))).Message.ShouldNotContain("plain text");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_with_a_passphrase_is_opened_by_the_secret()
    {
        var server = await shared.GetAsync();
        const string Passphrase = "it's \"a\" $(phrase) \\ with ; * ~ ü";
        var key = await server.AddLoginKeyAsync($"locked-{Guid.CreateVersion7():N}", Passphrase);
        var secrets = new GivenSecrets(name => name == "PHRASE" ? Passphrase : name == "WRONG" ? "wrong" : null);
        var settings = server.Settings("/").With("key_file", key);

        await SucceedsAsync(settings.With("key_passphrase", "${cred:PHRASE}"), server.Context(secrets));

        var wrong = await FailureAsync(settings.With("key_passphrase", "${cred:WRONG}"), server.Context(secrets));
        wrong.Error.ShouldBe(EndpointError.LoginRefused);
        wrong.Message.ShouldContain("is 'key_passphrase' the right one?");
        var locked = await FailureAsync(settings, server.Context(secrets));
        locked.Error.ShouldBe(EndpointError.LoginRefused);
        locked.Message.ShouldContain("The key is locked with a passphrase, and the setting 'key_passphrase' is missing.");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_file_that_is_missing_or_not_the_servers_is_told_apart()
    {
        var server = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        File.Copy(server.KeyFile, folder["a key with spaces % and ü"]);
        var settings = server.Settings("/");

        await SucceedsAsync(settings.With("key_file", folder["a key with spaces % and ü"]), server.Context());
        var missing = await FailureAsync(settings.With("key_file", folder["no key"]), server.Context());
        var empty = await FailureAsync(settings.With("key_file", folder.WriteFile("empty", "")), server.Context());

        missing.Message.ShouldContain($"There is no key file '{folder["no key"]}'.");
        (missing.Error, empty.Error).ShouldBe((EndpointError.LoginRefused, EndpointError.LoginRefused), empty.Message);
        empty.Message.ShouldNotContain("There is no key file");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_password_is_given_by_askpass_and_shown_nowhere()
    {
        using var user = await SystemUser.CreateAsync("pa$$ wörd' \"\\n ;*");
        await using var server = await SshServer.StartAsync("PasswordAuthentication yes");
        var secrets = new GivenSecrets(name => name == "PASSWORD" ? user.Password : name == "WRONG" ? "wrong" : null);
        var settings = Without(server.Settings(user.Home), "key_file").With("user", user.Name);

        await using (var endpoint = new SftpKind().Open(settings.With("password", "${cred:PASSWORD}"), server.Context(secrets)))
        {
            await endpoint.CreateFolderAsync("made", Token);
            var denied = await Should.ThrowAsync<EndpointException>(() => endpoint.WriteAsync(
                "not-mine/file", new MemoryStream([1]), new WriteOptions { PartialName = "p" }, Token).AsTask());
            denied.Error.ShouldBe(EndpointError.PermissionDenied);
            foreach (var line in Directory.GetDirectories("/proc").Select(CommandAndEnvironment))
            {
                line.ShouldNotContain(user.Password);
            }
        }

        var wrong = await FailureAsync(settings.With("password", "${cred:WRONG}"), server.Context(secrets));
        wrong.Error.ShouldBe(EndpointError.LoginRefused);
        wrong.Message.ShouldContain("password");
        (await FailureAsync(settings, server.Context(secrets))).Error.ShouldBe(EndpointError.LoginRefused);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_is_not_there_is_told_from_one_that_does_not_exist()
    {
        var server = await shared.GetAsync();

        var refused = await FailureAsync(server.Settings("/").With("port", "1"), server.Context());
        refused.Error.ShouldBe(EndpointError.Disconnected);
        refused.IsTransient.ShouldBeTrue();
        refused.Message.ShouldContain("refuses connections");

        var unknown = await FailureAsync(server.Settings("/").With("host", "no-such-host.invalid"), server.Context());
        unknown.Error.ShouldBe(EndpointError.Disconnected);
        unknown.Message.ShouldContain("is not known");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_without_sftp_says_so()
    {
        await using var server = await SshServer.StartAsync("Subsystem other /bin/true");

        var failure = await FailureAsync(server.Settings("/"), server.Context());

        failure.Error.ShouldBe(EndpointError.NotSupported);
        failure.Message.ShouldContain("Subsystem sftp internal-sftp");
    }

    [Fact(Timeout = 120_000)]
    public async Task Inside_its_folder_internal_sftp_works_as_well()
    {
        await using var server = await SshServer.StartAsync("ForceCommand internal-sftp");

        await SucceedsAsync(server.Settings(server.NewFolder()), server.Context());
    }

    [Theory]
    [InlineData("host", "-oProxyCommand=touch /tmp/x")]
    [InlineData("host", "a b")]
    [InlineData("host", "a;b")]
    [InlineData("host", "")]
    [InlineData("user", "-l")]
    [InlineData("user", "a b")]
    [InlineData("user", "$(x)")]
    [InlineData("port", "0")]
    [InlineData("port", "65536")]
    [InlineData("port", "22;x")]
    [InlineData("key_file", "relative")]
    [InlineData("key_file", "/a\nb")]
    [InlineData("host_key", "ssh-ed25519")]
    [InlineData("host_key", "ssh-ed25519 AAAA\n* ssh-rsa AAAA")]
    [InlineData("path", "a\0b")]
    public void A_setting_that_could_be_an_option_or_a_line_is_refused(string name, string value)
    {
        var settings = new EndpointSettings { Kind = "sftp", Values = new Dictionary<string, string>(StringComparer.Ordinal) { ["host"] = "host" } }.With(name, value);

        Should.Throw<EndpointException>(() => new SftpKind().Open(settings, new EndpointContext { Secrets = new StoredSecrets() })).Error.ShouldBe(EndpointError.BadSetting);
    }

    [Fact]
    public void A_key_file_of_this_machine_is_not_for_those_who_are_bounded()
    {
        var settings = new EndpointSettings { Kind = "sftp", Values = new Dictionary<string, string>(StringComparer.Ordinal) { ["host"] = "h", ["key_file"] = "/home/ada/.ssh/id_ed25519" } };

        Should.Throw<EndpointException>(() => new SftpKind().Open(settings, new EndpointContext { Secrets = new StoredSecrets(), LocalRoots = [] })).Error.ShouldBe(EndpointError.BadSetting);
    }

    [Theory]
    [InlineData("sftp://host", "host", null, null, null, "sftp://host/~")]
    [InlineData("sftp://host/", "host", null, null, "/", "sftp://host/")]
    [InlineData("sftp://me@host:2222/a b/%41", "host", "me", "2222", "/a b/%41", "sftp://me@host:2222/a b/%41")]
    [InlineData("sftp://host/~/www/", "host", null, null, "~/www/", "sftp://host/~/www")]
    [InlineData("SFTP://DOMAIN%5Cme@host/x", "host", "DOMAIN\\me", null, "/x", "sftp://DOMAIN%5Cme@host/x")]
    [InlineData("sftp://[::1]:22/x", "::1", null, "22", "/x", "sftp://[::1]:22/x")]
    public void An_address_becomes_settings_and_back(string address, string host, string? user, string? port, string? path, string formatted)
    {
        var kind = new SftpKind();

        var settings = kind.Parse(address)!;

        settings.Find("host").ShouldBe(host);
        settings.Find("user").ShouldBe(user);
        settings.Find("port").ShouldBe(port);
        settings.Find("path").ShouldBe(path);
        kind.Format(settings).ShouldBe(formatted);
        kind.Format(kind.Parse(formatted)!).ShouldBe(formatted);
    }

    [Theory]
    [InlineData("sftp://me:secret@host/")]
    [InlineData("sftp://")]
    [InlineData("sftp:///path")]
    [InlineData("sftp://host:port/")]
    [InlineData("sftp://-oProxyCommand=x/")]
    public void A_malformed_address_is_refused_and_no_password_repeated(string address)
    {
        var failure = Should.Throw<EndpointException>(() => new SftpKind().Parse(address));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldNotContain("secret");
    }

    private static EndpointSettings Without(EndpointSettings settings, string name) =>
        settings with { Values = settings.Values.Where(pair => pair.Key != name).ToDictionary(StringComparer.Ordinal) };

    private static async Task SucceedsAsync(EndpointSettings settings, EndpointContext context)
    {
        await using var endpoint = new SftpKind().Open(settings, context);
        (await endpoint.FindAsync("", Token))!.Kind.ShouldBe(EntryKind.Folder);
    }

    private static async Task<EndpointException> FailureAsync(EndpointSettings settings, EndpointContext context)
    {
        await using var endpoint = new SftpKind().Open(settings, context);
        return await Should.ThrowAsync<EndpointException>(() => endpoint.FindAsync("", Token).AsTask());
    }

    private static string CommandAndEnvironment(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")) + File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
