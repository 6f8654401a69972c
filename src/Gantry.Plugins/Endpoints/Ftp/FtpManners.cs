using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>How a server sets modification times.</summary>
internal enum FtpTimeSetting
{
    /// <summary>Nobody tried yet: it does not say MFMT, and MDTM with a time is tried.</summary>
    Unknown,
    Mfmt,
    Mdtm,
    None,
}

/// <summary>Whether replies come strictly in the order of their commands, even while data is transferred.</summary>
internal enum FtpOrder
{
    Unknown,
    Kept,

    /// <summary>It reads on while it transfers: nothing is sent behind the command of a transfer.</summary>
    NotKept,
}

/// <summary>What was learned of one server, by its own words and by how it behaves; shared by all sessions with it.</summary>
internal sealed class FtpManners : IDisposable
{
    private readonly Redactor redactor = new();
    private HashSet<string> features = new(StringComparer.OrdinalIgnoreCase);
    private int saidNothingOfTimes;

    /// <summary>Whether the lines below are filled in.</summary>
    public bool IsKnown { get; private set; }

    public bool HasMachineLists { get; private set; }

    /// <summary>The facts to ask for by OPTS MLST; null when the server's own choice will do.</summary>
    public string? FactsWanted { get; private set; }

    public bool HasUtf8 { get; private set; }

    public bool HasSize { get; set; } = true;

    public bool HasModificationTimes { get; private set; }

    public bool HasRestart { get; private set; }

    /// <summary>It takes APPE.</summary>
    public bool Appends { get; set; } = true;

    /// <summary>Hashes by their names in this program, the best first, with the words the server knows them by.</summary>
    public IReadOnlyList<(string Name, string Verb)> Hashes { get; private set; } = [];

    /// <summary>The folder of the login; null when the server did not say.</summary>
    public string? Home { get; set; }

    public bool HasExtendedPassive { get; set; } = true;

    /// <summary>Several commands may be sent before the first is answered.</summary>
    public bool Pipelines { get; set; } = true;

    public FtpOrder Order { get; set; }

    /// <summary>Whether LIST takes -a, which shows names that begin with a dot; null when that is not known.</summary>
    public bool? ListsAll { get; set; }

    /// <summary>Whether LIST -a tells of the folder itself, which it does not of a file; null until it was seen.</summary>
    public bool? ListsFolderItself { get; set; }

    /// <summary>Whether STAT lists a pattern on the control connection, as vsftpd's does.</summary>
    public bool FindsByStat { get; set; }

    public FtpTimeSetting TimeSetting { get; set; }

    /// <summary>It writes '_' in place of control characters and of spaces at an end, so that another file would be met.</summary>
    public bool ChangesNames { get; private set; }

    public bool SetsModes { get; set; } = true;

    public void Learn(FtpReply answer)
    {
        features = new(answer.IsDone ? answer.Lines.Select(line => line.Trim()) : [], StringComparer.OrdinalIgnoreCase);
        var facts = Find("MLST");
        HasMachineLists = facts is not null;
        FactsWanted = facts is null ? null : FactsOf(facts);
        HasUtf8 = Has("UTF8");
        HasSize = !answer.IsDone || Has("SIZE");
        HasModificationTimes = !answer.IsDone || Has("MDTM");
        HasRestart = !answer.IsDone || Find("REST") is not null;
        TimeSetting = Has("MFMT") ? FtpTimeSetting.Mfmt : HasModificationTimes ? FtpTimeSetting.Unknown : FtpTimeSetting.None;

        // By these it is known to be Pure-FTPd.
        ChangesNames = Has("ESTP") && Has("PRET");
        Hashes = FtpHashes.Of(features);
        IsKnown = true;
    }

    /// <summary>What a server says about itself where it does not say what it can do.</summary>
    public void LearnProduct(string words)
    {
        if (TimeSetting == FtpTimeSetting.Unknown && words.Contains("vsFTPd", StringComparison.OrdinalIgnoreCase))
        {
            TimeSetting = FtpTimeSetting.Mdtm;
            FindsByStat = true;
        }
    }

    /// <summary>Whether this is the first time that it is said that times are not kept.</summary>
    public bool IsFirstWordOnTimes() => Interlocked.Exchange(ref saidNothingOfTimes, 1) == 0;

    /// <summary>From now on this is kept out of what is shown.</summary>
    public void Hide(Secret password) => redactor.Add(password);

    /// <summary>A server's words without the password, which some repeat.</summary>
    public string Redact(string words) => redactor.Text(words);

    public void Dispose() => redactor.Dispose();

    private bool Has(string feature) => Find(feature) is not null;

    /// <summary>The line of a feature; null when it is not there.</summary>
    private string? Find(string feature) => features.FirstOrDefault(line =>
        line.StartsWith(feature, StringComparison.OrdinalIgnoreCase) && (line.Length == feature.Length || line[feature.Length] is ' ' or ';'));

    /// <summary>Of the facts it has (RFC 3659, 7.8) those that are made use of.</summary>
    private static string FactsOf(string line) => string.Concat(
        line.Split(' ', 2).ElementAtOrDefault(1)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(fact => fact.TrimEnd('*'))
            .Where(fact => fact.ToLowerInvariant() is "type" or "size" or "modify" or "unix.mode")
            .Select(fact => fact + ";") ?? []);
}
