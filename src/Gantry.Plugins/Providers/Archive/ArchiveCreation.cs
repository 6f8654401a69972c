using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>Packs: files go from one endpoint through the archive to the other, and no more of them than a buffer is ever here.</summary>
internal static class ArchiveCreation
{
    private const int TransferIdLength = 20;
    private const int DepthMax = 100;

    public static async Task<ProviderResult> RunAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        var (folder, name) = TransferPlaces.Split(parameters.FindText("to") ?? "")
            ?? throw HttpCall.Bad("'to' is the address of a file in a folder that can be opened.");
        var format = FormatOf(parameters, name);
        await using var source = await ArchiveSource.OpenAsync(call, parameters.FindText("from") ?? "", cancellationToken);
        await using var target = await call.Endpoints.OpenAsync(folder, cancellationToken);
        var selection = FileSelection.All.With(TextsOf(parameters, "include"), TextsOf(parameters, "exclude"), []);
        var pipe = new Pipe();
        var contents = new ArchiveContents();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var packing = Task.Run(() => PackAsync(source, selection, format, pipe.Writer, contents, call, stop.Token), CancellationToken.None);
        Entry written;
        try
        {
            await using var content = pipe.Reader.AsStream();
            written = await target.WriteAsync(name, content, OptionsOf(call, name), cancellationToken);
        }
        catch (Exception)
        {
            // What kept it from being packed is the reason, when there is one.
            await stop.CancelAsync();
            await packing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (packing is { IsFaulted: true, Exception.InnerException: { } reason } and not { Exception.InnerException: OperationCanceledException })
            {
                throw reason;
            }

            throw;
        }

        await packing;
        foreach (var (path, reason) in contents.Skipped.Take(ArchiveContents.NamesTold))
        {
            call.Log.Write(StepLogLevel.Warning, $"'{ArchiveNames.Shown(path)}' is not packed: {reason}.");
        }

        return ProviderResult.Success(contents.ToJson(), $"{contents.Summary} The archive has {ByteSize.Format(written.Size)}.");
    }

    private static WriteOptions OptionsOf(ProviderCall call, string name) => new()
    {
        PartialName = PartialName.Of(name, null, null, call.IdempotencyKey[..Math.Min(TransferIdLength, call.IdempotencyKey.Length)]),
    };

    private static string FormatOf(HttpCall parameters, string name)
    {
        if (parameters.FindText("format") is { } format)
        {
            return format;
        }

        var lower = name.ToLowerInvariant();
        return lower.EndsWith(".zip", StringComparison.Ordinal) ? "zip"
            : lower.EndsWith(".tar", StringComparison.Ordinal) ? "tar"
            : lower.EndsWith(".tar.gz", StringComparison.Ordinal) || lower.EndsWith(".tgz", StringComparison.Ordinal) ? "tar.gz"
            : throw HttpCall.Bad($"'{ArchiveNames.Shown(name)}' does not say which archive it is to be: end it with .zip, .tar or .tar.gz, or give 'format'.");
    }

    private static IEnumerable<string> TextsOf(HttpCall parameters, string name) =>
        parameters.Find(name)?.EnumerateArray().Select(item => Scalars.TextOf(item) ?? "").ToList() ?? [];

    /// <summary>Ends the pipe in any case; with the failure when there is one, so that the half archive is not taken for a whole one.</summary>
    private static async Task PackAsync(
        ArchiveSource source, FileSelection selection, string format, PipeWriter pipe, ArchiveContents contents, ProviderCall call, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using (var archive = ArchiveWriter.Create(format, pipe.AsStream(leaveOpen: true)))
            {
                await foreach (var (path, entry) in WalkAsync(source, selection, call.Clock.GetUtcNow(), contents, cancellationToken))
                {
                    contents.Add(new ArchiveItem { Name = path, Kind = entry.Kind == EntryKind.Folder ? ArchiveItemKind.Folder : ArchiveItemKind.File, Size = entry.Size });
                    await archive.AddAsync(path, entry, source, cancellationToken);
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            await pipe.CompleteAsync(failure);
        }
    }

    private static async IAsyncEnumerable<(string Path, Entry Entry)> WalkAsync(
        ArchiveSource source, FileSelection selection, DateTimeOffset now, ArchiveContents contents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (source.File is { } file)
        {
            yield return (file.Name, file);
            yield break;
        }

        var folders = new Stack<string>([""]);
        while (folders.TryPop(out var folder))
        {
            if (folder.Count('/') > DepthMax)
            {
                throw HttpCall.Bad($"'{ArchiveNames.Shown(folder)}' lies more than {DepthMax} folders deep.");
            }

            List<Entry> entries = [];
            await foreach (var entry in source.Endpoint.ListAsync(folder, cancellationToken))
            {
                entries.Add(entry);
            }

            // The same folder gives the same archive, in whatever order it was listed.
            foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                var path = EndpointPath.Join(folder, entry.Name);
                if (PartialName.Is(entry.Name) || !(entry.Kind == EntryKind.Folder ? selection.IncludesFolder(path) : selection.Includes(path, entry, now)))
                {
                    continue;
                }

                if (entry.Kind is EntryKind.SymbolicLink or EntryKind.Other)
                {
                    contents.Skipped.Add((path, entry.Kind == EntryKind.SymbolicLink ? "it is a link" : "it is no file and no folder"));
                    continue;
                }

                yield return (path, entry);
                if (entry.Kind == EntryKind.Folder)
                {
                    folders.Push(path);
                }
            }
        }
    }
}

/// <summary>What is packed: a folder, or one file in it.</summary>
internal sealed class ArchiveSource : IAsyncDisposable
{
    private ArchiveSource(IEndpoint endpoint, Entry? file) => (Endpoint, File) = (endpoint, file);

    public IEndpoint Endpoint { get; }

    /// <summary>The only one that is packed; null for a folder.</summary>
    public Entry? File { get; }

    public static async Task<ArchiveSource> OpenAsync(ProviderCall call, string address, CancellationToken cancellationToken)
    {
        var endpoint = await call.Endpoints.OpenAsync(address, cancellationToken);
        try
        {
            var entry = await endpoint.FindAsync("", cancellationToken)
                ?? throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{EndpointPath.Printable(address)}'.");
            if (entry.Kind == EntryKind.Folder)
            {
                return new ArchiveSource(endpoint, null);
            }
        }
        catch
        {
            await endpoint.DisposeAsync();
            throw;
        }

        await endpoint.DisposeAsync();
        var (folder, name) = TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is a file without a folder that could be opened.");
        endpoint = await call.Endpoints.OpenAsync(folder, cancellationToken);
        var file = await endpoint.FindAsync(name, cancellationToken);
        return new ArchiveSource(endpoint, file is { Kind: EntryKind.File } ? file : throw new EndpointException(EndpointError.NotFound, $"There is no file at '{EndpointPath.Printable(address)}'."));
    }

    public ValueTask DisposeAsync() => Endpoint.DisposeAsync();
}
