using System.Text.Json.Nodes;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Every provider when its vendor is busy, has let a token end, or says what nobody expects.</summary>
public sealed class ManifestScriptSpecs
{
    [Fact]
    public async Task A_vendor_that_is_asked_too_often_is_asked_again() => (await ManifestSuiteSpecs.ForEachAsync(async (rehearsal, faults) =>
    {
        var outcome = await RunAsync(rehearsal, FirstOf(rehearsal), (count, context) =>
        {
            if (count > 0)
            {
                return Task.FromResult(false);
            }

            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        });

        faults.AddIf(outcome is not null || rehearsal.Asked.Count < 2, $"{rehearsal.Id}: after a 429: asked {rehearsal.Asked.Count} times: {outcome?.Message}");
    })).ShouldBeEmpty();

    [Fact]
    public async Task A_token_that_the_vendor_refuses_is_renewed_once() => (await ManifestSuiteSpecs.ForEachAsync(async (rehearsal, faults) =>
    {
        var action = FirstOf(rehearsal);
        var auth = rehearsal.AuthOf(action.Value);
        var kind = GeneratedValues.Text(auth, "kind");
        if (kind is not ("oauth2" or "token_exchange") && (kind != "jwt" || auth.Find("exchange") is null))
        {
            return;
        }

        rehearsal.NextToken = $"gantry-renewed-{rehearsal.Id}";
        var status = auth.Find("refresh_on_status")?.Value.Items is [var first, ..] ? int.Parse(first.Text) : 401;
        var outcome = await RunAsync(rehearsal, action, async (count, context) =>
        {
            if (count > 0)
            {
                return false;
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{}");
            return true;
        });

        faults.AddIf(outcome is not null || rehearsal.Asked.Count < 2 || rehearsal.TokensAsked is 0 or > 2,
            $"{rehearsal.Id}: after a {status}: {rehearsal.Asked.Count} requests, {rehearsal.TokensAsked} for a token: {outcome?.Message}");
        faults.AddIf(rehearsal.Asked.Count > 1 && auth.Find("send") is null && rehearsal.Asked[1].Header("Authorization") != $"Bearer gantry-renewed-{rehearsal.Id}", $"{rehearsal.Id}: the renewed token was not sent");

        rehearsal.NextToken = null;
        var refused = await RunAsync(rehearsal, action, async (_, context) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{}");
            return true;
        });

        faults.AddIf(refused is null || rehearsal.TokensAsked > 2, $"{rehearsal.Id}: a token that is always refused was renewed {rehearsal.TokensAsked} times");
    })).ShouldBeEmpty();

    [Fact]
    public async Task A_failure_within_a_200_is_a_failure() => (await ManifestSuiteSpecs.ForEachAsync(async (rehearsal, faults) =>
    {
        var action = FirstOf(rehearsal);
        var condition = (action.Value.Find("errors")?.Value.Find("when") ?? rehearsal.Tree.Find("errors")?.Value.Find("when"))?.Value.Text;
        var sketch = new AnswerSketch();
        if (condition is null || IsText(action.Value) || condition.Contains("&&", StringComparison.Ordinal) || condition.Contains('(', StringComparison.Ordinal) || !Rehearsal.Satisfy(sketch, condition))
        {
            return;
        }

        rehearsal.Script = (_, _) => sketch;
        var outcome = await RunAsync(rehearsal, action, null);

        faults.AddIf(outcome is null, $"{rehearsal.Id}.{action.Name}: {condition} was taken for a success");
    })).ShouldBeEmpty();

    [Fact]
    public async Task An_answer_that_breaks_off_or_is_a_web_page_is_told_as_such() => (await ManifestSuiteSpecs.ForEachAsync(async (rehearsal, faults) =>
    {
        if (rehearsal.Actions.FirstOrDefault(action => GeneratedValues.Text(action.Value.Find("response")?.Value ?? action.Value, "decode") is null or "json" && !rehearsal.IsOfTokens(action)) is not { } action)
        {
            return;
        }

        foreach (var (type, body) in new[] { ("application/json", "{\"data\": [1, 2"), ("text/html; charset=utf-8", "<html><body>Sign in</body></html>") })
        {
            var outcome = await RunAsync(rehearsal, action, async (_, context) =>
            {
                context.Response.ContentType = type;
                await context.Response.WriteAsync(body);
                return true;
            });

            faults.AddIf(outcome?.Kind != ProviderErrorKind.Upstream || !outcome.Message.Contains("JSON", StringComparison.Ordinal), $"{rehearsal.Id}.{action.Name}: {type}: {outcome?.Message ?? "a success"}");
        }
    })).ShouldBeEmpty();

    [Fact]
    public async Task Every_list_is_read_to_its_end() => (await ManifestSuiteSpecs.ForEachAsync(async (rehearsal, faults) =>
    {
        HashSet<DocumentNode> seen = [];
        foreach (var action in rehearsal.Actions)
        {
            if (action.Value.Find("paging")?.Value is not { } named)
            {
                continue;
            }

            var paging = named.Kind == DocumentKind.Text ? rehearsal.Tree.Find("paging")!.Value.Find(named.Text)!.Value : named;
            if (!seen.Add(paging) || action.Value.Find("response")?.Value.Find("items") is not { } items)
            {
                continue;
            }

            await ReadPagesAsync(rehearsal, action, paging, items.Value.Text, faults);
        }
    })).ShouldBeEmpty();

    private static async Task ReadPagesAsync(Rehearsal rehearsal, DocumentMember action, DocumentNode paging, string items, List<string> faults)
    {
        var size = paging.Find("size")?.Value is { } sized ? (int)(GeneratedValues.Number(sized, "default") ?? 1) : 2;
        rehearsal.Script = (page, request) =>
        {
            var isLast = page >= 2;
            var count = isLast && GeneratedValues.Text(paging, "kind") is "page" or "offset" or "last_id" ? 0 : size;
            var sketch = new AnswerSketch();
            var list = new JsonArray([.. Enumerable.Range(0, count).Select(index => ItemOf(paging, $"{page}-{index}"))]);
            sketch.Set(items, list);
            sketch.Set(GeneratedValues.Text(paging, "more"), !isLast);
            sketch.Set(GeneratedValues.Text(paging, "total"), (GeneratedValues.Text(paging, "total") ?? "").StartsWith("pages:", StringComparison.Ordinal) ? 2 : size * 2);
            switch (GeneratedValues.Text(paging, "kind"))
            {
                case "cursor" when !isLast:
                    sketch.Set(GeneratedValues.Text(paging, "next"), $"cursor-{page + 1}");
                    break;
                case "next_url" when !isLast:
                    sketch.Set(GeneratedValues.Text(paging, "next"), $"{request.Path}?gantry_page={page + 1}");
                    break;
                case "link" when !isLast:
                    sketch.Header("Link", $"<{request.Path}?gantry_page={page + 1}>; rel=\"next\", <{request.Path}>; rel=\"first\"");
                    break;
            }

            return sketch;
        };
        var outcome = await RunAsync(rehearsal, action, null);

        var expected = GeneratedValues.Text(paging, "kind") is "page" or "offset" && paging.Find("total") is not null ? 2 : 3;
        faults.AddIf(outcome is not null || rehearsal.Asked.Count != expected, $"{rehearsal.Id}.{action.Name}: {rehearsal.Asked.Count} pages were read of {expected}: {outcome?.Message}");
        if (GeneratedValues.Text(paging, "kind") == "cursor" && (GeneratedValues.Text(paging, "in") ?? "query") == "query" && rehearsal.Asked.Count > 1)
        {
            faults.AddIf(!rehearsal.Asked[1].Query.Contains(KeyValuePair.Create(GeneratedValues.Text(paging, "name")!, "cursor-1")), $"{rehearsal.Id}.{action.Name}: the cursor was not sent");
        }

        rehearsal.Script = (_, _) => null;
    }

    /// <summary>An item with an id where the manifest looks for it.</summary>
    private static JsonNode? ItemOf(DocumentNode paging, string id) => JsonNode.Parse(new AnswerSketch().Set("id", id).Set(GeneratedValues.Text(paging, "id"), id).Json());

    private static bool IsText(DocumentNode action) => action.Find("response")?.Value is { } response && GeneratedValues.Text(response, "decode") is "text" or "file" or "csv" or "ndjson" or "none";

    private static DocumentMember FirstOf(Rehearsal rehearsal) =>
        rehearsal.Actions.FirstOrDefault(action => action.Value.Find("poll") is null && !IsText(action.Value) && !rehearsal.IsOfTokens(action)) ?? rehearsal.Actions[0];

    /// <summary>Null when it was a success.</summary>
    private static async Task<ProviderError?> RunAsync(Rehearsal rehearsal, DocumentMember action, Func<int, HttpContext, Task<bool>>? raw)
    {
        var auth = rehearsal.AuthOf(action.Value);
        await rehearsal.AgreeAsync(auth);
        rehearsal.Begin();
        rehearsal.Acting = action.Value;
        rehearsal.Raw = raw;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var result = await rehearsal.Provider.RunAsync(rehearsal.CallOf(action.Name, Rehearsal.Parameters(action.Value, isAll: false), rehearsal.ConnectionOf(auth)), limit.Token);
            return result.Error;
        }
        catch (ProviderException exception)
        {
            return exception.Error;
        }
        finally
        {
            rehearsal.Raw = null;
        }
    }
}
