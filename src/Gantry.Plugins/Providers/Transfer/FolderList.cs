using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>A folder's files as a step's output.</summary>
internal static class FolderList
{
    public static async Task<JsonElement> RunAsync(
        IEndpoint endpoint, FileSelection selection, bool isRecursive, int limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>();
        var count = 0;
        var isTruncated = false;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("files");
            await foreach (var (path, entry) in WalkAsync(endpoint, "", selection, isRecursive, now, cancellationToken))
            {
                if (count == limit)
                {
                    isTruncated = true;
                    break;
                }

                count++;
                Write(json, path, entry);
            }

            json.WriteEndArray();
            json.WriteNumber("count", count);
            json.WriteBoolean("truncated", isTruncated);
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static async IAsyncEnumerable<(string Path, Entry Entry)> WalkAsync(
        IEndpoint endpoint, string folder, FileSelection selection, bool isRecursive, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string> folders = [];
        await foreach (var entry in endpoint.ListAsync(folder, cancellationToken))
        {
            var path = EndpointPath.Join(folder, entry.Name);
            if (PartialName.Is(entry.Name) || !(entry.Kind == EntryKind.Folder ? selection.IncludesFolder(path) : selection.Includes(path, entry, now)))
            {
                continue;
            }

            yield return (path, entry);
            if (entry.Kind == EntryKind.Folder && isRecursive)
            {
                folders.Add(path);
            }
        }

        foreach (var child in folders)
        {
            await foreach (var below in WalkAsync(endpoint, child, selection, isRecursive, now, cancellationToken))
            {
                yield return below;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, string path, Entry entry)
    {
        json.WriteStartObject();
        json.WriteString("path", EndpointPath.AsText(path));
        json.WriteString("name", EndpointPath.AsText(entry.Name));
        json.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Kind.ToString()));
        json.WriteNumber("size", entry.Size);
        if (entry.ModifiedAt is { } time)
        {
            json.WriteString("modified_at", time.UtcDateTime);
        }

        json.WriteEndObject();
    }
}
