using System.Diagnostics;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Bench;

/// <summary>"secrets": how long it takes to resolve 1,000 credentials of an encrypted file, the first time in a process and later.</summary>
internal static class SecretsCommand
{
    private const int Count = 1000;
    private const int Rounds = 20;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("gantry-bench-").FullName;
        try
        {
            var key = FernetKey.Create().Export().Reveal();
            SecretStoreContext context = new() { ReadVariable = name => name == "GANTRY_FILE_KEY" ? key : null, VariableNames = () => [], Folder = folder };
            var names = Enumerable.Range(0, Count).Select(number => $"SITE_{number:0000}_FTP_PASSWORD").ToList();
            using var store = new SecretStoreCatalog(AllPlugins.SecretStores).Open(new() { Kind = "file" }, context);
            await store.PutAsync([.. names.Select(name => new SecretWrite(new() { Name = name, Website = name[..9], Type = "FTP_PASSWORD" }, new($"the \"password\" of {name}")))], CancellationToken.None);
            StoredSecrets secrets = new(store);
            List<double> took = [];
            for (var round = 0; round < Rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                var found = await secrets.FindAllAsync(names, CancellationToken.None);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (found.Count != Count)
                {
                    throw new InvalidOperationException("Not all were found.");
                }
            }

            Console.WriteLine($"{Count} credentials of an encrypted file of {new FileInfo(Path.Combine(folder, ".env.encrypted")).Length / 1024} KiB: first {took[0]:F1} ms, median of {Rounds} {took.Order().ElementAt(Rounds / 2):F1} ms");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
