using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;
using Markdig;

namespace Gantry.Plugins.Providers.Markdown;

/// <summary>Markdown (CommonMark, with tables, task lists, footnotes and links that are only written).</summary>
public sealed class MarkdownProvider : IProvider
{
    /// <summary>Nested quotes and lists cost more than they are long.</summary>
    private const int LengthMax = 2 * 1024 * 1024;

    private static readonly Lazy<MarkdownPipeline> pipeline = new(() => new MarkdownPipelineBuilder()
        .UsePipeTables().UseTaskLists().UseFootnotes().UseAutoLinks().UseEmphasisExtras().UseYamlFrontMatter().Build());

    public string Id => "markdown";

    public string Title => "Markdown";

    public string Help => "Turns Markdown into HTML and plain text.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "to_html",
            Help = "Turns Markdown into HTML.",
            Parameters =
            [
                .. TextFile.Reading,
                new()
                {
                    Name = "trusted", Type = SettingType.Boolean, Default = Scalars.False,
                    Help = "true keeps HTML in it, and links of every kind, as they are: for what nobody else wrote. Otherwise what could run is left out.",
                },
                TextFile.To,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "to_text",
            Help = "Gives the text that people read in Markdown.",
            Parameters = [.. TextFile.Reading],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var html = ToHtml(await TextFile.ReadAsync(call, parameters, cancellationToken));
        if (call.Action == "to_text")
        {
            return ProviderResult.Success(JsonSerializer.SerializeToElement(new { text = HtmlText.Of(HtmlDocument.Parse(html)) }));
        }

        var isTrusted = parameters.Find("trusted") is { ValueKind: JsonValueKind.True };
        return await TextFile.WriteAsync(call, parameters, isTrusted ? html : SafeHtml.Of(html), cancellationToken);
    }

    private static string ToHtml(string markdown)
    {
        if (markdown.Length > LengthMax)
        {
            throw HttpCall.Bad($"The Markdown is longer than {LengthMax:N0} characters.");
        }

        try
        {
            return Markdig.Markdown.ToHtml(markdown, pipeline.Value);
        }
        catch (ArgumentException exception)
        {
            throw HttpCall.Bad($"The Markdown cannot be read: {exception.Message}");
        }
    }
}
