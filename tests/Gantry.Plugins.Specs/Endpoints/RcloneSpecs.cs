using System.Diagnostics;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class RcloneSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("pw")]
    [InlineData("exactly16bytes!!")]
    [InlineData("a longer one, of more than two blocks: pä ss'wörd\"$x\\")]
    public async Task An_obscured_password_is_what_rclone_reveals(string password)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        foreach (var start in (byte[][])[new byte[16], [.. Enumerable.Repeat((byte)0xFF, 16)]])
        {
            using var rclone = Process.Start(new ProcessStartInfo("/usr/bin/rclone", ["reveal", "--config", "/notfound", "--", RcloneObscure.Obscure(password, start)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            (await rclone.StandardOutput.ReadToEndAsync(Token)).TrimEnd('\n').ShouldBe(password);
            await rclone.WaitForExitAsync(Token);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("new\nline", "new\u240Aline")]
    [InlineData("symbol\u240A", "symbol\u201B\u240A")]
    [InlineData("del\u007F", "del\u2421")]
    [InlineData("mark\u201B", "mark\u201B\u201B")]
    [InlineData("wide\uFF0Fslash", "wide\u201B\uFF0Fslash")]
    [InlineData("\u201B\uFF0F", "\uFF0F")]
    [InlineData("\uFF0E\uFF0E", "\u201B\uFF0E\u201B\uFF0E")]
    [InlineData("a\uFF0E", "a\uFF0E")]
    [InlineData("CON", "\uFF23ON")]
    [InlineData("nul.tar.gz", "\uFF4Eul.tar.gz")]
    [InlineData("\uFF23ON", "\u201B\u201B\uFF23ON")]
    [InlineData("console", "console")]
    [InlineData("com1", "\uFF43om1")]
    [InlineData("com11", "com11")]
    public void A_name_goes_to_rclone_and_comes_back(string name, string encoded)
    {
        var names = new RcloneNames(reservesDevices: true);

        names.Encode(name).ShouldBe(encoded);
        names.Decode(encoded).ShouldBe(name);
        names.Encode($"folder/{name}/x").ShouldBe($"folder/{encoded}/x");
    }

    [Fact]
    public void No_two_names_become_one()
    {
        var names = new RcloneNames(reservesDevices: true);
        string[] parts = ["\n", "\u240A", "\u201B", "\uFF0F", "\uFF0E", "\u2400", "C", "\uFF23", "ON", "NUL", "."];
        var all = parts.SelectMany(first => parts.SelectMany(second => parts.Select(third => first + second + third))).Distinct(StringComparer.Ordinal).ToList();

        all.Select(names.Encode).Distinct(StringComparer.Ordinal).Count().ShouldBe(all.Count);
        all.ShouldAllBe(name => names.Decode(names.Encode(name)) == name);
    }

    [Theory]
    [InlineData("smb://host/share", "host", null, null, null, "share", "smb://host/share")]
    [InlineData("smb://me@host:4450/share/a b/c", "host", "me", null, "4450", "share/a b/c", "smb://me@host:4450/share/a b/c")]
    [InlineData("smb://CORP\\me@host/share/", "host", "me", "CORP", null, "share", "smb://CORP\\me@host/share")]
    [InlineData("SMB://CORP;me@[::1]/share", "::1", "me", "CORP", null, "share", "smb://CORP\\me@[::1]/share")]
    [InlineData("smb://me%40corp.example@host/share", "host", "me@corp.example", null, null, "share", "smb://me%40corp.example@host/share")]
    public void An_SMB_address_becomes_settings_and_back(string address, string host, string? user, string? domain, string? port, string path, string formatted)
    {
        var kind = new SmbKind();

        var settings = kind.Parse(address)!;

        (settings.Find("host"), settings.Find("user"), settings.Find("domain"), settings.Find("port"), settings.Find("path")).ShouldBe((host, user, domain, port, path));
        kind.Format(settings).ShouldBe(formatted);
        kind.Format(kind.Parse(formatted)!).ShouldBe(formatted);
    }

    [Theory]
    [InlineData("smb://host")]
    [InlineData("smb://me:secret@host/share")]
    [InlineData("smb://host/share/../other")]
    [InlineData("smb://host/share//x")]
    [InlineData("smb://host:0/share")]
    [InlineData("smb:///share")]
    [InlineData("rclone:remote")]
    [InlineData("rclone::path")]
    [InlineData("rclone:-flag:path")]
    [InlineData("rclone::sftp,host=h,pass=secret:path")]
    [InlineData("rclone:remote,access_key=secret:path")]
    public void A_malformed_address_is_refused_and_no_password_repeated(string address)
    {
        var failure = Should.Throw<EndpointException>(() => AllPlugins.Endpoints.Parse(address));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("rclone:remote:", "remote", null)]
    [InlineData("rclone:remote:a/b", "remote", "a/b")]
    [InlineData("rclone:remote:/abs", "remote", "/abs")]
    [InlineData("rclone::webdav,url=\"http://h:80/x\",vendor=other:a:b", ":webdav,url=\"http://h:80/x\",vendor=other", "a:b")]
    public void An_address_of_rclone_becomes_settings_and_back(string address, string remote, string? path)
    {
        var kind = new RcloneKind();

        var settings = kind.Parse(address)!;

        (settings.Find("remote"), settings.Find("path")).ShouldBe((remote, path));
        kind.Format(settings).ShouldBe(address);
    }

    [Theory]
    [InlineData("rclone::local:/etc", "describes or changes one")]
    [InlineData("rclone:dav,url=x:", "describes or changes one")]
    [InlineData("rclone:dav:a/../../b", "may not hold '..'")]
    [InlineData("rclone:disk:", "the hub's own machine")]
    [InlineData("rclone:shortcut:", "the hub's own machine")]
    [InlineData("rclone:sealed:", "the hub's own machine")]
    [InlineData("rclone:both:", "the hub's own machine")]
    [InlineData("rclone:parts:", "the hub's own machine")]
    [InlineData("rclone:nothing:", "no remote 'nothing'")]
    public async Task A_user_of_a_hub_reaches_no_file_of_its_machine(string address, string reason)
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        var context = HubContext();

        var failure = await Should.ThrowAsync<EndpointException>(async () =>
        {
            await using var endpoint = new RcloneKind().Open(new RcloneKind().Parse(address)!, context);
            await endpoint.FindAsync("", Token);
        });

        failure.Message.ShouldContain(reason);
        failure.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task A_remote_that_leads_elsewhere_is_opened_for_a_user_of_a_hub()
    {
        SshServer.SkipOrFail(File.Exists("/usr/bin/rclone"), "rclone is not installed (apt-get install rclone).");
        await using var endpoint = new RcloneKind().Open(new RcloneKind().Parse("rclone:memory:bucket")!, HubContext());

        await endpoint.CreateFolderAsync("", Token);

        (await endpoint.FindAsync("", Token))!.Kind.ShouldBe(EntryKind.Folder);
    }

    [Fact]
    public void A_hub_without_a_configuration_has_no_remotes() => Should.Throw<EndpointException>(() => new RcloneKind().Open(
        new RcloneKind().Parse("rclone:dav:")!, new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = null })).Message.ShouldContain("GANTRY_RCLONE_CONFIG");

    [Fact]
    public void A_circle_of_remotes_ends()
    {
        using var remotes = JsonDocument.Parse("""{"a":{"type":"alias","remote":"b:x"},"b":{"type":"crypt","remote":"a:"}}""");

        RcloneBounds.LeadsHere(remotes.RootElement, "a:", []).ShouldBeFalse();
    }

    public void Dispose() => folder.Dispose();

    private EndpointContext HubContext()
    {
        folder.WriteFile("rclone.conf", """
            [dav]
            type = webdav
            url = http://127.0.0.1:1/
            vendor = other

            [memory]
            type = memory

            [disk]
            type = local

            [shortcut]
            type = alias
            remote = /etc

            [sealed]
            type = crypt
            remote = shortcut:deep
            password = xxxx

            [both]
            type = union
            upstreams = dav:a "disk:/etc/x y":ro

            [parts]
            type = combine
            upstreams = one=dav: two=:local:/etc

            """);
        return new EndpointContext { Secrets = new GivenSecrets(_ => null), RcloneConfigFile = folder["rclone.conf"], LocalRoots = [] };
    }
}
