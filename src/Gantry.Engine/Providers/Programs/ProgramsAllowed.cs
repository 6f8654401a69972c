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

    /// <summary>The program, when it is allowed exactly as it is written: no other spelling of the path, and no name that is looked for.</summary>
    /// <exception cref="ProviderException">It is no absolute path, it is not allowed, or it is not there.</exception>
    public static string Require(string program, IReadOnlyList<string> allowed)
    {
        if (!program.StartsWith('/') || program.Any(char.IsControl))
        {
            throw Fail(ProviderErrorKind.BadRequest, "'program' is the absolute path of a program, such as /usr/bin/pandoc.");
        }

        if (!allowed.Contains(program, StringComparer.Ordinal))
        {
            throw Fail(
                ProviderErrorKind.Unauthorized,
                $"'{program}' may not be run here. An administrator of this machine allows it by the setting programs_allow ({Variable}={program}), which names programs by their absolute paths, joined by ':'.");
        }

        return File.Exists(program) ? program : throw Fail(ProviderErrorKind.NotFound, $"There is no program '{program}' on this machine.");
    }

    private static ProviderException Fail(ProviderErrorKind kind, string message) => new(new ProviderError { Kind = kind, Message = message });
}
