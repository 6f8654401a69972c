using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>The programs that endpoints talk to, as they find themselves when they are started.</summary>
public sealed class ChildProcessSpecs
{
    private const string Shell = "/bin/sh";

    private static readonly Dictionary<string, string> nothing = new(StringComparer.Ordinal);

    [Fact]
    public async Task It_hears_what_is_written_and_is_heard()
    {
        var child = ChildProcess.Start("/bin/cat", [], nothing);
        child.Input.Write("ä\n"u8);
        child.Input.Dispose();

        (await TextOfAsync(child)).ShouldBe("ä\n");
    }

    [Fact]
    public async Task Arguments_and_environment_are_exactly_what_was_given()
    {
        var child = ChildProcess.Start(Shell, ["-c", "printf '%s|' \"$@\"; cat /proc/$$/environ", "sh", "two words", "", "$HOME '\""], new Dictionary<string, string>(StringComparer.Ordinal) { ["ONLY"] = "this=one" });

        (await TextOfAsync(child)).ShouldBe("two words||$HOME '\"|ONLY=this=one\0");
    }

    [Fact]
    public async Task It_leads_a_session_of_its_own_and_hears_broken_pipes()
    {
        // Session and ignored signals: fields 6 of stat (proc(5)) and SigIgn of status, SIGPIPE being bit 12.
        var child = ChildProcess.Start(Shell, ["-c", "cut -d' ' -f6 /proc/$$/stat; echo $$; grep SigIgn /proc/$$/status"], nothing);
        var lines = (await TextOfAsync(child)).Split('\n');

        lines[0].ShouldBe(lines[1]);
        (ulong.Parse(lines[2].Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1 << 12)).ShouldBe(0UL);
    }

    [Fact]
    public async Task It_runs_in_the_folder_and_has_none_of_our_files()
    {
        using var ours = File.OpenRead("/etc/passwd");
        var other = ChildProcess.Start("/bin/cat", [], nothing);
        var child = ChildProcess.Start(Shell, ["-c", "pwd; readlink /proc/$$/fd/*"], nothing, "/usr");
        var lines = (await TextOfAsync(child)).Split('\n');

        lines[0].ShouldBe("/usr");
        lines.ShouldNotContain("/etc/passwd");

        // Its end of the pipe is the only one, so that the other hears of it.
        other.Input.Dispose();
        (await TextOfAsync(other)).ShouldBe("");
    }

    [Fact]
    public async Task A_signal_reaches_what_it_started_and_its_end_is_told()
    {
        var child = ChildProcess.Start(Shell, ["-c", "exec 3<&0; cat <&3 & echo ready; wait"], nothing);
        var ready = new byte[6];
        child.Output.ReadExactly(ready);
        child.Ended.IsCompleted.ShouldBeFalse();

        child.Signal(15);

        // The pipe ends once the last of them is gone.
        child.Output.Read(ready).ShouldBe(0);
        await child.Ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        child.Signal(15);
    }

    [Theory]
    [InlineData("/nowhere/ssh", "/")]
    [InlineData("/etc/passwd", "/")]
    [InlineData("/bin/sh", "/nowhere")]
    public void What_cannot_be_started_is_told(string program, string folder)
    {
        var exception = Should.Throw<EndpointException>(() => ChildProcess.Start(program, [], nothing, folder));

        exception.Error.ShouldBe(EndpointError.NotSupported);
        exception.Message.ShouldStartWith($"The program '{program}' could not be started: ");
    }

    [Fact]
    public void A_text_with_a_NUL_is_refused_and_not_shown()
    {
        var exception = Should.Throw<EndpointException>(() => ChildProcess.Start(Shell, ["-c", "echo secret\0tail"], nothing));

        exception.Error.ShouldBe(EndpointError.BadSetting);
        exception.Message.ShouldNotContain("secret");
    }

    private static async Task<string> TextOfAsync(ChildProcess child)
    {
        using var reader = new StreamReader(child.Output);
        var text = reader.ReadToEnd();
        await child.Ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return text;
    }
}
