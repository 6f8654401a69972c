using Shouldly;

namespace Gantry.Hub.Specs;

/// <summary>A text that is kept in the repository, so that a change of it is seen in review. GANTRY_TEST_UPDATE=1 writes it anew.</summary>
public static class Snapshot
{
    public static void Check(string path, string text)
    {
        var file = Path.Combine(Repository(), path);
        if (Environment.GetEnvironmentVariable("GANTRY_TEST_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        File.ReadAllText(file).ShouldBe(text, $"If the change is meant, run these tests once with GANTRY_TEST_UPDATE=1 and commit {path}.");
    }

    /// <summary>The folder of the clone these tests were built in.</summary>
    public static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gantry.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
