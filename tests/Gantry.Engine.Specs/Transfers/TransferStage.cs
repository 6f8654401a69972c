using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>A source and a target in memory, and short ways to fill, run and look at them.</summary>
internal sealed class TransferStage
{
    public static readonly DateTimeOffset SomeTime = new(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public TransferStage()
    {
        Clock = new InstantClock();
        SourceMemory = new MemoryEndpoint("memory:source", Clock);
        TargetMemory = new MemoryEndpoint("memory:target", Clock);
        Source = new FaultyEndpoint(SourceMemory);
        Target = new FaultyEndpoint(TargetMemory);
    }

    public InstantClock Clock { get; }

    public MemoryEndpoint SourceMemory { get; }

    public MemoryEndpoint TargetMemory { get; }

    public FaultyEndpoint Source { get; }

    public FaultyEndpoint Target { get; }

    public CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    public TransferRequest Request => new() { Sources = [new TransferSource { Endpoint = Source }], Target = new TransferTarget { Endpoint = Target } };

    public Task<TransferResult> RunAsync(Func<TransferRequest, TransferRequest>? change = null) =>
        new TransferRunner(change?.Invoke(Request) ?? Request, Clock).RunAsync(Token);

    /// <summary>Between these endpoints, in place of the stage's own.</summary>
    public TransferRequest Between(IEndpoint source, IEndpoint target) =>
        Request with { Sources = [new TransferSource { Endpoint = source }], Target = new TransferTarget { Endpoint = target } };

    public Task<TransferResult> RunAsync(IEndpoint source, IEndpoint target, Func<TransferRequest, TransferRequest>? change = null) =>
        new TransferRunner(change?.Invoke(Between(source, target)) ?? Between(source, target), Clock).RunAsync(Token);

    /// <summary>"file 0" and so many further small ones, in four folders.</summary>
    public async Task FillSourceAsync(int files)
    {
        for (var number = 0; number < files; number++)
        {
            await PutSourceAsync($"folder {number % 4}/file {number}", $"content of {number}");
        }
    }

    public Task PutSourceAsync(string path, string content, DateTimeOffset? time = null) => PutAsync(SourceMemory, path, content, time);

    public Task PutTargetAsync(string path, string content, DateTimeOffset? time = null) => PutAsync(TargetMemory, path, content, time);

    public static async Task PutAsync(IEndpoint endpoint, string path, string content, DateTimeOffset? time = null)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        await endpoint.CreateFolderAsync(EndpointPath.ParentOf(path), CancellationToken.None);
        using var stream = new MemoryStream(bytes);
        await endpoint.WriteAsync(
            path,
            stream,
            new WriteOptions { PartialName = PartialName.Of("x", null, null, Guid.CreateVersion7().ToString("N")), Length = bytes.Length, ModifiedAt = time ?? SomeTime },
            CancellationToken.None);
    }

    /// <summary>"path=content" of every file, "path/" of every folder and "path->target" of every link, sorted.</summary>
    public static async Task<IReadOnlyList<string>> TreeOfAsync(IEndpoint endpoint, string folder = "")
    {
        List<string> lines = [];
        await foreach (var entry in endpoint.ListAsync(folder, CancellationToken.None))
        {
            var path = EndpointPath.Join(folder, entry.Name);
            switch (entry.Kind)
            {
                case EntryKind.Folder:
                    lines.Add(path + "/");
                    lines.AddRange(await TreeOfAsync(endpoint, path));
                    break;
                case EntryKind.SymbolicLink:
                    lines.Add($"{path}->{entry.LinkTarget}");
                    break;
                default:
                    await using (var stream = await endpoint.OpenReadAsync(path, 0, null, CancellationToken.None))
                    {
                        using var reader = new StreamReader(stream);
                        lines.Add($"{path}={await reader.ReadToEndAsync()}");
                    }

                    break;
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public Task<IReadOnlyList<string>> SourceTreeAsync() => TreeOfAsync(SourceMemory);

    public Task<IReadOnlyList<string>> TargetTreeAsync() => TreeOfAsync(TargetMemory);
}
