using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>Unpacks: reads all of the archive once to know that it is whole and harmless, and then again to write it.</summary>
internal static class ArchiveExtraction
{
    private const int TransferIdLength = 20;

    public static async Task<ProviderResult> ListAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        await using var archive = await ArchiveFile.FetchAsync(call.Endpoints, parameters.FindText("from") ?? "", ArchiveBounds.Of(parameters), cancellationToken);
        var contents = await LookAsync(archive, cancellationToken);
        return ProviderResult.Success(contents.ToJson(), contents.Summary);
    }

    public static async Task<ProviderResult> RunAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        await using var archive = await ArchiveFile.FetchAsync(call.Endpoints, parameters.FindText("from") ?? "", ArchiveBounds.Of(parameters), cancellationToken);
        var contents = await LookAsync(archive, cancellationToken);
        await using var target = await call.Endpoints.OpenAsync(parameters.FindText("to") ?? "", cancellationToken);
        if (parameters.Find("overwrite") is { ValueKind: JsonValueKind.False })
        {
            await RequireFreeAsync(target, contents, cancellationToken);
        }

        foreach (var (name, reason) in contents.Skipped.Take(ArchiveContents.NamesTold))
        {
            call.Log.Write(StepLogLevel.Warning, $"'{ArchiveNames.Shown(name)}' is not unpacked: {reason}.");
        }

        await WriteAsync(call, archive, target, cancellationToken);
        return ProviderResult.Success(contents.ToJson(), contents.Summary);
    }

    private static async Task<ArchiveContents> LookAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        var contents = new ArchiveContents();
        await foreach (var item in archive.ReadAsync(cancellationToken))
        {
            contents.Add(item);
            if (item.Content is { } content)
            {
                await content.CopyToAsync(Stream.Null, cancellationToken);
            }
        }

        contents.RequireConsistent();
        return contents;
    }

    private static async Task RequireFreeAsync(IEndpoint target, ArchiveContents contents, CancellationToken cancellationToken)
    {
        foreach (var path in contents.Files)
        {
            if (await target.FindAsync(path, cancellationToken) is not null)
            {
                throw new ProviderException(new ProviderError
                {
                    Kind = ProviderErrorKind.Conflict,
                    Message = $"There is '{ArchiveNames.Shown(path)}' in the target already, and 'overwrite' is false. Nothing was unpacked.",
                });
            }
        }
    }

    private static async Task WriteAsync(ProviderCall call, ArchiveFile archive, IEndpoint target, CancellationToken cancellationToken)
    {
        HashSet<string> folders = [];
        await MakeAsync("");
        await foreach (var item in archive.ReadAsync(cancellationToken))
        {
            var path = ArchiveNames.PathOf(item.Name);
            if (item.Kind == ArchiveItemKind.Folder)
            {
                await MakeAsync(path);
            }
            else if (item.Content is { } content)
            {
                await MakeAsync(EndpointPath.ParentOf(path));
                var options = new WriteOptions
                {
                    PartialName = PartialName.Of(EndpointPath.NameOf(path), item.Size, item.ModifiedAt, call.IdempotencyKey[..Math.Min(TransferIdLength, call.IdempotencyKey.Length)]),
                    Length = item.Size,
                    ModifiedAt = item.ModifiedAt,
                    UnixMode = item.UnixMode,
                };
                await target.WriteAsync(path, content, options, cancellationToken);
            }
        }

        async ValueTask MakeAsync(string folder)
        {
            if (folders.Add(folder))
            {
                await target.CreateFolderAsync(folder, cancellationToken);
            }
        }
    }
}
