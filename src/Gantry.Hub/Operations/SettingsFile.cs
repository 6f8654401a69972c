using Gantry.Hub.Database;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Hub.Operations;

/// <summary>Reads gantry.yaml: a flat map of settings. It is read event by event, so nesting and aliases are refused where they stand.</summary>
internal static class SettingsFile
{
    private const int BytesMax = 64 * 1024;

    public static IReadOnlyDictionary<HubSetting, string> Read(string path)
    {
        if (new FileInfo(path).Length > BytesMax) throw new HubStartException($"'{path}' is larger than {BytesMax / 1024} KiB; it should only hold settings.");
        Dictionary<HubSetting, string> found = [];
        using var reader = new StreamReader(path);
        var parser = new Parser(reader);
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return found;
            parser.Consume<DocumentStart>();
            if (parser.TryConsume<Scalar>(out var nothing) && nothing.Value.Length == 0) return found;
            parser.Consume<MappingStart>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var name = parser.Consume<Scalar>();
                if (!parser.TryConsume<Scalar>(out var value))
                    throw new HubStartException($"{path}, line {name.Start.Line}: the setting '{name.Value}' must be a plain value.");
                var setting = HubSettings.All.FirstOrDefault(known => known.Name == name.Value) ?? throw new HubStartException(
                    $"{path}, line {name.Start.Line}: there is no setting '{name.Value}'." +
                    DidYouMean.Among(HubSettings.All.Select(known => known.Name), name.Value));
                if (setting == HubSettings.Data)
                    throw new HubStartException($"{path}, line {name.Start.Line}: the data folder cannot be set in a file inside it. Use --data.");
                if (!found.TryAdd(setting, value.Value))
                    throw new HubStartException($"{path}, line {name.Start.Line}: the setting '{name.Value}' is given twice.");
            }

            return found;
        }
        catch (YamlException exception)
        {
            throw new HubStartException($"{path}, line {exception.Start.Line}, column {exception.Start.Column}: this is no flat list of settings " +
                "such as 'listen: http://127.0.0.1:7300'.", exception);
        }
    }
}
