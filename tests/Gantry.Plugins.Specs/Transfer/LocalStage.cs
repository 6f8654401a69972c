using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.TestServers;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>A folder of this machine as one side of a transfer, and short ways to fill, copy and look at it.</summary>
internal static class LocalStage
{
    public static LocalEndpoint Local(this TemporaryFolder folder, string name) => new(folder[name], allowedRoots: null);

    /// <summary>So many files of several sizes and times, in seven folders.</summary>
    public static void Fill(this TemporaryFolder folder, int files)
    {
        for (var i = 0; i < files; i++)
        {
            var file = folder.WriteFile($"from/folder{i % 7}/file{i}", new string((char)('a' + (i % 26)), i * 10));
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(10_000 + (i % 5000)));
        }
    }

    public static TransferRequest Request(IEndpoint from, IEndpoint to) =>
        new() { Sources = [new TransferSource { Endpoint = from }], Target = new TransferTarget { Endpoint = to } };

    public static Task<TransferResult> CopyAsync(IEndpoint from, IEndpoint to, Func<TransferRequest, TransferRequest>? change = null) =>
        new TransferRunner(change?.Invoke(Request(from, to)) ?? Request(from, to)).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Each file's path, time and content.</summary>
    public static string[] TreeOf(string path) =>
    [
        .. Directory.GetFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(path, file)} {File.GetLastWriteTimeUtc(file):yyyyMMddHHmmss} {File.ReadAllText(file)}")
            .Order(StringComparer.Ordinal),
    ];
}
