using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>A new bucket behind a proxy, opened, and a folder of this machine.</summary>
internal sealed class S3Stage : IAsyncDisposable
{
    public static readonly DateTimeOffset Time = new(2021, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private S3Stage(S3FaultProxy proxy, EndpointSettings settings, string bucket)
    {
        Proxy = proxy;
        Settings = settings;
        Bucket = bucket;
        Endpoint = Open();
    }

    public S3FaultProxy Proxy { get; }

    public EndpointSettings Settings { get; }

    public string Bucket { get; }

    public IEndpoint Endpoint { get; }

    public TemporaryFolder Folder { get; } = new();

    public static async Task<S3Stage> SetAsync(SharedS3Servers servers)
    {
        var server = await servers.FauxqsAsync();
        var made = await server.NewBucketAsync();
        var proxy = await S3FaultProxy.StartAsync(server.Url);
        return new S3Stage(proxy, made.With("endpoint", proxy.Url), made.Find("bucket")!);
    }

    public IEndpoint Open(params (string Name, string Value)[] further) =>
        new S3Kind().Open(further.Aggregate(Settings, (settings, next) => settings.With(next.Name, next.Value)), S3Server.Context());

    /// <summary>When the first two parts of an upload stand, nothing reaches the server any more.</summary>
    public void CutAfterTwoParts()
    {
        TaskCompletionSource two = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        Proxy.Answer = (context, answer) =>
        {
            if (context.Request.Query["partNumber"] is ["1" or "2"] && Interlocked.Increment(ref arrived) == 2)
            {
                two.SetResult();
            }

            return answer;
        };
        Proxy.Instead = async context =>
        {
            if (context.Request.Query["partNumber"] is [not ("1" or "2")])
            {
                await two.Task;
            }

            if (two.Task.IsCompleted)
            {
                context.Abort();
            }

            return two.Task.IsCompleted;
        };
    }

    public IEndpoint Local() => new LocalEndpoint(Folder.Path, allowedRoots: null);

    public string[] LocalNames() => [.. Directory.GetFiles(Folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    public static async Task<TransferResult> TransferAsync(IEndpoint source, IEndpoint target, CancellationToken token, Func<TransferRequest, TransferRequest>? change = null)
    {
        TransferRequest request = new() { Sources = [new TransferSource { Endpoint = source }], Target = new TransferTarget { Endpoint = target } };
        return await new TransferRunner(change is null ? request : change(request)).RunAsync(token);
    }

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    public static WriteOptions Options(long? length, string transfer = "attempt1") =>
        new() { PartialName = PartialName.Of("file", length, Time, transfer), Length = length, ModifiedAt = Time };

    public static async Task<byte[]> ReadAsync(IEndpoint endpoint, string path, CancellationToken token)
    {
        await using var stream = await endpoint.OpenReadAsync(path, 0, null, token);
        using MemoryStream content = new();
        await stream.CopyToAsync(content, token);
        return content.ToArray();
    }

    public static async Task<string[]> NamesAsync(IEndpoint endpoint, CancellationToken token) =>
        [.. (await endpoint.ListAsync("", token).ToListAsync(token)).Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public static Stream Text(string text) => new MemoryStream(Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        await Proxy.DisposeAsync();
        Folder.Dispose();
    }
}
