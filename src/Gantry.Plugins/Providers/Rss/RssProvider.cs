using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Texts;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Rss;

/// <summary>Feeds of news: RSS 2.0 and what came before it, RSS 1.0, and Atom.</summary>
public sealed class RssProvider : IProvider
{
    private const int ItemsMax = 1_000;

    /// <summary>Feeds carry whole articles, whose markup is nested.</summary>
    private const int DepthMax = 100;

    public string Id => "rss";

    public string Title => "RSS / Atom feed";

    public string Help => "Reads what is new in RSS and Atom feeds.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "read",
            Help = "Reads the items of a feed.",
            Parameters =
            [
                HttpParameters.Url,
                new() { Name = "since", Help = "Only items that were published or changed after this time, such as 2026-01-31T12:00:00Z; items without a time are among them." },
                new() { Name = "limit", Type = SettingType.Integer, Default = JsonElement.Parse("50"), Help = $"How many items are given at most, the first of the feed; up to {ItemsMax}." },
                .. HttpParameters.Common,
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        var url = http.FindText("url") ?? "";
        var limit = ServerParameters.NumberOf(http, "limit", 50, 1, ItemsMax);
        var since = http.FindText("since") is { } text
            ? FeedDate.Parse(text) ?? throw HttpCall.Bad("'since' is a time such as 2026-01-31T12:00:00Z.")
            : (DateTimeOffset?)null;
        http.AddHeader("Accept", "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5");
        var answer = await http.SendAsync(HttpMethod.Get, url, cancellationToken);
        if (!answer.IsSuccess)
        {
            return answer;
        }

        var feed = Feed.Read(DocumentOf(answer), Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : null);
        var items = feed.Items.DistinctBy(item => item.Id, StringComparer.Ordinal).Where(item => since is null || (item.UpdatedAt ?? item.PublishedAt) is not { } time || time > since).Take(limit).ToList();
        return ProviderResult.Success(feed.ToJson(items), $"{items.Count} item{(items.Count == 1 ? "" : "s")}.");
    }

    private static System.Xml.Linq.XDocument DocumentOf(ProviderResult answer)
    {
        try
        {
            return HttpAnswer.TextOf(answer) is { } text ? XmlDocuments.Read(text, DepthMax)
                : answer.Output is { } output && output.TryGetProperty("body_base64", out var bytes) ? XmlDocuments.Read(bytes.GetBytesFromBase64(), DepthMax)
                : throw HttpCall.Bad("It answers nothing that is XML.");
        }
        catch (ProviderException failure)
        {
            throw new ProviderException(new ProviderError { Kind = ProviderErrorKind.Upstream, Message = $"The URL gives no feed. {failure.Error.Message}" }, failure);
        }
    }
}
