using Gantry.EndToEnd.Specs.Programs;
using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>A website goes from FTP hosting to a bucket and back, by two commands.</summary>
public sealed class HostingToBucketSpecs : IDisposable
{
    private const string Password = "hosting password";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_website_goes_to_a_bucket_and_back_and_a_second_run_sends_nothing()
    {
        var home = folder.Folder("hosting");
        FileTree.Make(Path.Combine(home, "htdocs"), 120);
        folder.WriteFile("hosting/htdocs/über uns/index.html", "<html>");
        folder.WriteFile("hosting/htdocs/large.bin", new string('x', 3_000_000));
        await using var ftp = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None, home);
        await using var s3 = await S3Server.StartFauxqsAsync();
        var bucket = (await s3.NewBucketAsync()).Values["bucket"];
        var hosting = $"ftp://user@127.0.0.1:{ftp.Port}";
        var store = $"s3://{bucket}/site?endpoint={s3.Url}&path_style=true";

        var there = await RunAsync("copy", hosting + "/htdocs", store, "--set", "password=${cred:HOSTING}", "--manifest", folder["site.jsonl"]);
        var again = await RunAsync("copy", hosting + "/htdocs", store, "--set", "password=${cred:HOSTING}");
        var back = await RunAsync("copy", store, hosting + "/restored", "--set", "password=${cred:HOSTING}");

        there.Output.ShouldStartWith("122 copied", Case.Sensitive, there.ToString());
        again.Output.ShouldStartWith("0 copied (0 B), 122 unchanged", Case.Sensitive, again.ToString());
        back.Status.ShouldBe(0, back.ToString());
        FileTree.Differences(Path.Combine(home, "htdocs"), Path.Combine(home, "restored")).ShouldBeEmpty();
        File.GetLastWriteTimeUtc(Path.Combine(home, "restored/large.bin"))
            .ShouldBe(File.GetLastWriteTimeUtc(Path.Combine(home, "htdocs/large.bin")), TimeSpan.FromSeconds(1.1));
        (await File.ReadAllLinesAsync(folder["site.jsonl"])).Length.ShouldBe(123);
        (there + "" + again + back).ShouldNotContain(Password);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_and_a_login_that_is_refused_are_told_as_what_they_are()
    {
        var home = folder.Folder("hosting");
        folder.WriteFile("hosting/htdocs/index.html", "<html>");
        await using var ftp = await FtpServer.StartPyftpdlibAsync(Password, LoginTls.None, home);
        await using var s3 = await S3Server.StartFauxqsAsync();
        var hosting = $"ftp://user@127.0.0.1:{ftp.Port}/htdocs";

        var noBucket = await RunAsync("copy", hosting, $"s3://nowhere-at-all/site?endpoint={s3.Url}&path_style=true", "--set", "password=${cred:HOSTING}");
        var noLogin = await RunAsync("copy", hosting, folder["to"], "--set", "password=${cred:WRONG}");

        noBucket.Status.ShouldBeOneOf([1, 2, 3], noBucket.ToString());
        noBucket.Errors.ShouldContain("nowhere-at-all");
        noLogin.Status.ShouldBe(3, noLogin.ToString());
        (noBucket + "" + noLogin).ShouldNotContain(Password);
    }

    private Task<Ended> RunAsync(params string[] words) => GantryProgram.RunAsync(
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["XDG_CONFIG_HOME"] = folder["config"],
            ["AWS_ACCESS_KEY_ID"] = S3Server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = S3Server.SecretKey,
            ["AWS_PROFILE"] = null,
            ["CRED_HOSTING"] = Password,
            ["CRED_WRONG"] = "not the password",
        },
        null,
        words);
}
