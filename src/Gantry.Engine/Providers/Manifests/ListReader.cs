using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gantry.Engine.Providers.Manifests.Answers;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Reads a list page by page to its end, or to the step's limit. It always ends: a cursor that was seen, a page without anything new, too many pages.</summary>
internal sealed class ListReader(VendorClient client, ManifestAction action, ManifestPaging paging, VendorRequest request, int? limit)
{
    private const int PagesMax = 10_000;
    private const int BytesMax = 15 * 1024 * 1024;

    private readonly List<JsonElement> items = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private JsonElement before;
    private long bytes;

    public async Task<ProviderResult> ReadAsync(CancellationToken cancellationToken)
    {
        var step = FirstStep();
        VendorAnswer? answer = null;
        for (var page = 1; ; page++)
        {
            var now = step;
            answer = await client.AskAsync(request with { Make = scope => MakeAsync(scope, now) }, cancellationToken);
            if (request.Receiver is { } receiver && await receiver.FileOfAsync(answer, cancellationToken) is { } file)
            {
                return ProviderResult.Success(file, $"{client.Manifest.Name} answered {answer.Status}.");
            }

            var taken = Take(answer);
            if (taken is null)
            {
                // It is no list, whatever the manifest expects: what came is the answer.
                return ProviderResult.Success(answer.Find(action.Response.Output) ?? answer.Body, $"{client.Manifest.Name} answered {answer.Status}.");
            }

            if (limit is { } most && items.Count >= most)
            {
                items.RemoveRange(most, items.Count - most);
                break;
            }

            if (Next(answer, now, taken.Value) is not { } next || !seen.Add(next.Key))
            {
                break;
            }

            step = page < PagesMax ? next : throw Failure(ProviderErrorKind.Upstream, $"{client.Manifest.Name} has not come to an end of this list after {PagesMax} pages. Ask for less with 'limit'.");
        }

        return ProviderResult.Success(Written(), $"{items.Count} {(items.Count == 1 ? "item" : "items")} from {client.Manifest.Name}.");
    }

    private static ProviderException Failure(ProviderErrorKind kind, string message) => new(new ProviderError { Kind = kind, Message = message });

    private PageStep FirstStep() => paging.Kind switch
    {
        PagingKind.Page => PageStep.At(paging.Start ?? 1),
        PagingKind.Offset => PageStep.At(paging.Start ?? 0),
        _ => new PageStep(null, null, paging.Start ?? 0),
    };

    private async ValueTask<RequestDraft> MakeAsync(ManifestScope scope, PageStep step)
    {
        var draft = await request.Make(scope);
        if (step.Address is { } address)
        {
            Go(draft, scope, address);
            return draft;
        }

        if (step.Value is { } value && paging.Name is { } name && !(step.IsFirst && HasOwn(name)))
        {
            draft.Set(paging.Place, name, value);
        }

        if (paging.SizeName is { } size && !HasOwn(size))
        {
            draft.Set(paging.SizePlace, size, JsonElement.Parse(Size().ToString(CultureInfo.InvariantCulture)));
        }

        return draft;
    }

    /// <summary>A next address says all: what the first request had in its query is in it, if the vendor wants it again.</summary>
    private void Go(RequestDraft draft, ManifestScope scope, string address)
    {
        var url = new Uri(draft.Url(), address);
        BaseAddress.RequireHost(client.Manifest, scope, url.AbsoluteUri);
        var pairs = draft.Query.ToList();
        draft.Address = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        draft.ClearQuery();
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            draft.AddQuery(Decoded(pair[0]), pair.Length > 1 ? Decoded(pair[1]) : "");
        }

        // Constants of the manifest, such as a version, go along when the address does not have them.
        foreach (var (name, value) in pairs.Where(pair => client.Manifest.Constants.Query.Any(constant => constant.Key == pair.Key) && draft.Query.All(other => other.Key != pair.Key)).ToList())
        {
            draft.AddQuery(name, value);
        }
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private int Size()
    {
        var size = Math.Min(paging.SizeDefault, paging.SizeMax ?? int.MaxValue);
        return limit is { } most && paging.Kind is not (PagingKind.Page or PagingKind.Offset) ? Math.Clamp(most - items.Count, 1, size) : limit is { } all ? Math.Clamp(all, 1, size) : size;
    }

    /// <summary>The step gives it itself.</summary>
    private bool HasOwn(string name) =>
        action.Parameters.Any(parameter => parameter.Name == name && request.Input.TryGetProperty(parameter.Id, out var value) && value.ValueKind != JsonValueKind.Null);

    /// <summary>How many items the page had; null when it has no list.</summary>
    private int? Take(VendorAnswer answer)
    {
        var found = action.Response.Items is { } path ? answer.Find(path) : answer.Find(action.Response.Output) ?? answer.Body;
        if (found is not { ValueKind: JsonValueKind.Array } list)
        {
            return action.Response.Items is null ? null : found is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } single && single.ValueKind == JsonValueKind.Object
                ? TakeAll(single.EnumerateObject().Select(member => member.Value)) : 0;
        }

        // A vendor that does not know the number answers every page with the same one.
        if (paging.Kind is PagingKind.Page or PagingKind.Offset && before.ValueKind == JsonValueKind.Array && JsonMarshal.GetRawUtf8Value(list).SequenceEqual(JsonMarshal.GetRawUtf8Value(before)))
        {
            return 0;
        }

        before = list;
        return TakeAll(list.EnumerateArray());
    }

    private int TakeAll(IEnumerable<JsonElement> found)
    {
        var count = 0;
        foreach (var item in found)
        {
            bytes += JsonMarshal.GetRawUtf8Value(item).Length + 1;
            items.Add(bytes <= BytesMax ? item : throw Failure(ProviderErrorKind.BadRequest,
                $"The list of {client.Manifest.Name} has grown over {BytesMax / 1024 / 1024} MB with {items.Count} items. Ask for less of it, with 'limit' or a filter."));
            count++;
        }

        return count;
    }

    private PageStep? Next(VendorAnswer answer, PageStep now, int taken)
    {
        if (paging.More is { } more && answer.Find(more) is { } flag && IsNo(flag))
        {
            return null;
        }

        switch (paging.Kind)
        {
            case PagingKind.Cursor:
                return TextAt(answer, paging.Next!) is { } cursor ? new PageStep(null, cursor, 0) : null;
            case PagingKind.NextUrl:
                return TextAt(answer, paging.Next!) is { } address ? new PageStep(ManifestValue.Plain(address), null, 0) : null;
            case PagingKind.Link:
                return LinkHeader.Next(answer.Web.Headers.Where(header => header.Key == "link").SelectMany(header => header.Value)) is { } link ? new PageStep(link, null, 0) : null;
            case PagingKind.LastId:
                return taken > 0 && LastId() is { } id && !IsShort(taken) ? new PageStep(null, id, 0) : null;
            case PagingKind.Offset:
                return taken == 0 || IsAll(answer, now.Number + taken - (paging.Start ?? 0), now) || IsShort(taken) ? null : PageStep.At(now.Number + taken);
            default:
                return taken == 0 || IsAll(answer, items.Count, now) || IsShort(taken) ? null : PageStep.At(now.Number + 1);
        }
    }

    /// <summary>Where nothing else tells the end, a page that is not full does.</summary>
    private bool IsShort(int taken) => paging.More is null && paging.Total is null && paging.SizeName is { } name && !HasOwn(name) && taken < Size();

    private bool IsAll(VendorAnswer answer, int count, PageStep now) =>
        paging.Total is { } path && answer.FindText(path) is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out var total)
        && (path.IsPages ? now.Number - (paging.Start ?? 1) + 1 >= total : count >= total);

    private JsonElement? LastId() => paging.Id!.Find(items[^1]) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } id ? id : null;

    private static JsonElement? TextAt(VendorAnswer answer, AnswerPath path) => answer.Find(path) switch
    {
        { ValueKind: JsonValueKind.String } text when !text.ValueEquals("") => text,
        { ValueKind: JsonValueKind.Number } number => number,
        { ValueKind: JsonValueKind.Object or JsonValueKind.Array } cursor when path.Header is null && cursor.GetRawText().Length > 2 => cursor,
        _ => null,
    };

    private static bool IsNo(JsonElement flag) => flag.ValueKind switch
    {
        JsonValueKind.False or JsonValueKind.Null => true,
        JsonValueKind.Number => flag.GetRawText() == "0",
        JsonValueKind.String => flag.ValueEquals("false") || flag.ValueEquals("0") || flag.ValueEquals(""),
        _ => false,
    };

    private JsonElement Written()
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(bytes, 16));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var item in items)
            {
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(item), skipInputValidation: true);
            }

            writer.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>Where the next page is: an address, a value, or a number.</summary>
    private sealed record PageStep(string? Address, JsonElement? Value, int Number)
    {
        public bool IsFirst { get; init; }

        public string Key => Address ?? Value?.GetRawText() ?? "";

        public static PageStep At(int number) => new(null, JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture)), number);
    }
}

/// <summary>The Link header (RFC 8288).</summary>
internal static class LinkHeader
{
    /// <summary>The address of the link with rel="next"; null when there is none.</summary>
    public static string? Next(IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            for (var at = value.IndexOf('<', StringComparison.Ordinal); at >= 0;)
            {
                var end = value.IndexOf('>', at);
                if (end < 0)
                {
                    break;
                }

                var following = value.IndexOf('<', end);
                var parameters = following < 0 ? value[(end + 1)..] : value[(end + 1)..following];
                if (IsNext(parameters))
                {
                    return value[(at + 1)..end];
                }

                at = following;
            }
        }

        return null;
    }

    private static bool IsNext(string parameters) => parameters.Split(';', ',').Select(part => part.Trim()).Any(part =>
        part.StartsWith("rel", StringComparison.OrdinalIgnoreCase) && part.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        && part[(equals + 1)..].Trim().Trim('"', '\'').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase));
}
