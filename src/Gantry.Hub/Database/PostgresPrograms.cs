using System.Globalization;

namespace Gantry.Hub.Database;

/// <summary>The system's own PostgreSQL: where <c>initdb</c> and <c>postgres</c> are, and of which major version.</summary>
internal sealed record PostgresPrograms(string Folder, int MajorVersion)
{
    public string InitDb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>
    /// The version that made the data folder when it is installed, otherwise the newest one; <paramref name="dataVersion"/> is null for a new folder.
    /// </summary>
    public static PostgresPrograms Find(int? dataVersion)
    {
        var found = Candidates().Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            .Select(Resolve).OfType<PostgresPrograms>().DistinctBy(programs => programs.Folder).ToList();
        if (found.Count == 0)
        {
            throw new HubStartException("PostgreSQL is not installed: neither the PATH nor /usr/lib/postgresql/*/bin has initdb and postgres. " +
                "Install it with 'apt-get install postgresql' (Debian, Ubuntu) or 'dnf install postgresql-server' (Fedora), " +
                "or name a server that runs already in GANTRY_DATABASE.");
        }

        if (dataVersion is null) return found.MaxBy(programs => programs.MajorVersion)!;
        return found.Find(programs => programs.MajorVersion == dataVersion) ?? throw new HubStartException(
            $"The database was made by PostgreSQL {dataVersion}, but only PostgreSQL " +
            $"{string.Join(", ", found.Select(programs => programs.MajorVersion).Distinct().Order())} is installed. " +
            $"Install PostgreSQL {dataVersion} (on Debian 'apt-get install postgresql-{dataVersion}'), or move the data with pg_dump.");
    }

    /// <summary>The major version that made a database folder; null when there is no database in it.</summary>
    public static int? VersionOf(string databaseFolder)
    {
        var file = Path.Combine(databaseFolder, "PG_VERSION");
        if (!File.Exists(file)) return null;
        var text = File.ReadAllText(file).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
            : throw new HubStartException($"'{file}' says '{text}', which is no version of PostgreSQL that Gantry knows (14 or newer).");
    }

    private static IEnumerable<string> Candidates()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted);
        string[] roots = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt", "/usr/libexec"];
        var versioned = roots.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Select(folder => Path.Combine(folder, "bin"));
        string[] named = ["/usr/local/pgsql/bin", "/usr/pgsql-18/bin", "/usr/pgsql-17/bin", "/usr/pgsql-16/bin", "/usr/pgsql-15/bin", "/usr/bin"];
        return [.. path, .. versioned, .. named];
    }

    private static PostgresPrograms? Resolve(string folder)
    {
        var postgres = Path.Combine(folder, "postgres");
        var real = File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres;
        var realFolder = Path.GetDirectoryName(real)!;
        if (!File.Exists(Path.Combine(realFolder, "initdb"))) realFolder = folder;

        // Debian's folders name the version; asking the program costs 10 ms at every start.
        var name = Path.GetFileName(Path.GetDirectoryName(realFolder) ?? "");
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return new PostgresPrograms(realFolder, version);
        return AskVersion(realFolder) is { } asked ? new PostgresPrograms(realFolder, asked) : null;
    }

    private static int? AskVersion(string folder)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Path.Combine(folder, "postgres")) { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add("--version");
        start.Environment.Clear();
        using var process = System.Diagnostics.Process.Start(start);
        var words = process?.StandardOutput.ReadToEnd().Split(' ', '.', '\n') ?? [];
        process?.WaitForExit();
        foreach (var word in words)
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return version;
        }

        return null;
    }
}
