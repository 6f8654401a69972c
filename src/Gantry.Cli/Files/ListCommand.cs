using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>"gantry ls": what is at a place, while it is being listed.</summary>
internal static class ListCommand
{
    private const int SortedMax = 10_000;
    private const int BufferBytes = 64 * 1024;

    public static Command Describe() => new()
    {
        Name = "ls",
        Help = "Lists a folder, by name; one of more than 10,000 entries while it is listed, in its server's order.",
        Arguments = [new("ADDRESS", "A path, sftp://user@host/path, or NAME:path of a saved endpoint.")],
        Options =
        [
            new("--long", "Shows kinds, permissions, sizes and times.") { Short = 'l' },
            new("--recursive", "Lists the folders in it as well.") { Short = 'R' },
            new("--json", "Prints a JSON array."),
            .. FilesOpener.Options,
        ],
        Examples = ["gantry ls -l /srv/web", "gantry ls -R sftp://deploy@www.example.org/var/www", "gantry ls web:html --json"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var address = invocation.Argument("ADDRESS");
        var opener = await FilesOpener.CreateAsync(invocation, [address], cancellationToken);
        await using var endpoint = await opener.OpenAsync(address, cancellationToken);
        var root = await endpoint.FindAsync("", cancellationToken)
            ?? throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{EndpointPath.Printable(endpoint.Address)}'.");
        var entries = root.Kind == EntryKind.Folder
            ? WalkAsync(endpoint, "", invocation.Has("--recursive"), cancellationToken)
            : SingleAsync(root, TransferPlaces.Split(address)?.Name ?? root.Name);
        await PrintAsync(entries, invocation.Has("--json"), invocation.Has("--long"), cancellationToken);
        return ExitStatus.Succeeded;
    }

    private static async IAsyncEnumerable<(string Path, Entry Entry)> SingleAsync(Entry entry, string name)
    {
        await ValueTask.CompletedTask;
        yield return (name, entry);
    }

    private static async IAsyncEnumerable<(string Path, Entry Entry)> WalkAsync(
        IEndpoint endpoint, string folder, bool isRecursive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in EntriesAsync(endpoint, folder, cancellationToken))
        {
            var path = EndpointPath.Join(folder, entry.Name);
            yield return (path, entry);
            if (isRecursive && entry.Kind == EntryKind.Folder)
            {
                await foreach (var below in WalkAsync(endpoint, path, isRecursive, cancellationToken))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>By name, so that two runs can be compared; those of a large folder as they are listed, so that it is neither waited for nor held.</summary>
    private static async IAsyncEnumerable<Entry> EntriesAsync(IEndpoint endpoint, string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var listing = endpoint.ListAsync(folder, cancellationToken).GetAsyncEnumerator(cancellationToken);
        List<Entry> first = [];
        var hasMore = await listing.MoveNextAsync();
        for (; hasMore && first.Count < SortedMax; hasMore = await listing.MoveNextAsync())
        {
            first.Add(listing.Current);
        }

        if (!hasMore)
        {
            first.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        foreach (var entry in first)
        {
            yield return entry;
        }

        first.Clear();
        for (; hasMore; hasMore = await listing.MoveNextAsync())
        {
            yield return listing.Current;
        }
    }

    /// <summary>Nothing is held back while the next entry is waited for.</summary>
    private static async Task PrintAsync(
        IAsyncEnumerable<(string Path, Entry Entry)> entries, bool asJson, bool isLong, CancellationToken cancellationToken)
    {
        await using var output = new PlainOutput();
        await using var listing = entries.GetAsyncEnumerator(cancellationToken);
        var buffer = new ArrayBufferWriter<byte>();
        var isFirst = true;
        while (!output.IsGone)
        {
            var next = listing.MoveNextAsync();
            if (!next.IsCompleted || buffer.WrittenCount > BufferBytes)
            {
                await output.WriteAsync(buffer);
            }

            if (!await next)
            {
                break;
            }

            var (path, entry) = listing.Current;
            if (asJson)
            {
                buffer.Write(isFirst ? "[\n"u8 : ",\n"u8);
                WriteJson(buffer, path, entry);
            }
            else
            {
                buffer.Write(Encoding.UTF8.GetBytes((isLong ? Long(path, entry) : Short(path, entry)) + "\n"));
            }

            isFirst = false;
        }

        if (asJson)
        {
            buffer.Write(isFirst ? "[]\n"u8 : "\n]\n"u8);
        }

        await output.WriteAsync(buffer);
    }

    private static string Short(string path, Entry entry) => EndpointPath.Printable(path) + (entry.Kind == EntryKind.Folder ? "/" : "");

    private static string Long(string path, Entry entry)
    {
        var link = entry.LinkTarget is { } target ? $" -> {EndpointPath.Printable(target)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Letter(entry.Kind)}{Mode(entry.UnixMode)} {entry.Size,14} {entry.ModifiedAt ?? entry.StoredAt,20:yyyy-MM-ddTHH:mm:ssZ} {Short(path, entry)}{link}");
    }

    private static char Letter(EntryKind kind) => kind switch
    {
        EntryKind.Folder => 'd',
        EntryKind.SymbolicLink => 'l',
        EntryKind.File => '-',
        _ => '?',
    };

    private static string Mode(int? mode) => mode is { } bits
        ? string.Concat(Enumerable.Range(0, 9).Select(i => (bits & (0x100 >> i)) != 0 ? "rwxrwxrwx"[i] : '-'))
        : "---------";

    private static void WriteJson(ArrayBufferWriter<byte> buffer, string path, Entry entry)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("path", EndpointPath.AsText(path));
        json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Kind.ToString()));
        json.WriteNumber("size", entry.Size);
        if (entry.ModifiedAt is { } time)
        {
            json.WriteString("modified_at", time.UtcDateTime);
        }

        if (entry.StoredAt is { } stored)
        {
            json.WriteString("stored_at", stored.UtcDateTime);
        }

        if (entry.Hash is { } hash)
        {
            json.WriteString("hash", $"{hash.Name}:{hash.Hex}");
        }

        if (entry.LinkTarget is { } target)
        {
            json.WriteString("link_target", EndpointPath.AsText(target));
        }

        json.WriteEndObject();
    }
}
