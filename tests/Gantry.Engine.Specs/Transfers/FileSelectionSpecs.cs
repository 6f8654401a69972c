using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

public sealed class FileSelectionSpecs
{
    private const string Rclone = "/usr/bin/rclone";

    private static readonly string[] Names = ["a", "b", "file.jpg", "file.txt", "dir", "sub", "x.y.z", "[odd]", "two words", "ünï", "{a,b}", "A", "file.JPG", "a+b(c)^$"];

    private static readonly string[] Patterns =
    [
        "*", "**", "*.jpg", "*.txt", "/file.txt", "/dir/**", "dir/", "dir/**", "/dir/*", "sub/*.jpg", "**/sub/*", "/a/b/*", "a/**/b", "?", "file.???", "[ab]", "[^a]*",
        "*.{jpg,txt}", "{dir,sub}/*", "{{f.*t}}", "/{{[ab]+}}/**", @"\[odd\]", "*words", "ü*", @"\{a,b\}", "/**/file.*", "dir*/", "/sub/", "*/a", "**a", "a+b*", "[a-c]*/**", "dir**",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Filters_select_what_rclone_selects(int seed)
    {
        if (!File.Exists(Rclone))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "rclone is not installed.");
            Assert.Fail("rclone is not installed.");
        }

        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var tree = Grow(random, folder, "", depth: 0);
        var rules = Enumerable.Range(0, random.Next(1, 6))
            .Select(_ => (random.Next(2) == 0 ? "+ " : "- ") + Patterns[random.Next(Patterns.Length)])
            .ToList();
        if (random.Next(2) == 0)
        {
            rules.Add("- *");
        }

        var filterFile = folder.WriteFile("../" + Path.GetFileName(folder.Path) + ".filter", string.Join('\n', rules));
        var expected = await SelectedByRcloneAsync(folder.Path, filterFile);
        File.Delete(filterFile);

        var selection = FileSelection.All.With([], [], rules);

        string[] selected = [.. tree.Where(path => IsReached(selection, path)).Order(StringComparer.Ordinal)];
        selected.ShouldBe(expected, string.Join(" | ", rules));
    }

    [Fact]
    public void Includes_exclude_all_else_and_excludes_come_after()
    {
        var selection = FileSelection.All.With(["*.jpg"], ["b.jpg"], []);

        selection.IncludesPath("a.jpg").ShouldBeTrue();
        selection.IncludesPath("b.jpg").ShouldBeTrue();
        selection.IncludesPath("a.txt").ShouldBeFalse();
        FileSelection.All.With([], ["b.jpg"], []).IncludesPath("in/b.jpg").ShouldBeFalse();
    }

    [Fact]
    public void Sizes_and_ages_have_inclusive_bounds()
    {
        var now = TransferStage.SomeTime;
        var selection = new FileSelection { SizeMin = 10, SizeMax = 20, AgeMin = TimeSpan.FromHours(1), AgeMax = TimeSpan.FromDays(1) };

        Is(10, 1).ShouldBeTrue();
        Is(20, 24).ShouldBeTrue();
        Is(9, 1).ShouldBeFalse();
        Is(21, 1).ShouldBeFalse();
        Is(10, 0.9).ShouldBeFalse();
        Is(10, 25).ShouldBeFalse();

        bool Is(long size, double hours) =>
            selection.Includes("a", new Entry { Name = "a", Kind = EntryKind.File, Size = size, ModifiedAt = now.AddHours(-hours) }, now);
    }

    [Fact]
    public void A_name_with_a_line_break_is_matched_like_any_other()
    {
        FileSelection.All.With([], ["**"], []).IncludesPath("a\nb").ShouldBeFalse();
        FileSelection.All.With([], ["a"], []).IncludesPath("a\n").ShouldBeTrue();
        FileSelection.All.With([], ["?"], []).IncludesPath("😀").ShouldBeFalse();
    }

    [Theory]
    [InlineData("a***b")]
    [InlineData("[abc")]
    [InlineData("a]")]
    [InlineData("{a,b")]
    [InlineData("a}")]
    [InlineData("{{a")]
    [InlineData("{{(}}")]
    [InlineData("{a{b}}")]
    [InlineData("a\\")]
    public void A_pattern_without_sense_is_refused(string pattern) =>
        Should.Throw<EndpointException>(() => FileSelection.All.With([pattern], [], [])).Error.ShouldBe(EndpointError.BadSetting);

    [Fact]
    public void A_filter_line_without_a_sign_is_refused() =>
        Should.Throw<EndpointException>(() => FileSelection.All.With([], [], ["*.jpg"])).Message.ShouldContain("'+ '");

    [Fact]
    public void Comments_and_empty_lines_say_nothing_and_an_exclamation_mark_forgets()
    {
        var selection = FileSelection.All.With([], [], ["# all", "- *", "", "!", "; only jpg", "- *.txt"]);

        selection.IncludesPath("a.jpg").ShouldBeTrue();
        selection.IncludesPath("a.txt").ShouldBeFalse();
    }

    [Fact]
    public void No_pattern_takes_long()
    {
        var selection = FileSelection.All.With([], ["{{(a+)+$}}", "*a*a*a*a*a*a*a*a*a*b"], []);

        selection.IncludesPath(new string('a', 5000) + "!").ShouldBeTrue();
    }

    /// <summary>A file is reached when all folders above it are walked.</summary>
    private static bool IsReached(FileSelection selection, string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (!selection.IncludesFolder(path[..slash]))
            {
                return false;
            }
        }

        return selection.IncludesPath(path);
    }

    private static List<string> Grow(Random random, TemporaryFolder folder, string path, int depth)
    {
        List<string> files = [];
        foreach (var name in Names.Where(_ => random.Next(3) > 0))
        {
            var child = EndpointPath.Join(path, name);
            if (depth < 3 && random.Next(3) == 0)
            {
                files.AddRange(Grow(random, folder, child, depth + 1));
            }
            else
            {
                folder.WriteFile(child, "x");
                files.Add(child);
            }
        }

        return files;
    }

    private static async Task<IReadOnlyList<string>> SelectedByRcloneAsync(string folder, string filterFile)
    {
        var start = new ProcessStartInfo(Rclone) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["lsf", "-R", "--files-only", "--config", "/dev/null", "--filter-from", filterFile, folder])
        {
            start.ArgumentList.Add(argument);
        }

        using var rclone = Process.Start(start)!;
        var errors = rclone.StandardError.ReadToEndAsync();
        var output = await rclone.StandardOutput.ReadToEndAsync();
        await rclone.WaitForExitAsync();
        rclone.ExitCode.ShouldBe(0, await errors);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
