using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Files;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault.Keys;

/// <summary>
/// The master keys this hub was given, the first of which wraps what is new; the others open what is not wrapped anew yet. They come from the setting
/// master_key, from a file named by master_key_file, or from the hub's own file in its data folder, which it makes and adds to itself.
/// </summary>
internal sealed class MasterKeys : IDisposable
{
    private const string FileName = "master.key";

    private readonly string? ownFile;

    /// <summary>Replaced as a whole, since others look keys up meanwhile.</summary>
    private volatile MasterKey[] keys;

    private MasterKeys(MasterKey[] keys, string place, string? ownFile) => (this.keys, Place, this.ownFile) = (keys, place, ownFile);

    /// <summary>Empty when the hub has none yet.</summary>
    public IReadOnlyList<MasterKey> All => keys;

    /// <summary>Where they were given: "GANTRY_MASTER_KEY", or a file.</summary>
    public string Place { get; }

    /// <summary>The hub keeps them itself, and so may add one.</summary>
    public bool IsOwn => ownFile is not null;

    /// <param name="setting">master_key: keys separated by commas; null when it is not given.</param>
    /// <param name="file">master_key_file; null when it is not given.</param>
    public static MasterKeys Read(string? setting, string? file, string dataFolder)
    {
        if (setting is not null && file is not null)
            throw new HubStartException("Both GANTRY_MASTER_KEY and master_key_file are given. Leave one of them out.");
        if (setting is not null) return new MasterKeys(Parse(setting.Split(','), "GANTRY_MASTER_KEY"), "GANTRY_MASTER_KEY", null);
        var own = Path.Combine(dataFolder, FileName);
        var path = file is null ? own : Path.GetFullPath(file);
        if (file is null && !File.Exists(path)) return new MasterKeys([], own, own);
        return new MasterKeys(Parse(SecretFile.Read(path, "the master key", mayGroupRead: file is not null).Split('\n'), $"'{path}'"), $"'{path}'", file is null ? own : null);
    }

    /// <summary>Null when this hub does not have it.</summary>
    public MasterKey? Find(string fingerprint) => Array.Find(keys, key => key.Fingerprint == fingerprint);

    /// <summary>
    /// Makes a key, writes it to the hub's own file before all others, and puts it first. It is on the disk when this returns. Older keys stay in the file:
    /// they open backups of the database.
    /// </summary>
    public MasterKey Add()
    {
        var key = MasterKey.New();
        var text = new StringBuilder("# The master keys of this hub, the newest first. Keep a copy where the database's backups are not: without them no credential can be read.\n");
        foreach (var line in keys.Prepend(key)) text.Append(line.Write()).Append('\n');
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        WholeFile.Replace(ownFile!, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        keys = [key, .. keys];
        return key;
    }

    public void Dispose()
    {
        foreach (var key in keys) key.Dispose();
    }

    private static MasterKey[] Parse(IEnumerable<string> texts, string place)
    {
        var keys = texts.Select(text => text.Trim()).Where(text => text.Length > 0 && text[0] != '#').Select(text => MasterKey.Parse(text, place)).ToList();
        if (keys.Count == 0) throw new HubStartException($"{place} holds no master key. 'openssl rand -base64 32' makes one.");
        return [.. keys.DistinctBy(key => key.Fingerprint)];
    }
}
