using System.Globalization;
using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Operations;

/// <summary>What the program was started for.</summary>
internal enum HubTask
{
    Serve,

    /// <summary><c>migrate</c>: bring the database to this program's schema, and end.</summary>
    Migrate,

    /// <summary><c>migrate --check</c>: say whether there is something to migrate, change nothing, and end.</summary>
    CheckSchema,
}

/// <summary>
/// The settings of this start: a flag wins over a variable, a variable over gantry.yaml, that over the default. What nobody knows is refused,
/// with the nearest known name.
/// </summary>
internal sealed class HubConfiguration
{
    private readonly Dictionary<HubSetting, (string Value, string Place)> values = [];

    private HubConfiguration(string dataFolder, HubTask task) => (DataFolder, Task) = (dataFolder, task);

    /// <summary>Absolute.</summary>
    public string DataFolder { get; }

    public HubTask Task { get; }

    /// <summary>Null when it is neither given nor has a default.</summary>
    public string? this[HubSetting setting] => values.TryGetValue(setting, out var given) ? given.Value : setting.Default;

    public int Number(HubSetting setting, int min, int max)
    {
        if (int.TryParse(this[setting], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        throw new HubStartException($"The setting {setting.Name} ({PlaceOf(setting)}) is '{this[setting]}', but must be a whole number from {min} to {max}.");
    }

    public bool IsGiven(HubSetting setting) => values.ContainsKey(setting);

    public string PlaceOf(HubSetting setting) => values.TryGetValue(setting, out var given) ? given.Place : "its default";

    /// <summary>Has the secret settings of this start masked in the log until the answer is disposed of.</summary>
    public Redactor MaskSecrets(SecretsInUse inUse)
    {
        var redactor = inUse.Begin();
        foreach (var value in HubSettings.All.Where(setting => setting.IsSecret).Select(setting => this[setting]).OfType<string>())
        {
            redactor.Add(new Secret(value));
            if (DatabaseAccess.PasswordIn(value) is { } password) redactor.Add(new Secret(password));
        }

        return redactor;
    }

    public static HubConfiguration Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var flags = ReadFlags(arguments, out var task);
        var fromVariables = ReadVariables(variables);
        var data = flags.GetValueOrDefault(HubSettings.Data) ?? fromVariables.GetValueOrDefault(HubSettings.Data) ?? HubSettings.Data.Default!;
        if (data == "~" || data.StartsWith("~/", StringComparison.Ordinal))
            data = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), data[1..]);
        var configuration = new HubConfiguration(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)), task);

        var file = Path.Combine(configuration.DataFolder, "gantry.yaml");
        if (File.Exists(file)) configuration.Add(SettingsFile.Read(file), setting => $"{setting.Name} in {file}");
        configuration.Add(fromVariables, setting => "the variable " + setting.Variable);
        configuration.Add(flags, setting => "the flag " + setting.Flag);
        configuration.ReadSecretFiles();
        return configuration;
    }

    private void Add(IReadOnlyDictionary<HubSetting, string> given, Func<HubSetting, string> place)
    {
        foreach (var (setting, value) in given)
        {
            // The same setting, given here in its other way, wins over what was given before.
            foreach (var other in HubSettings.All.Where(known => known.Holds == setting || known == setting.Holds))
            {
                if (given.ContainsKey(other)) throw new HubStartException($"Both {place(setting)} and {place(other)} are given. Leave one of them out.");
                values.Remove(other);
            }

            values[setting] = (value, place(setting));
        }
    }

    /// <summary>What the files hold, without the line break at its end.</summary>
    private void ReadSecretFiles()
    {
        foreach (var setting in HubSettings.All)
        {
            if (setting.Holds is not { } held || !values.TryGetValue(setting, out var given)) continue;
            var path = Path.GetFullPath(given.Value);
            var text = SecretFile.Read(path, $"the setting {held.Name}", mayGroupRead: true);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            if (text.Length == 0) throw new HubStartException($"The file of the setting {held.Name}, '{path}', is empty.");
            values[held] = (text, $"the file '{path}'");
        }
    }

    private static Dictionary<HubSetting, string> ReadFlags(IReadOnlyList<string> arguments, out HubTask task)
    {
        task = arguments is ["migrate", ..] ? arguments.Contains("--check") ? HubTask.CheckSchema : HubTask.Migrate : HubTask.Serve;
        Dictionary<HubSetting, string> flags = [];
        for (var i = task == HubTask.Serve ? 0 : 1; i < arguments.Count; i++)
        {
            if (task == HubTask.CheckSchema && arguments[i] == "--check") continue;
            var equals = arguments[i].IndexOf('=');
            var name = equals < 0 ? arguments[i] : arguments[i][..equals];
            var usable = HubSettings.All.Where(known => !known.IsSecret).ToList();
            var setting = usable.Find(known => known.Flag == name);
            if (setting is null)
            {
                var secret = HubSettings.All.FirstOrDefault(known => known.IsSecret && known.Flag == name);
                throw new HubStartException(secret is not null
                    ? $"{name} is not taken as a flag, since everybody on this machine can read those. Set the variable {secret.Variable}."
                    : $"There is no flag '{name}'.{DidYouMean.Among(usable.Select(known => known.Flag), name)}");
            }

            if (equals < 0 && i + 1 == arguments.Count) throw new HubStartException($"The flag {name} needs a value.");
            if (!flags.TryAdd(setting, equals < 0 ? arguments[++i] : arguments[i][(equals + 1)..]))
                throw new HubStartException($"The flag {name} is given twice.");
        }

        return flags;
    }

    private static Dictionary<HubSetting, string> ReadVariables(IReadOnlyDictionary<string, string> variables)
    {
        // Of the command line, of later parts and of tests: those share the prefix but are not the hub's.
        string[] others = ["GANTRY_HUB", "GANTRY_API_KEY", "GANTRY_BROKER", "GANTRY_FAULT", "GANTRY_FILE_KEY", "GANTRY_FILE_PASSPHRASE"];
        string[] prefixes = ["GANTRY_TEST_", PlanEnvironment.HubPrefix];
        Dictionary<HubSetting, string> found = [];
        foreach (var (name, value) in variables.Where(pair => pair.Key.StartsWith("GANTRY_", StringComparison.Ordinal)))
        {
            if (others.Contains(name) || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))) continue;
            var setting = HubSettings.All.FirstOrDefault(known => known.Variable == name) ?? throw new HubStartException(
                $"There is no setting '{name}'.{DidYouMean.Among(HubSettings.All.Select(known => known.Variable), name)}");
            if (value.Length > 0) found.Add(setting, value);
        }

        return found;
    }
}
