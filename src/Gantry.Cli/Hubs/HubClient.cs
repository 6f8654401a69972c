using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Cli.Hubs;

/// <summary>Talks to a hub by its documented API. A hub's refusal is a <see cref="CommandException"/> with the hub's own words.</summary>
internal sealed class HubClient : IDisposable
{
    private readonly HttpClient http;

    /// <param name="hub">"http://host:7300".</param>
    /// <param name="key">Null for what needs none (signing in).</param>
    public HubClient(Uri hub, Secret? key)
    {
        // A proxy of the environment cannot reach this machine's own hub. Redirects are not followed: they would take the key along.
        SocketsHttpHandler handler = new() { UseProxy = !hub.IsLoopback, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
        http = new HttpClient(handler) { BaseAddress = hub, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }
    }

    public Uri Hub => http.BaseAddress!;

    public void Dispose() => http.Dispose();

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Get, path, content: null, cancellationToken)
        ?? throw new CommandException($"The hub at {Hub} answered nothing to GET {path}.");

    /// <summary>Every page of a list: {"items": […], "next": …}.</summary>
    public async IAsyncEnumerable<JsonElement> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync(after is null ? path : $"{path}{separator}after={Uri.EscapeDataString(after)}", cancellationToken);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                yield return item;
            }

            after = page.Find("next")?.GetString();
        }
        while (after is not null);
    }

    /// <summary>Null when the answer has no body.</summary>
    public Task<JsonElement?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken) =>
        SendAsync(method, path, content: body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>Null when the answer has no body.</summary>
    public async Task<JsonElement?> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (answer.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(HalfPairs.Mend(answer));
        }
        catch (JsonException)
        {
            throw new CommandException($"What answers at {Hub} is no hub: {method} {path} gave no JSON.", ExitStatus.CannotConnect);
        }
    }

    /// <summary>The text of a document that is not JSON.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Writes an answer to a stream as it comes, without holding it.</summary>
    public async Task DownloadAsync(string path, Stream target, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            await response.Content.CopyToAsync(target, cancellationToken);
        }
        catch (HttpRequestException broken)
        {
            throw new CommandException($"The hub at {Hub} broke off in the middle of its answer: {broken.Message}");
        }
    }

    /// <summary>Server-sent events behind the one last seen. It ends when the stream ends or breaks: ask again with the last id.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadEventsAsync(
        string path, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var items = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(items))
        {
            yield return items.Current;
        }
    }

    /// <summary>A stream that breaks has ended.</summary>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new CommandException(
                $"The hub at {Hub} cannot be reached: {unreachable.Message.TrimEnd('.')}. Start it with 'gantry up', or name another with --hub URL.", ExitStatus.CannotConnect);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellationToken);
        }
    }

    private async Task<CommandException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var detail = ProblemDetail(await response.Content.ReadAsStringAsync(cancellationToken))
            ?? $"The hub at {Hub} answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when http.DefaultRequestHeaders.Authorization is null =>
                new CommandException($"{detail} Run 'gantry login --hub {Hub.GetLeftPart(UriPartial.Authority)}', or set GANTRY_API_KEY.", ExitStatus.CannotConnect),
            HttpStatusCode.Unauthorized => new CommandException(detail, ExitStatus.CannotConnect),
            _ => new CommandException(detail),
        };
    }

    private static string? ProblemDetail(string body)
    {
        try
        {
            var problem = JsonElement.Parse(HalfPairs.Mend(body));
            if (problem.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var lines = problem.Find("errors") is { ValueKind: JsonValueKind.Array } errors
                ? errors.EnumerateArray().Select(error => "\n  " + (error.ValueKind == JsonValueKind.String ? error.GetString() : error.FindText("message") ?? error.GetRawText()))
                : [];
            return (problem.FindText("detail") ?? problem.FindText("title")) + string.Concat(lines);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
