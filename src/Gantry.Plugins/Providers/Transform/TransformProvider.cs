using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Transform;

/// <summary>Gives data another form: fields by other names, and texts of known formats as values.</summary>
/// <param name="formats">The providers whose 'parse' reads a format; a format is named as its provider is.</param>
public sealed class TransformProvider(IReadOnlyList<IProvider> formats) : IProvider
{
    private const string Parse = "parse";

    public string Id => "transform";

    public string Title => "Transform";

    public string Help => "Maps fields to other names, and reads texts of known formats.";

    public IReadOnlyList<ProviderAction> Actions => field ??=
    [
        new()
        {
            Id = "map",
            Help = "Makes a new map of each item of a list, or of one item.",
            Parameters =
            [
                new() { Name = "items", Type = SettingType.Any, IsRequired = true, Help = "The list, or one map." },
                new()
                {
                    Name = "fields", Type = SettingType.Map, IsRequired = true,
                    Help = "The new names, each with the path of its value in the item, such as {name: customer.name, first: lines[0].sku}; or with {value: …} for the same in each, or {path, default}.",
                },
                new() { Name = "keep", Type = SettingType.Boolean, Default = Scalars.False, Help = "true keeps the item's own fields besides." },
                new() { Name = "missing", Default = Scalars.Text("null"), Choices = ["null", "leave_out", "fail"], Help = "What becomes of a field whose path leads nowhere." },
            ],
            IsPure = true,
        },
        new()
        {
            Id = Parse,
            Help = "Reads a text into a value, as the action 'parse' of its format does.",
            Parameters =
            [
                new() { Name = "format", IsRequired = true, Choices = [.. formats.Select(format => format.Id)], Help = "What the text is." },
                .. TextFile.Reading,
                new() { Name = "options", Type = SettingType.Map, Help = "Further parameters of that action, such as {delimiter: ';'} for csv." },
            ],
            IsRepeatable = true,
        },
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken) =>
        call.Action == Parse ? ParseAsync(call, cancellationToken) : Task.FromResult(ProviderResult.Success(Map(call, cancellationToken)));

    private Task<ProviderResult> ParseAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var format = formats.First(known => call.Parameters.GetProperty("format").ValueEquals(known.Id));
        var action = format.Actions.First(known => known.Id == Parse);
        IEnumerable<JsonProperty> options = new HttpCall(call).Find("options") is { } map ? map.EnumerateObject() : [];
        var given = call.Parameters.EnumerateObject().Where(property => property.Name is not ("format" or "options")).Concat(options)
            .GroupBy(property => Scalars.NameOf(property) ?? "", property => property.Value, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        foreach (var own in TextFile.Reading.Where(setting => action.Parameters.All(known => known.Name != setting.Name)))
        {
            given.Remove(own.Name);
        }

        List<SettingFinding> findings = [];
        var parameters = SettingCheck.Complete(action.Parameters, JsonSerializer.SerializeToElement(given), findings);
        return findings.Count == 0
            ? format.RunAsync(call with { Action = Parse, Parameters = parameters }, cancellationToken)
            : throw HttpCall.Bad($"'options' of the format {format.Id}: {findings[0].Message}");
    }

    private static JsonElement Map(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var fields = call.Parameters.GetProperty("fields").EnumerateObject().Select(member => MappedField.Read(Scalars.NameOf(member) ?? "", member.Value)).ToList();
        var keeps = parameters.Find("keep") is { ValueKind: JsonValueKind.True };
        var missing = parameters.FindText("missing") ?? "null";
        var items = call.Parameters.GetProperty("items");
        if (items.ValueKind != JsonValueKind.Array)
        {
            return JsonSerializer.SerializeToElement(MapOne(items, "the item"));
        }

        List<Dictionary<string, JsonElement>> mapped = [];
        foreach (var item in items.EnumerateArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            mapped.Add(MapOne(item, $"item {mapped.Count}"));
        }

        return JsonSerializer.SerializeToElement(mapped);

        Dictionary<string, JsonElement> MapOne(JsonElement item, string place)
        {
            Dictionary<string, JsonElement> made = new(StringComparer.Ordinal);
            if (keeps && item.ValueKind == JsonValueKind.Object)
            {
                made = item.EnumerateObject().ToDictionary(own => own.Name, own => own.Value, StringComparer.Ordinal);
            }

            foreach (var field in fields)
            {
                var value = field.Find(item);
                if (value is null && missing == "fail")
                {
                    throw HttpCall.Bad($"There is nothing at '{field.Path}' in {place}, for the field '{field.Name}'. Give the field a 'default', or set 'missing' to null or leave_out.");
                }

                if (value is not null || missing == "null")
                {
                    made[field.Name] = value ?? Scalars.Null;
                }
            }

            return made;
        }
    }

    /// <summary>One field of what is made.</summary>
    private sealed record MappedField(string Name, AnswerPath? Path, JsonElement? Otherwise)
    {
        public static MappedField Read(string name, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                return new MappedField(name, PathOf(name, value), null);
            }

            var names = value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(member => Scalars.NameOf(member) ?? "").Order(StringComparer.Ordinal).ToList() : [];
            return names switch
            {
                ["value"] => new MappedField(name, null, value.GetProperty("value")),
                ["path"] => new MappedField(name, PathOf(name, value.GetProperty("path")), null),
                ["default", "path"] => new MappedField(name, PathOf(name, value.GetProperty("path")), value.GetProperty("default")),
                _ => throw HttpCall.Bad($"'fields.{name}' is a path such as customer.name, {{path, default}}, or {{value}}."),
            };
        }

        public JsonElement? Find(JsonElement item) => Path?.Find(item) ?? Otherwise;

        private static AnswerPath PathOf(string name, JsonElement text)
        {
            try
            {
                return AnswerPath.Parse(Scalars.TextOf(text) ?? "") is { Header: null } path ? path : throw new FormatException("there are no headers here");
            }
            catch (Exception exception) when (exception is FormatException or InvalidOperationException)
            {
                throw HttpCall.Bad($"'fields.{name}' is no path such as customer.name or lines[0].sku: {exception.Message}.");
            }
        }
    }
}
