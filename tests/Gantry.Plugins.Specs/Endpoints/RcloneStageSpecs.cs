using Gantry.Plugins.Endpoints.Rclone;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

public sealed class RcloneStageSpecs
{
    [Fact]
    public void What_a_killed_program_left_is_removed_and_what_is_in_use_stays()
    {
        using var living = new RcloneStage();
        living.Put("in use"u8, null);
        var left = Path.Combine(Path.GetDirectoryName(living.Folder)!, $"gantry-stage-{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, ".lock"), "");
        File.WriteAllText(Path.Combine(left, "00000001"), "somebody's content");

        using var next = new RcloneStage();
        var name = next.Put("new"u8, DateTimeOffset.UnixEpoch);

        Directory.Exists(left).ShouldBeFalse();
        Directory.Exists(living.Folder).ShouldBeTrue();
        File.ReadAllText(Path.Combine(next.Folder, name)).ShouldBe("new");
        File.GetUnixFileMode(next.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void It_is_gone_when_it_is_done_with()
    {
        string folder;
        using (var stage = new RcloneStage())
        {
            stage.Put("content"u8, null);
            folder = stage.Folder;
        }

        Directory.Exists(folder).ShouldBeFalse();
    }
}
