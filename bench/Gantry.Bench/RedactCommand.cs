using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Secrets;

namespace Gantry.Bench;

/// <summary>"redact": what masking costs, beside one replacement for each of eight written forms of each secret.</summary>
internal static class RedactCommand
{
    private const int Rounds = 15;

    public static int Run()
    {
        Random random = new(1);
        Console.WriteLine($"{"",-58}{"median ms",12}{"allocated KB",14}");
        foreach (var count in new[] { 1, 100, 1000 })
        {
            var secrets = Enumerable.Range(0, count).Select(_ => Word(random, 24)).ToList();
            var prose = string.Concat(Enumerable.Range(0, 175_000).Select(_ => Word(random, random.Next(2, 9)) + " "))[..1_000_000];
            var json = JsonSerializer.Serialize(prose.Split(' ').Chunk(4).Select(words => new { name = words[0], text = string.Join("\"\n", words) }));
            var found = string.Concat(Enumerable.Range(0, 1000).Select(i => prose.Substring(i * 970, 970) + $" {WebUtility.UrlEncode(secrets[i % count])} "));
            using Redactor redactor = new();
            Measure($"{count} secrets made ready", () => MakeReady(secrets));
            secrets.ForEach(secret => redactor.Add(new Secret(secret)));
            Measure($"{count} secrets, 1 MB of text without any", () => redactor.Text(prose));
            Measure($"{count} secrets, {json.Length / 1e6:F1} MB of JSON as a text", () => redactor.Text(json));
            Measure($"{count} secrets, 1 MB of text with 1,000 of them", () => redactor.Text(found));
            Measure($"{count} secrets, a line of 120 characters", () => redactor.Text(prose[..120]));
            var forms = secrets.SelectMany(Forms).Distinct().ToList();
            Measure($"{count} secrets, 1 MB, by replacing eight forms of each", () => forms.Aggregate(prose, (text, form) => text.Replace(form, "***", StringComparison.Ordinal)));
        }

        return 0;
    }

    private static string MakeReady(List<string> secrets)
    {
        using Redactor redactor = new();
        secrets.ForEach(secret => redactor.Add(new Secret(secret)));
        return redactor.Text("ready");
    }

    private static void Measure(string what, Func<string> work)
    {
        List<double> times = [];
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58}{times[Rounds / 2],12:F3}{allocated / 1024.0,14:F1}"));
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        return
        [
            secret + "=", Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret) + "&", base64, base64.TrimEnd('=') + "_", JsonSerializer.Serialize(secret),
            Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)),
        ];
    }

    private static string Word(Random random, int length) => string.Create(length, random, (span, source) =>
    {
        foreach (ref var letter in span)
        {
            letter = (char)('a' + source.Next(26));
        }
    });
}
