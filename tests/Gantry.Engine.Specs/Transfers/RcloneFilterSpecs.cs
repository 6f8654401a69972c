using System.Diagnostics;
using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>The same tree and the same options, given to rclone and to a transfer: the same files take part.</summary>
public sealed class RcloneFilterSpecs
{
    private const string Rclone = "/usr/bin/rclone";
    private static readonly DateTimeOffset now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names =
    [
        "a", "b", "ab", "A", "a.txt", "b.TXT", "a.jpg", "B.Jpg", "x.tar.gz", ".hidden", "-dash", "dir", "Dir", "sub", "two words", "ünï", "Ünï", "日本", "😀",
        "[odd]", "{a,b}", "a+b(c)^$", "#no", "!x", "semi;colon", "a*b", "q?", "back\\slash", "~tilde", "a,b", "{{x}}", "a]b",
    ];

    private static readonly string[] Parts =
    [
        "*", "**", "?", "a", "b", "A", "dir", "sub", "*.txt", "*.{txt,jpg}", "{a,b}*", "{dir,sub}", "[ab]*", "[!a]*", "[^a-c]*", "[a-z]", "{{[a-b]+}}", "{{.*\\.(txt|jpg)}}",
        "ü*", "日?", "?*", "*.*", ".*", "\\*", "a\\*b", "\\[odd\\]", "\\{a,b\\}", "x.*.gz", "-*", "*words", "*[[:upper:]]*", "{*.txt,**.jpg}", "{a,dir/**}",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Options_select_what_they_select_for_rclone(int seed)
    {
        SkipWithoutRclone();
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        Grow(random, folder, "", depth: 0);
        var includes = Some(random, 2);
        var excludes = Some(random, 2);
        var filters = Some(random, 4).Select(pattern => (random.Next(2) == 0 ? "+ " : "- ") + pattern).ToList();
        if (filters.Count > 2 && random.Next(6) == 0)
        {
            filters.Insert(random.Next(filters.Count), "!");
        }

        var ignoresCase = random.Next(4) == 0;
        long? sizeMin = random.Next(3) == 0 ? random.Next(3000) : null;
        long? sizeMax = random.Next(3) == 0 ? random.Next(6000) : null;
        string[] bounds =
        [
            .. ignoresCase ? (string[])["--ignore-case"] : [],
            .. sizeMin is { } min ? (string[])["--min-size", $"{min}B"] : [],
            .. sizeMax is { } max ? (string[])["--max-size", $"{max}B"] : [],
        ];
        string[] options =
        [
            .. includes.SelectMany(pattern => (string[])["--include", pattern]),
            .. excludes.SelectMany(pattern => (string[])["--exclude", pattern]),
            .. filters.SelectMany(rule => (string[])["--filter", rule]),
            .. bounds,
        ];

        var expected = await SelectedByRcloneAsync(folder.Path, options);
        var selected = await SelectedByTransferAsync(
            folder.Path,
            () => new FileSelection { IgnoresCase = ignoresCase, SizeMin = sizeMin, SizeMax = sizeMax }.With(includes, excludes, filters));

        selected.ShouldBe(expected, string.Join(' ', options));
    }

    [Theory]
    [InlineData("--max-age", "2w")]
    [InlineData("--max-age", "1d")]
    [InlineData("--max-age", "36h")]
    [InlineData("--max-age", "1M")]
    [InlineData("--max-age", "1y")]
    [InlineData("--min-age", "2w")]
    [InlineData("--min-age", "1.5w")]
    [InlineData("--min-age", "90m")]
    [InlineData("--min-age", "1y")]
    public async Task Ages_select_what_they_select_for_rclone(string option, string text)
    {
        SkipWithoutRclone();
        var today = TimeProvider.System.GetUtcNow();
        using var folder = new TemporaryFolder();
        foreach (var hours in (double[])[0.1, 1, 2, 23, 25, 35, 37, 24 * 6, 24 * 10, 24 * 13, 24 * 15, 24 * 29, 24 * 31, 24 * 360, 24 * 370])
        {
            var name = hours.ToString(CultureInfo.InvariantCulture);
            folder.WriteFile(name, "x");
            File.SetLastWriteTimeUtc(Path.Combine(folder.Path, name), today.AddHours(-hours).UtcDateTime);
        }

        var expected = await SelectedByRcloneAsync(folder.Path, [option, text]);
        FileAge.TryParse(text, today, out var age).ShouldBeTrue();
        var selected = await SelectedByTransferAsync(
            folder.Path, () => option == "--max-age" ? new FileSelection { AgeMax = age } : new FileSelection { AgeMin = age });

        expected.Count.ShouldBeInRange(1, 14);
        selected.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-04-30", 36)]
    [InlineData("2026-05-01T08:00", 4)]
    [InlineData("2026-05-01T08:00:30Z", 3.99167)]
    [InlineData("2026-05-01T08:00+02:00", 6)]
    public void A_moment_is_an_age_from_then_on(string text, double hours)
    {
        FileAge.TryParse(text, now, out var age).ShouldBeTrue();

        age.TotalHours.ShouldBe(hours, tolerance: 0.0001);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-5d")]
    [InlineData("5 d")]
    [InlineData("w")]
    [InlineData("9999999y")]
    [InlineData("2027-01-01")]
    [InlineData("2026-13-01")]
    public void What_is_no_age_is_refused(string text) => FileAge.TryParse(text, now, out _).ShouldBeFalse();

    private static List<string> Some(Random random, int max) => [.. Enumerable.Range(0, random.Next(max + 1)).Select(_ => Pattern(random))];

    private static string Pattern(Random random)
    {
        var pattern = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Parts[random.Next(Parts.Length)]));
        return (random.Next(3) == 0 ? "/" : "") + pattern + (random.Next(4) switch { 0 => "/", 1 => "/**", _ => "" });
    }

    private static void Grow(Random random, TemporaryFolder folder, string path, int depth)
    {
        foreach (var name in Names.Where(_ => random.Next(3) > 0))
        {
            var child = EndpointPath.Join(path, name);
            if (depth < 2 && random.Next(4) == 0)
            {
                Grow(random, folder, child, depth + 1);
            }
            else
            {
                folder.WriteFile(child, new string('x', random.Next(6000)));
            }
        }
    }

    /// <summary>By what a transfer finds, so that a folder which it does not walk counts as left out.</summary>
    private static async Task<IReadOnlyList<string>> SelectedByTransferAsync(string folder, Func<FileSelection> selection)
    {
        var source = new MemoryEndpoint("memory:source");
        foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            var path = Path.GetRelativePath(folder, file);
            await TransferStage.PutAsync(source, path, await File.ReadAllTextAsync(file), new DateTimeOffset(File.GetLastWriteTimeUtc(file)));
        }

        var target = new MemoryEndpoint("memory:target");
        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = target },
            Selection = selection(),
        }).RunAsync(TestContext.Current.CancellationToken);
        result.IsSuccess.ShouldBeTrue();
        return [.. (await TransferStage.TreeOfAsync(target)).Where(line => !line.EndsWith('/')).Select(line => line[..line.LastIndexOf('=')]).Order(StringComparer.Ordinal)];
    }

    private static void SkipWithoutRclone()
    {
        if (!File.Exists(Rclone))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "rclone is not installed.");
            Assert.Fail("rclone is not installed.");
        }
    }

    private static async Task<IReadOnlyList<string>> SelectedByRcloneAsync(string folder, IReadOnlyList<string> options)
    {
        // Its local backend shows names as other systems could hold them, unless it is told to leave them as they are.
        var start = new ProcessStartInfo(Rclone) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["lsf", "-R", "--files-only", "--config", "/dev/null", .. options, folder])
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
