using System.Globalization;
using Gantry.Plugins.Specs.Transfer;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>A second run over files that are as they were asks a server no more than it has to.</summary>
public sealed class FtpSecondRunSpecs : IDisposable
{
    private const int Files = 300;
    private static readonly DateTime time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData("MLST type*;size*;modify*;", "type=file;size=3;modify=20260102030405; file{0}", 0)]
    [InlineData("MDTM", "-rw-r--r-- 1 o g 3 Jan 02  2026 file{0}", Files)]
    public async Task Nothing_is_asked_per_file_but_a_time_that_the_listing_does_not_tell(string feature, string line, int questions)
    {
        await using MisbehavingFtpServer server = new()
        {
            Features = $"211-Features:\r\n {feature}\r\n SIZE\r\n211 End\r\n",
            Listing = string.Concat(Enumerable.Range(0, Files).Select(number => string.Format(CultureInfo.InvariantCulture, line, number) + "\r\n")),
            Answer = (_, asked) => asked.StartsWith("MDTM ", StringComparison.Ordinal) ? "213 20260102030405\r\n" : null,
        };
        for (var number = 0; number < Files; number++)
        {
            File.SetLastWriteTimeUtc(folder.WriteFile($"from/file{number}", "abc"), time);
        }

        await using var target = server.Open();
        var result = await LocalStage.CopyAsync(folder.Local("from"), target);

        result.Failures.ShouldBeEmpty();
        (result.Copied, result.Skipped).ShouldBe((0, Files));
        var perFile = server.Heard.Where(asked => asked.Contains("/file", StringComparison.Ordinal)).ToList();
        perFile.Count.ShouldBe(questions);
        perFile.ShouldAllBe(asked => asked.StartsWith("MDTM ", StringComparison.Ordinal));
    }
}
