using Gantry.Cli.CommandLine;
using Gantry.Engine.Documents;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>The block 'credential_manager' of a gantry.yaml: which store credentials rest in, and the settings of each kind.</summary>
internal sealed class StoreConfiguration
{
    public const string FileName = "gantry.yaml";
    public const string Block = "credential_manager";
    private const string Backend = "backend";
    private const string Config = "backend_config";
    private const int BytesMax = 256 * 1024;

    private readonly Dictionary<string, Dictionary<string, string>> settingsByKind = new(StringComparer.Ordinal);

    private StoreConfiguration(string path) => FilePath = path;

    /// <summary>The file it is from, or is to be written to.</summary>
    public string FilePath { get; }

    /// <summary>Null when the block names none, or there is no block.</summary>
    public string? Kind { get; private set; }

    public IReadOnlyDictionary<string, Dictionary<string, string>> SettingsByKind => settingsByKind;

    /// <summary>That of the current folder, else the user's own; one without a kind when neither has the block.</summary>
    public static StoreConfiguration Load()
    {
        var here = Read(Path.GetFullPath(FileName));
        return here.Kind is not null ? here : Read(Path.Combine(UserFolder.Config, FileName)) is { Kind: not null } own ? own : here;
    }

    /// <summary>What the block says of a kind; a whole value ${NAME} is the variable's.</summary>
    public Dictionary<string, string> SettingsOf(string kind) => settingsByKind.TryGetValue(kind, out var settings)
        ? settings.ToDictionary(pair => pair.Key, pair => Expand(pair.Value), StringComparer.Ordinal)
        : [];

    /// <summary>Replaces the block; the rest of the file stays as it is.</summary>
    public void Write(string kind, IReadOnlyDictionary<string, string> settings)
    {
        settingsByKind[kind] = new(settings, StringComparer.Ordinal);
        Kind = kind;
        var present = File.Exists(FilePath) ? File.ReadAllText(FilePath) : "";
        var written = BlockText.Replace(present, Block, BlockText.Of(Block, Kind, settingsByKind));

        // What is written must be read back before it takes the place of what worked.
        Parse(FilePath, written);
        SafeFile.Replace(FilePath, System.Text.Encoding.UTF8.GetBytes(written));
    }

    private static StoreConfiguration Read(string path)
    {
        if (!File.Exists(path))
        {
            return new(path);
        }

        return new FileInfo(path).Length <= BytesMax ? Parse(path, File.ReadAllText(path)) : throw new CommandException($"'{path}' is larger than {BytesMax / 1024} KiB; it should only hold settings.");
    }

    private static StoreConfiguration Parse(string path, string text)
    {
        StoreConfiguration configuration = new(path);
        if (string.IsNullOrWhiteSpace(text))
        {
            return configuration;
        }

        try
        {
            if (DocumentReader.Read(text, DocumentFormat.Yaml).Find(Block)?.Value is { } block)
            {
                configuration.Take(block);
            }

            return configuration;
        }
        catch (DocumentException wrong) when (wrong.Message.Contains("empty", StringComparison.Ordinal) && !text.Contains(Block, StringComparison.Ordinal))
        {
            return configuration;
        }
        catch (DocumentException wrong)
        {
            throw new CommandException($"{path}:{wrong.Position.Line}:{wrong.Position.Column}: {wrong.Message}", ExitStatus.WrongUsage);
        }
    }

    private void Take(DocumentNode block)
    {
        foreach (var member in Map(block, Block))
        {
            switch (member.Name)
            {
                case Backend:
                    Kind = member.Value.Kind == DocumentKind.Text ? member.Value.Text : throw Wrong(member.Value, $"'{Backend}' is a text: file, env or vault.");
                    break;
                case Config:
                    foreach (var kind in Map(member.Value, Config))
                    {
                        settingsByKind[kind.Name] = Map(kind.Value, kind.Name).ToDictionary(setting => setting.Name, ScalarOf, StringComparer.Ordinal);
                    }

                    break;
                default:
                    throw new DocumentException(member.Position, $"There is no setting '{member.Name}' in '{Block}'." + Engine.Settings.NearestName.Hint(member.Name, [Backend, Config]));
            }
        }
    }

    private static IReadOnlyList<DocumentMember> Map(DocumentNode node, string name) => node.Kind switch
    {
        DocumentKind.Map => node.Members,
        DocumentKind.Null => [],
        _ => throw Wrong(node, $"'{name}' is a map of settings."),
    };

    private static string ScalarOf(DocumentMember setting) => setting.Value.Kind is DocumentKind.Text or DocumentKind.Number or DocumentKind.Boolean
        ? setting.Value.Text
        : throw Wrong(setting.Value, $"The setting '{setting.Name}' is a plain value.");

    private static string Expand(string value)
    {
        if (!value.StartsWith("${", StringComparison.Ordinal) || !value.EndsWith('}') || value.Contains(':', StringComparison.Ordinal))
        {
            return value;
        }

        var name = value[2..^1];
        return Environment.GetEnvironmentVariable(name)
            ?? throw new SecretStoreException(SecretStoreError.BadSetting, $"The configuration of the secret store refers to the variable {name}, which is not set.");
    }

    private static DocumentException Wrong(DocumentNode node, string message) => new(node.Position, message);
}
