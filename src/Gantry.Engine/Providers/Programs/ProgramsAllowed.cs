namespace Gantry.Engine.Providers.Programs;

/// <summary>The programs of this machine that its administrator lets plans run.</summary>
public static class ProgramsAllowed
{
    /// <summary>Where they are named on the command line, and on a hub unless its file or its flags say so.</summary>
    public const string Variable = "GANTRY_PROGRAMS_ALLOW";

    /// <summary>Absolute paths joined by ':'; none when it is null or empty. Fails with <see cref="FormatException"/> on anything else.</summary>
    public static IReadOnlyList<string> Parse(string? text) =>
        [.. (text ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(path => Path.IsPathFullyQualified(path)
            ? path
            : throw new FormatException($"'{path}' is no absolute path. Write programs as /usr/bin/pandoc:/usr/bin/rsync."))];
}
