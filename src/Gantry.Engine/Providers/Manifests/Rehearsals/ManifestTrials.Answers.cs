using System.Globalization;
using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

internal sealed partial class ManifestTrials
{
    private const int PageSizeMax = 10_000;

    private int renewals;

    /// <summary>The vendor is busy once, and is asked again.</summary>
    public Task<RehearsedTrial> AskAgainAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("429, then the answer", async (faults, trial) =>
    {
        if (stage.IsOfTokens(action))
        {
            return trial with { NotTried = "its call is the one that fetches the token" };
        }

        var fine = (action.Value.Find("errors")?.Value.Find("ok_status") ?? stage.Tree.Find("errors")?.Value.Find("ok_status"))?.Value.Items ?? [];
        if (fine.Any(status => status.Text == "429"))
        {
            return trial with { NotTried = "a 429 is no failure of it" };
        }

        var (error, _) = await RunAsync(
            action,
            (count, _) => count > 0 ? null : new RecorderAnswer(429, "application/json", "{}") { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "0" } },
            cancellationToken);

        faults.AddIf(error is not null || stage.Asked.Count < 2, $"After a 429 it was asked {stage.Asked.Count} times: {error?.Message}");
        return trial;
    });

    /// <summary>The vendor refuses the token: it is renewed once, and not again and again.</summary>
    public Task<RehearsedTrial> RenewAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("401, then a new token", async (faults, trial) =>
    {
        var way = stage.AuthOf(action.Value);
        var kind = SampleValues.Text(way, "kind");
        if ((kind is not ("oauth2" or "token_exchange") && (kind != "jwt" || way.Find("exchange") is null)) || stage.IsOfTokens(action))
        {
            return trial with { NotTried = "it signs in with nothing that is renewed" };
        }

        var status = way.Find("refresh_on_status")?.Value.Items is [var first, ..] ? int.Parse(first.Text, CultureInfo.InvariantCulture) : 401;
        var refusal = new RecorderAnswer(status, "application/json", "{}");
        var renewed = $"gantry-renewed-{stage.Id}-{++renewals}";
        stage.NextToken = renewed;
        var (error, _) = await RunAsync(action, (count, _) => count > 0 ? null : refusal, cancellationToken);

        faults.AddIf(error is not null || stage.Asked.Count < 2 || stage.TokensAsked is 0 or > 2,
            $"After a {status} there were {stage.Asked.Count} requests and {stage.TokensAsked} for a token: {error?.Message}");
        faults.AddIf(stage.Asked.Count > 1 && way.Find("send") is null && stage.Asked[1].Header("Authorization") != $"Bearer {renewed}", "The renewed token was not sent.");
        trial = trial with { Sent = stage.Sent };

        stage.NextToken = null;
        var (refused, _) = await RunAsync(action, (_, _) => refusal, cancellationToken);

        faults.AddIf(refused is null || stage.TokensAsked > 2, $"A token that is always refused was renewed {stage.TokensAsked} times.");
        return trial;
    });

    /// <summary>What errors.when says of an answer of 200 makes it a failure.</summary>
    public Task<RehearsedTrial> FailInSuccessAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("an error in a 200", async (faults, trial) =>
    {
        var condition = (action.Value.Find("errors")?.Value.Find("when") ?? stage.Tree.Find("errors")?.Value.Find("when"))?.Value.Text;
        if (condition is null || IsText(action.Value))
        {
            return trial with { NotTried = condition is null ? "no 'errors.when' says when a 200 is a failure" : "its answer is no tree" };
        }

        if (stage.IsOfTokens(action))
        {
            return trial with { NotTried = "its call is the one that fetches the token" };
        }

        var sketch = new AnswerSketch();
        if (!RehearsalStage.IsOne(condition) || !RehearsalStage.Satisfy(sketch, condition))
        {
            return trial with { NotTried = "what 'errors.when' says is more than one comparison" };
        }

        var (error, _) = await RunAsync(action, (_, _) => RehearsalStage.Written(action.Value, sketch), cancellationToken);

        faults.AddIf(error is null, $"An answer with {condition} was taken for a success.");
        return trial with { Note = error?.Message };
    });

    /// <summary>JSON that breaks off, and a web page where JSON is expected, are told as such.</summary>
    public Task<RehearsedTrial> BreakOffAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("an answer that is no JSON", async (faults, trial) =>
    {
        if (IsText(action.Value, hasTree: false) || stage.IsOfTokens(action) || SampleValues.Text(action.Value, "call")!.StartsWith("HEAD ", StringComparison.Ordinal))
        {
            return trial with { NotTried = "its answer is not read as JSON" };
        }

        foreach (var (type, body) in new[] { ("application/json", "{\"data\": [1, 2"), ("text/html; charset=utf-8", "<html><body>Sign in</body></html>") })
        {
            var (error, _) = await RunAsync(action, (_, _) => new RecorderAnswer(200, type, body), cancellationToken);

            faults.AddIf(error?.Kind != ProviderErrorKind.Upstream || !error.Message.Contains("JSON", StringComparison.Ordinal), $"{body} as {type} was told so: {error?.Message ?? "a success"}");
            trial = trial with { Note = error?.Message };
        }

        return trial;
    });

    /// <summary>Three pages are read to their end.</summary>
    public Task<RehearsedTrial> PageAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("a list of several pages", async (faults, trial) =>
    {
        if (PagingOf(action) is not { } paging || action.Value.Find("response")?.Value.Find("items")?.Value.Text is not { } items)
        {
            return trial with { NotTried = "it has no 'paging' with 'response.items'" };
        }

        var size = paging.Find("size")?.Value is { } sized ? (int)(SampleValues.Number(sized, "default") ?? 1) : 2;
        if (size > PageSizeMax)
        {
            return trial with { NotTried = $"its pages have {size:N0} items" };
        }

        var (error, _) = await RunAsync(action, (page, request) => RehearsalStage.Written(action.Value, PageOf(paging, items, page, size, request)), cancellationToken);

        var expected = SampleValues.Text(paging, "kind") is "page" or "offset" && paging.Find("total") is not null ? 2 : 3;
        faults.AddIf(error is not null || stage.Asked.Count != expected, $"{stage.Asked.Count} pages were read of {expected}: {error?.Message}");
        if (SampleValues.Text(paging, "kind") == "cursor" && (SampleValues.Text(paging, "in") ?? "query") == "query" && stage.Asked.Count > 1)
        {
            faults.AddIf(!stage.Asked[1].Query.Contains(KeyValuePair.Create(SampleValues.Text(paging, "name")!, "cursor-1")), "The cursor of the first page was not sent for the second.");
        }

        return trial with { Note = $"{stage.Asked.Count} pages" };
    });

    /// <summary>The paging of an action, by itself or by its name; null when it has none.</summary>
    public DocumentNode? PagingOf(DocumentMember action) => action.Value.Find("paging")?.Value is not { } named ? null
        : named.Kind == DocumentKind.Text ? stage.Tree.Find("paging")!.Value.Find(named.Text)!.Value : named;

    /// <summary>The answer is no tree of JSON (or, with hasTree, of XML either).</summary>
    public static bool IsText(DocumentNode action, bool hasTree = true) =>
        action.Find("response")?.Value is { } response && SampleValues.Text(response, "decode") is { } form && form != "json" && !(hasTree && form == "xml");

    private static AnswerSketch PageOf(DocumentNode paging, string items, int page, int size, RecordedRequest request)
    {
        var isLast = page >= 2;
        var count = isLast && SampleValues.Text(paging, "kind") is "page" or "offset" or "last_id" ? 0 : size;
        var sketch = new AnswerSketch();
        sketch.Set(items, new JsonArray([.. Enumerable.Range(0, count).Select(index => ItemOf(paging, $"{page}-{index}"))]));
        sketch.Set(SampleValues.Text(paging, "more"), !isLast);
        sketch.Set(SampleValues.Text(paging, "total"), (SampleValues.Text(paging, "total") ?? "").StartsWith("pages:", StringComparison.Ordinal) ? 2 : size * 2);
        switch (SampleValues.Text(paging, "kind"))
        {
            case "cursor" when !isLast:
                sketch.Set(SampleValues.Text(paging, "next"), $"cursor-{page + 1}");
                break;
            case "next_url" when !isLast:
                sketch.Set(SampleValues.Text(paging, "next"), $"{request.Path}?gantry_page={page + 1}");
                break;
            case "link" when !isLast:
                sketch.Header("Link", $"<{request.Path}?gantry_page={page + 1}>; rel=\"next\", <{request.Path}>; rel=\"first\"");
                break;
        }

        return sketch;
    }

    /// <summary>An item with an id where the manifest looks for it.</summary>
    private static JsonNode? ItemOf(DocumentNode paging, string id) => JsonNode.Parse(new AnswerSketch().Set("id", id).Set(SampleValues.Text(paging, "id"), id).Json());
}
