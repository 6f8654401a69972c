using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>An execution on a hub, watched over its event stream.</summary>
public static class ExecutionWatch
{
    /// <summary>Starts a plan and answers the execution's id.</summary>
    public static async Task<string> StartAsync(HttpClient hub, object plan, object? inputs = null)
    {
        var accepted = await hub.PostJsonAsync("/api/execute", new { plan, inputs = inputs ?? new { } });
        return accepted.GetProperty("id").GetString()!;
    }

    /// <summary>The events from the first on, until the stream ends; it ends with the execution.</summary>
    public static async IAsyncEnumerable<(string Type, JsonElement Data)> EventsAsync(HttpClient hub, string id)
    {
        using var response = await hub.GetAsync($"/api/executions/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            yield return (item.EventType, JsonElement.Parse(item.Data));
        }
    }

    /// <summary>Waits for the end and answers the execution.</summary>
    public static async Task<JsonElement> EndAsync(HttpClient hub, string id)
    {
        while (true)
        {
            await foreach (var _ in EventsAsync(hub, id))
            {
            }

            var execution = await hub.GetJsonAsync($"/api/executions/{id}");
            if (execution.GetProperty("status").GetString() is "succeeded" or "failed" or "cancelled")
            {
                return execution;
            }
        }
    }
}
