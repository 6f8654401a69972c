using Gantry.Hub.Database;
using Gantry.Hub.Operations;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class HubConfigurationSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_flag_wins_over_a_variable_and_a_variable_over_the_file()
    {
        File.WriteAllText(Path.Combine(folder, "gantry.yaml"), "listen: http://127.0.0.1:1\nlog_files: 3\nlog_level: debug\n");

        var configuration = Read(["--listen", "http://127.0.0.1:3"], ("GANTRY_LISTEN", "http://127.0.0.1:2"), ("GANTRY_LOG_FILES", "4"));

        configuration[HubSettings.Listen].ShouldBe("http://127.0.0.1:3");
        configuration[HubSettings.LogFiles].ShouldBe("4");
        configuration[HubSettings.LogLevel].ShouldBe("debug");
        configuration[HubSettings.BodyMegabytes].ShouldBe("16");
        configuration[HubSettings.Database].ShouldBeNull();
    }

    [Theory]
    [InlineData("--lisen", "--listen")]
    [InlineData("--log-dri", "--log-dir")]
    public void An_unknown_flag_is_refused_with_the_nearest_one(string flag, string nearest) =>
        Should.Throw<HubStartException>(() => Read([flag, "x"])).Message.ShouldContain($"Did you mean '{nearest}'?");

    [Fact]
    public void An_unknown_variable_is_refused_with_the_nearest_one() =>
        Should.Throw<HubStartException>(() => Read([], ("GANTRY_DATABSE", "x"))).Message.ShouldContain("Did you mean 'GANTRY_DATABASE'?");

    [Theory]
    [InlineData("listn: x", "line 1", "Did you mean 'listen'?")]
    [InlineData("log_files: 1\nlog_files: 2", "line 2", "twice")]
    [InlineData("listen: [a]", "line 1", "plain value")]
    [InlineData("data: /elsewhere", "line 1", "--data")]
    [InlineData("- listen", "line 1", "flat list")]
    [InlineData("listen: \"x", "gantry.yaml", "flat list")]
    public void A_settings_file_that_is_not_right_is_explained_with_its_line(string text, string place, string reason)
    {
        File.WriteAllText(Path.Combine(folder, "gantry.yaml"), text);

        var refusal = Should.Throw<HubStartException>(() => Read([]));

        refusal.Message.ShouldContain(place);
        refusal.Message.ShouldContain(reason);
    }

    [Fact]
    public void Ten_thousand_brackets_in_the_settings_file_do_no_harm()
    {
        File.WriteAllText(Path.Combine(folder, "gantry.yaml"), "listen: " + new string('[', 10_000));

        Should.Throw<HubStartException>(() => Read([]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    public void An_empty_settings_file_sets_nothing(string text)
    {
        File.WriteAllText(Path.Combine(folder, "gantry.yaml"), text);

        Read([])[HubSettings.Listen].ShouldBe(HubSettings.Listen.Default);
    }

    [Fact]
    public void A_secret_is_not_taken_as_a_flag() =>
        Should.Throw<HubStartException>(() => Read(["--database", "Password=hunter2"])).Message.ShouldContain("GANTRY_DATABASE");

    [Theory]
    [InlineData("hunter2", "0600", "hunter2")]
    [InlineData("hunter2\n", "0440", "hunter2")]
    [InlineData(" two\nlines \r\n", "0400", " two\nlines ")]
    public void A_secret_may_rest_in_a_file_of_its_own(string text, string mode, string expected)
    {
        var path = Write(text, mode);

        var configuration = Read([], ("GANTRY_ADMIN_PASSWORD_FILE", path));

        configuration[HubSettings.AdminPassword].ShouldBe(expected);
        configuration.PlaceOf(HubSettings.AdminPassword).ShouldBe($"the file '{path}'");
    }

    [Theory]
    [InlineData("hunter2", "0644", "defaultMode: 0440")]
    [InlineData("hunter2", "0660", "Other users can read or change")]
    [InlineData("\n", "0600", "is empty")]
    public void A_file_of_a_secret_that_is_not_right_is_explained_without_what_it_holds(string text, string mode, string reason)
    {
        var path = Write(text, mode);

        var refusal = Should.Throw<HubStartException>(() => Read([], ("GANTRY_ADMIN_PASSWORD_FILE", path)));

        refusal.Message.ShouldContain(reason);
        refusal.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_file_of_a_secret_that_is_not_there_or_much_too_large_is_explained()
    {
        Should.Throw<HubStartException>(() => Read([], ("GANTRY_DATABASE_FILE", Path.Combine(folder, "gone")))).Message.ShouldContain("is not there");
        Should.Throw<HubStartException>(() => Read([], ("GANTRY_DATABASE_FILE", Write(new string('x', 70_000), "0600")))).Message.ShouldContain("64 KiB");
    }

    [Fact]
    public void A_secret_given_in_two_ways_at_once_is_refused_and_one_given_nearer_wins()
    {
        var path = Write("in the file", "0600");
        File.WriteAllText(Path.Combine(folder, "gantry.yaml"), "admin_password: in the settings");

        Should.Throw<HubStartException>(() => Read([], ("GANTRY_ADMIN_PASSWORD_FILE", path), ("GANTRY_ADMIN_PASSWORD", "x"))).Message.ShouldContain("Leave one of them out");
        Read([], ("GANTRY_ADMIN_PASSWORD_FILE", path))[HubSettings.AdminPassword].ShouldBe("in the file");
        Read(["--admin-password-file", path], ("GANTRY_ADMIN_PASSWORD", "in a variable"))[HubSettings.AdminPassword].ShouldBe("in the file");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    [InlineData("-1")]
    public void A_number_out_of_its_range_is_explained_with_where_it_was_given(string text)
    {
        var configuration = Read(["--log-files", text]);

        var refusal = Should.Throw<HubStartException>(() => configuration.Number(HubSettings.LogFiles, min: 1, max: 100));

        refusal.Message.ShouldContain("the flag --log-files");
        refusal.Message.ShouldContain("from 1 to 100");
    }

    [Theory]
    [InlineData(new[] { "migrate" }, "Migrate")]
    [InlineData(new[] { "migrate", "--check" }, "CheckSchema")]
    [InlineData(new string[0], "Serve")]
    public void The_first_word_says_what_to_do(string[] arguments, string task) => Read(arguments).Task.ToString().ShouldBe(task);

    [Fact]
    public void The_page_on_settings_says_what_the_table_says() => Snapshot.Check("docs/settings.md", SettingsPage.Write());

    private string Write(string text, string mode)
    {
        var path = Path.Combine(folder, "secret");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return path;
    }

    private HubConfiguration Read(string[] arguments, params (string Name, string Value)[] variables) => HubConfiguration.Read(
        [.. arguments, "--data", folder], variables.ToDictionary(pair => pair.Name, pair => pair.Value));
}
