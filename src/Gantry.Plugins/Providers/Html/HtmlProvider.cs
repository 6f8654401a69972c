using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Html;

/// <summary>HTML from anywhere: its text, parts of it, and a form of it that is safe to show.</summary>
public sealed class HtmlProvider : IProvider
{
    private const int FoundMax = 10_000;

    public string Id => "html";

    public string Title => "HTML";

    public string Help => "Reads text and parts out of HTML, and makes it safe to show.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "text",
            Help = "Gives the text that people read in HTML.",
            Parameters =
            [
                .. TextFile.Reading,
                new() { Name = "links", Type = SettingType.Boolean, Default = Scalars.False, Help = "Whether links tell where they lead, in brackets behind them." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "select",
            Help = "Finds elements by a CSS selector.",
            Parameters =
            [
                .. TextFile.Reading,
                new() { Name = "selector", IsRequired = true, Help = $"{HtmlSelector.Form}." },
                new() { Name = "attribute", Help = "Gives this attribute of each element that has it, instead of the element." },
                new() { Name = "limit", Type = SettingType.Integer, Default = JsonElement.Parse("1000"), Help = $"How many are given at most, up to {FoundMax}." },
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "sanitize",
            Help = "Leaves out whatever could run, load or pose as something else.",
            Parameters = [.. TextFile.Reading, TextFile.To],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var html = await TextFile.ReadAsync(call, parameters, cancellationToken);
        return call.Action switch
        {
            "sanitize" => await TextFile.WriteAsync(call, parameters, SafeHtml.Of(html), cancellationToken),
            "select" => Select(html, parameters, cancellationToken),
            _ => ProviderResult.Success(JsonSerializer.SerializeToElement(new { text = HtmlText.Of(HtmlDocument.Parse(html), parameters.Find("links") is { ValueKind: JsonValueKind.True }) })),
        };
    }

    private static ProviderResult Select(string html, HttpCall parameters, CancellationToken cancellationToken)
    {
        var selector = HtmlSelector.Parse(parameters.FindText("selector") ?? "");
        var limit = ServerParameters.NumberOf(parameters, "limit", 1_000, 1, FoundMax);
        var attribute = parameters.FindText("attribute")?.ToLowerInvariant();
        List<object> values = [];
        foreach (var node in HtmlDocument.Parse(html).Descendants().Where(selector.Matches))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (values.Count == limit)
            {
                break;
            }

            if (attribute is null)
            {
                values.Add(Describe(node));
            }
            else if (node.Find(attribute) is { } value)
            {
                values.Add(value);
            }
        }

        var output = new Dictionary<string, object?>(StringComparer.Ordinal) { ["first"] = values.Count > 0 ? values[0] : null, ["values"] = values, ["count"] = values.Count };
        return ProviderResult.Success(JsonSerializer.SerializeToElement(output), $"{values.Count} found.");
    }

    private static Dictionary<string, object> Describe(HtmlNode node) => new(StringComparer.Ordinal)
    {
        ["tag"] = node.Name,
        ["text"] = HtmlText.Of(node),
        ["html"] = HtmlText.Markup(node),
        ["attributes"] = node.Attributes.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
    };
}
