using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Plugins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench;

/// <summary>"providers": what all manifests cost a process that starts, and a step through one beside the same request without it. In processor time, so that a busy machine changes little.</summary>
internal static class ProvidersCommand
{
    private const int Steps = 2_000;

    private const string Manifest = """
        schema: provider/v1
        id: bench
        name: Bench
        category: CRM
        help: For figures.
        docs: https://bench.example
        checked: {date: 2026-11-21, against: nothing}
        base_url: URL
        auth: [{kind: bearer, fields: {api_key: {help: A key., secret: true, required: true}}}]
        errors: {message: [error.message], code: [error.code]}
        actions:
          create_contact:
            help: Creates a contact.
            call: POST /contacts/{place}
            params:
              place: {help: Where., required: true}
              email: {help: Which., required: true, format: email}
              tags: {help: Words., type: list, items: {type: string}}
            response: {output: contact}

        """;

    /// <param name="program">This program's own file.</param>
    /// <param name="runs">How often each is measured.</param>
    public static async Task<int> RunAsync(string program, int runs)
    {
        var made = new List<Cost>();
        var listed = new List<Cost>();
        var nothing = new List<Cost>();
        for (var run = 0; run < runs; run++)
        {
            nothing.Add(await ChildAsync(program, "nothing"));
            made.Add(await ChildAsync(program, "made"));
            listed.Add(await ChildAsync(program, "listed"));
        }

        Tell("a process without a catalogue", nothing, nothing);
        Tell("the catalogue is made, as at the start of a hub", made, nothing);
        Tell("all of it is listed, as by the first request", listed, nothing);
        await StepsAsync(runs);
        return 0;
    }

    /// <summary>In a process of its own: what it has used at its end.</summary>
    public static int Child(string what)
    {
        if (what != "nothing")
        {
            var catalog = AllPlugins.Providers.With(OwnManifests.Load(new OwnFolder("/nonexistent", "own", "There is none."), AllPlugins.Providers));
            if (what == "listed")
            {
                _ = ProviderSearch.Find(catalog, null, null).Sum(provider => provider.ActionIds.Count);
            }

            GC.KeepAlive(catalog);
        }

        var cpu = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu} {Environment.WorkingSet / 1e6}"));
        return 0;
    }

    private static async Task<Cost> ChildAsync(string program, string what)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var word in Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? (string[])[program, "providers-child", what] : ["providers-child", what])
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var words = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
        await process.WaitForExitAsync();
        return new Cost(double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static void Tell(string what, List<Cost> costs, List<Cost> nothing)
    {
        var (cpu, memory) = (Median(costs.Select(cost => cost.Milliseconds)), Median(costs.Select(cost => cost.Megabytes)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-50}{cpu,8:F0} ms of processor{memory,8:F1} MB   (+{cpu - Median(nothing.Select(cost => cost.Milliseconds)):F0} ms, +{memory - Median(nothing.Select(cost => cost.Megabytes)):F1} MB)"));
    }

    private static async Task StepsAsync(int runs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var vendor = builder.Build();
        vendor.Run(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"contact": {"id": 7, "email": "ada@example.org", "tags": ["a", "b"]}}""");
        });
        await vendor.StartAsync();
        var url = vendor.Urls.Single();
        var provider = new ManifestProvider(ManifestReader.Read(Manifest.Replace("URL", url, StringComparison.Ordinal), "bench.yaml"));
        var parameters = JsonElement.Parse("""{"place": "here", "email": "ada@example.org", "tags": ["a", "b"], "connection": {"api_key": "k"}}""");
        var call = new ProviderCall
        {
            Action = "create_contact",
            Parameters = parameters,
            Secrets = new Nothing(),
            Endpoints = new Nothing(),
            IdempotencyKey = "bench",
            Log = new Nothing(),
            EgressAllowed = ["*"],
        };
        var request = new WebRequest
        {
            Method = HttpMethod.Post,
            Url = new Uri($"{url}/contacts/here"),
            Headers = [new("Authorization", "Bearer k"), new("Content-Type", "application/json"), new("Accept", "application/json")],
            Body = """{"email":"ada@example.org","tags":["a","b"]}"""u8.ToArray(),
            EgressAllowed = ["*"],
        };
        List<double> through = [], plain = [];
        for (var run = -1; run < runs; run++)
        {
            var one = await MeasureAsync(async () => _ = await HttpGate.Shared.SendAsync(request, TimeProvider.System, CancellationToken.None));
            var other = await MeasureAsync(async () => _ = await provider.RunAsync(call, CancellationToken.None) is { IsSuccess: true } ? 0 : throw new InvalidOperationException("The step failed."));
            if (run >= 0)
            {
                plain.Add(one);
                through.Add(other);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a request with its answer, both ends{"",14}{Median(plain),8:F3} ms of processor\nthe same as a step through a manifest{"",13}{Median(through),8:F3} ms of processor   (+{Median(through) - Median(plain):F3} ms)"));
    }

    private static async Task<double> MeasureAsync(Func<Task> once)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var step = 0; step < Steps; step++)
        {
            await once();
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Steps;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    private sealed record Cost(double Milliseconds, double Megabytes);

    private sealed class Nothing : ISecretResolver, IEndpointOpener, IStepLog
    {
        public string Places => "the bench";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<Secret?>(null);

        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
        }
    }
}
