using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench.Engine;

/// <summary>
/// W8: fifty clients start executions without a pause while the hub is killed every ten seconds, six times. Every start has a key of its own and is repeated until it is accepted;
/// the step calls a target that knows idempotency keys and keeps a ledger of them.
/// </summary>
internal static class KillWorkload
{
    private const int Clients = 50;

    private const int Kills = 6;

    public static async Task<Dictionary<string, double>> RunAsync(BenchHub hub)
    {
        var ledger = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        await using var target = await TargetAsync(ledger);
        var url = target.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var plan = await hub.SavePlanAsync("killed", $$$"""
            {"name":"killed","inputs":{"n":"string"},"steps":[
              {"use":"http.post","repeatable":true,"with":{"url":"{{{url}}}/${input.n}"}},{"use":"logic.transform","with":{"value":"${input.n}"}}]}
            """);
        var accepted = new ConcurrentDictionary<string, string>();
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => StartAllAsync(hub, plan, client, accepted, enough.Token)).ToList();
        var kills = new List<DateTimeOffset>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
            kills.Add(TimeProvider.System.GetUtcNow());
            await hub.KillAsync();
            await hub.RestartAsync();
        }

        await enough.CancelAsync();
        await Task.WhenAll(clients);
        await hub.DrainedAsync();
        return Judge(await hub.ExecutionsAsync(plan), accepted, ledger, kills);
    }

    private static Dictionary<string, double> Judge(List<JsonElement> executions, ConcurrentDictionary<string, string> accepted,
        ConcurrentDictionary<string, ConcurrentBag<string>> ledger, List<DateTimeOffset> kills)
    {
        var succeeded = executions.Where(execution => execution.GetProperty("status").GetString() == "succeeded").Select(execution => execution.GetProperty("id").GetString()!).ToHashSet();
        var recoveries = kills.Select(kill => executions.Where(execution => execution.GetProperty("created_at").GetDateTimeOffset() < kill)
            .Select(execution => execution.GetProperty("ended_at").GetDateTimeOffset() - kill).Max().TotalSeconds).ToList();
        return new()
        {
            ["accepted under six kills"] = accepted.Count,
            ["lost"] = accepted.Values.Count(id => !succeeded.Contains(id)) + accepted.Keys.Count(n => !ledger.ContainsKey(n)),
            ["doubled"] = executions.Count - accepted.Values.Distinct().Count() + ledger.Values.Count(keys => keys.Distinct().Count() > 1),
            ["calls repeated with their key"] = ledger.Values.Sum(keys => keys.Count - keys.Distinct().Count()),
            ["all that was under way at an end again, s"] = recoveries.Max(),
        };
    }

    private static async Task StartAllAsync(BenchHub hub, string plan, int client, ConcurrentDictionary<string, string> accepted, CancellationToken enough)
    {
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            var name = $"{client}-{number}";
            var body = $$$"""{"plan":"{{{plan}}}","inputs":{"n":"{{{name}}}"}}""";
            while (!accepted.ContainsKey(name))
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/api/execute") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                    request.Headers.Add("Idempotency-Key", name);
                    using var answer = await hub.Client.SendAsync(request, CancellationToken.None);
                    if (answer.IsSuccessStatusCode)
                        accepted[name] = JsonElement.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).GetProperty("id").GetString()!;
                    else if ((int)answer.StatusCode < 500)
                        throw new InvalidOperationException($"A start was refused: {answer.StatusCode}.");
                }
                catch (HttpRequestException)
                {
                    // Killed meanwhile: the same start is sent again with the same key.
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
                }
            }
        }
    }

    private static async Task<WebApplication> TargetAsync(ConcurrentDictionary<string, ConcurrentBag<string>> ledger)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/{name}", (string name, Microsoft.AspNetCore.Http.HttpRequest request) =>
        {
            ledger.GetOrAdd(name, _ => []).Add(request.Headers["Idempotency-Key"].ToString());
            return "{}";
        });
        await app.StartAsync();
        return app;
    }
}
