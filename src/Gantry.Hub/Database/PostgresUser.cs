using System.Globalization;

namespace Gantry.Hub.Database;

/// <summary>
/// Who PostgreSQL runs as. It refuses to be root, so a hub that is root hands it to an unprivileged user; otherwise it is the hub's own user.
/// </summary>
internal sealed class PostgresUser
{
    private const int CapabilityToSearch = 2; // CAP_DAC_READ_SEARCH
    private const int CapabilityToDropCapabilities = 8; // CAP_SETPCAP

    private PostgresUser(string name, uint user, uint group, bool isOther) => (Name, User, Group, IsOther) = (name, user, group, isOther);

    public string Name { get; }

    public uint User { get; }

    public uint Group { get; }

    /// <summary>True when it is not the hub's own user: files are handed over, and programs start by setpriv.</summary>
    public bool IsOther { get; }

    /// <summary>The owner of an existing database folder; for a new one the first of gantry, postgres, nobody that exists.</summary>
    public static PostgresUser For(string databaseFolder)
    {
        var self = Posix.GetEffectiveUser();
        var known = KnownUsers();
        if (self != 0)
        {
            return known.Find(user => user.User == self) is { } me ? new PostgresUser(me.Name, me.User, me.Group, isOther: false)
                : new PostgresUser(Environment.UserName, self, self, isOther: false);
        }

        if (Posix.StatusOf(databaseFolder) is { User: not 0 } owner)
        {
            return known.Find(user => user.User == owner.User) ?? throw new HubStartException(
                $"'{databaseFolder}' belongs to the user number {owner.User}, whom /etc/passwd does not know. Give it to an existing user with chown.");
        }

        string[] names = ["gantry", "postgres", "nobody"];
        return names.Select(name => known.Find(user => user.Name == name)).FirstOrDefault(user => user is not null)
            ?? throw new HubStartException("PostgreSQL refuses to run as root, and this system has none of the users gantry, postgres or nobody. " +
                "Make one with 'useradd --system gantry'.");
    }

    /// <summary>The user who runs the hub, as PostgreSQL's peer authentication sees it.</summary>
    public static string HubUserName()
    {
        var self = Posix.GetEffectiveUser();
        return KnownUsers().Find(user => user.User == self)?.Name ?? Environment.UserName;
    }

    /// <summary>The words before the program's own: a session of its own, and for another user setpriv with what that user needs.</summary>
    public IReadOnlyList<string> Launcher(string folder)
    {
        // Ctrl-C in a terminal reaches the whole process group; the database must outlive the hub's draining.
        List<string> words = ["/usr/bin/setsid"];
        if (!IsOther) return File.Exists(words[0]) ? words : [];

        var setpriv = new[] { "/usr/bin/setpriv", "/bin/setpriv" }.FirstOrDefault(File.Exists) ?? throw new HubStartException(
            "The hub runs as root and needs 'setpriv' to start PostgreSQL as another user. Install the package util-linux, or start the hub as a normal user.");
        words.AddRange([setpriv, "--reuid=" + User.ToString(CultureInfo.InvariantCulture),
            "--regid=" + Group.ToString(CultureInfo.InvariantCulture), "--init-groups", "--no-new-privs"]);
        var has = EffectiveCapabilities();
        var searches = UntraversableParent(folder);
        if (searches is not null && !has(CapabilityToSearch))
        {
            throw new HubStartException($"The user {Name}, as whom PostgreSQL runs, may not enter '{searches}', and this container has no capability " +
                "DAC_READ_SEARCH to give it. Choose another data folder, or 'chmod o+x' that one.");
        }

        // Searching is a capability of its own: the database sees the way to its folder without a change to anybody's permissions.
        var capabilities = searches is null ? "-all" : "-all,+dac_read_search";
        words.AddRange(["--inh-caps=" + capabilities, "--ambient-caps=" + capabilities]);
        if (has(CapabilityToDropCapabilities)) words.Add("--bounding-set=" + capabilities);
        return words;
    }

    /// <summary>The first folder on the way that this user may not pass; null when the way is open.</summary>
    internal string? UntraversableParent(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (Posix.StatusOf(parent) is not { } owner) return parent;
            var needed = owner.User == User ? UnixFileMode.UserExecute
                : owner.Group == Group ? UnixFileMode.GroupExecute : UnixFileMode.OtherExecute;
            if (!owner.Mode.HasFlag(needed)) return parent;
        }

        return null;
    }

    private static Func<int, bool> EffectiveCapabilities()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        var bits = line is null ? 0 : ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return capability => (bits & (1UL << capability)) != 0;
    }

    private static List<PostgresUser> KnownUsers()
    {
        List<PostgresUser> users = [];
        if (!File.Exists("/etc/passwd")) return users;
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length >= 4 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
                && uint.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var group))
            {
                users.Add(new PostgresUser(fields[0], user, group, isOther: true));
            }
        }

        return users;
    }
}
