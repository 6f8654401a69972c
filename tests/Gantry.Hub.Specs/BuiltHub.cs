namespace Gantry.Hub.Specs;

/// <summary>The hub's own program, whose parts are all compiled ahead of time where the build does that: the one beside these tests would compile most of itself at each start.</summary>
internal static class BuiltHub
{
    /// <summary>Built with these tests, in the folder beside theirs: "Gantry.Hub/release/Gantry.Hub.dll".</summary>
    public static string Program { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Gantry.Hub", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "Gantry.Hub.dll"));
}
