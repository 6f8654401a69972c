using System.Net;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// A bucket of an S3 service, or what is below a prefix in it. Folders are what keys have in common up to a '/'; one that is made by itself gets a
/// marker, an empty object whose key ends in '/', as other programs have it.
/// </summary>
/// <remarks>
/// Listings tell neither times nor metadata of files, but when the object was stored and mostly its MD5; the rest costs a request each
/// (<see cref="ITellsDetails"/>). The time is kept as rclone keeps it.
/// </remarks>
internal sealed partial class S3Endpoint : IEndpoint, ITellsOfFiles
{
    private const int PageKeys = 1000;

    // Some services say a page of nothing where many objects were deleted, even several.
    private const int SamePagesMax = 100;
    private const int HostileNamed = 3;

    private readonly S3Keys keys;
    private readonly S3Wire wire;
    private readonly S3Choices choices;
    private readonly S3Control control;
    private readonly S3Login login;
    private readonly S3Multipart multipart;
    private readonly string prefix;
    private readonly TimeProvider clock;

    public S3Endpoint(string address, string prefix, S3Service service, S3Login login, S3Choices choices, EndpointContext context)
    {
        Address = address;
        keys = new S3Keys(prefix);
        (this.prefix, clock) = (prefix, context.Clock);
        this.choices = choices;
        this.login = login;
        wire = new S3Wire(service, login, context, choices.Connections);
        control = new S3Control(wire, login, context.Clock);
        multipart = new S3Multipart(wire, control, keys, choices, About);
        Capabilities = new Capabilities
        {
            TimePrecision = TimeSpan.FromTicks(1),
            WritesAreAtomic = true,
            FoldersAreImplied = true,
            ConcurrentFiles = choices.Connections,
            ConcurrentListings = Math.Clamp(choices.Connections / 4, 1, 16),
            NameBytesMax = keys.NameBytesMax,
        };
    }

    public string Address { get; }

    public Capabilities Capabilities { get; }

    public IFileNotices OpenNotices(string queue) => new S3Notices(queue, wire, login, new S3NoticeReader(wire.Service.Bucket, prefix), clock);

    /// <summary>
    /// Page by page, the next one being fetched while this one is worked off. Keys that are no paths ("a//b", "../x") never come out: when everything else
    /// has, the listing fails with Protocol and names them.
    /// </summary>
    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        var prefix = keys.OfFolder(folder);
        var next = PageAsync(prefix, null, PageKeys, folder, cancellationToken).AsTask();
        var isThere = prefix.Length == 0;
        List<string> hostile = [];
        string? lastFolder = null;
        S3Page? before = null;
        var sameAgain = 0;
        try
        {
            while (next is not null)
            {
                var page = await next.ConfigureAwait(false);
                sameAgain = page.SaysTheSameAs(before) ? sameAgain + 1 : 0;
                if (sameAgain > SamePagesMax)
                {
                    throw SamePage();
                }

                before = page;
                next = page.Continuation is { } token ? PageAsync(prefix, token, PageKeys, folder, cancellationToken).AsTask() : null;
                isThere |= !page.IsEmpty;
                foreach (var entry in EntriesOf(page, prefix, hostile))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (entry.Kind == EntryKind.Folder && entry.Name == lastFolder)
                    {
                        // Some servers say the last folder of a page again on the next one.
                        continue;
                    }

                    lastFolder = entry.Kind == EntryKind.Folder ? entry.Name : lastFolder;
                    yield return entry;
                }
            }
        }
        finally
        {
            // Who leaves before the end leaves a page on its way.
            _ = next?.ContinueWith(static left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        if (!isThere)
        {
            throw NoFolder(folder);
        }

        if (hostile.Count > 0)
        {
            throw Hostile(folder, hostile);
        }
    }

    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        if (keys.Of(path).Length > 0 && await FindFileAsync(path, cancellationToken).ConfigureAwait(false) is { } file)
        {
            return file;
        }

        return await IsFolderAsync(path, cancellationToken).ConfigureAwait(false)
            ? new Entry { Name = EndpointPath.NameOf(path), Kind = EntryKind.Folder }
            : null;
    }

    public async ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        if (PartialName.Is(EndpointPath.NameOf(path)))
        {
            await AbortMarkedAsync(path, cancellationToken).ConfigureAwait(false);
        }

        await DeleteKeyAsync(keys.Of(path), path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Folders need not be made for files to be in them: this is for empty ones, which get their markers.</summary>
    public async ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        List<string> missing = [];
        for (var folder = path; ; folder = EndpointPath.ParentOf(folder))
        {
            if (await IsFolderAsync(folder, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            if (await FindFileAsync(folder, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new EndpointException(EndpointError.NotAFolder, $"'{About(folder)}' is a file, where a folder was to be made.");
            }

            missing.Add(folder);
            if (folder.Length == 0)
            {
                break;
            }
        }

        foreach (var folder in Enumerable.Reverse(missing))
        {
            var request = new S3Request(HttpMethod.Put, keys.OfFolder(folder)) { About = About(folder), Body = new S3Body(ReadOnlyMemory<byte>.Empty) };
            (await wire.AskAsync(request.WithMd5([]).With(choices.OwnHeaders("application/x-directory")), cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    public async ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var prefix = keys.OfFolder(path);
        var page = await FirstPageAsync(prefix, 2, path, cancellationToken).ConfigureAwait(false);
        if (page.Prefixes.Count > 0 || page.Objects.Any(found => found.Key != prefix))
        {
            throw new EndpointException(EndpointError.FolderNotEmpty, $"'{About(path)}' is a folder with something in it.");
        }

        if (page.Objects.Count > 0)
        {
            await DeleteKeyAsync(prefix, path, cancellationToken).ConfigureAwait(false);
        }
        else if (await FindFileAsync(path, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new EndpointException(EndpointError.NotAFolder, $"'{About(path)}' is a file, not a folder.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        control.Dispose();
        await wire.DisposeAsync().ConfigureAwait(false);
        login.Dispose();
        room.Dispose();
    }

    private async ValueTask<S3Page> PageAsync(string prefix, string? continuation, int keysMax, string folder, CancellationToken cancellationToken)
    {
        // In the order of their names, as signatures have it.
        List<(string, string)> query = continuation is null ? [] : [("continuation-token", continuation)];
        query.AddRange([("delimiter", "/"), ("encoding-type", "url"), ("list-type", "2"), ("max-keys", $"{keysMax}"), ("prefix", prefix)]);
        var text = await wire.AskTextAsync(new S3Request(HttpMethod.Get, null) { Query = query, About = About(folder) }, cancellationToken).ConfigureAwait(false);
        var page = S3Page.Read(text, wire.Service.ServiceUri.Authority);
        return continuation is null || page.Continuation != continuation
            ? page
            : throw SamePage();
    }

    private EndpointException SamePage() => new(EndpointError.Protocol, $"{wire.Service.ServiceUri.Authority} lists the same page again and again.");

    private static IEnumerable<Entry> EntriesOf(S3Page page, string prefix, List<string> hostile)
    {
        foreach (var found in page.Objects)
        {
            if (found.Key == prefix && found.Size == 0)
            {
                // The folder's own marker.
                continue;
            }

            if (NameIn(found.Key, prefix) is { } name)
            {
                yield return EntryOf(name, found.Size, found.StoredAt, found.ETag);
            }
            else
            {
                hostile.Add(found.Key);
            }
        }

        foreach (var found in page.Prefixes)
        {
            if (found.EndsWith('/') && NameIn(found[..^1], prefix) is { } name)
            {
                yield return new Entry { Name = name, Kind = EntryKind.Folder };
            }
            else
            {
                hostile.Add(found);
            }
        }
    }

    /// <summary>Null when what follows the prefix is no name.</summary>
    private static string? NameIn(string key, string prefix) =>
        key.StartsWith(prefix, StringComparison.Ordinal) && EndpointPath.IsName(key.AsSpan(prefix.Length)) ? key[prefix.Length..] : null;

    private static Entry EntryOf(string name, long size, DateTimeOffset? storedAt, string? etag) =>
        new() { Name = name, Kind = EntryKind.File, Size = size, StoredAt = storedAt, Hash = S3ETag.HashOf(etag) };

    /// <summary>Null when there is no object of exactly this key.</summary>
    private async ValueTask<Entry?> FindFileAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await HeadAsync(keys.Of(path), path, cancellationToken).ConfigureAwait(false);
        return response is null ? null : EntryOf(EndpointPath.NameOf(path), response);
    }

    internal static Entry EntryOf(string name, HttpResponseMessage response) => EntryOf(
        name,
        response.Content.Headers.ContentLength ?? 0,
        S3Time.WholeSeconds(response.Content.Headers.LastModified),
        S3Wire.Header(response, "etag"));

    private async ValueTask<HttpResponseMessage?> HeadAsync(string key, string path, CancellationToken cancellationToken)
    {
        var response = await wire.AskAsync(
            new S3Request(HttpMethod.Head, key) { About = About(path) }, cancellationToken, alsoGood: HttpStatusCode.NotFound).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            return response;
        }

        response.Dispose();
        return null;
    }

    /// <summary>A bucket that is not there fails here.</summary>
    private async ValueTask<bool> IsFolderAsync(string path, CancellationToken cancellationToken)
    {
        var prefix = keys.OfFolder(path);
        if (prefix.Length == 0)
        {
            await PageAsync(prefix, null, 1, path, cancellationToken).ConfigureAwait(false);
            return true;
        }

        return !(await FirstPageAsync(prefix, 1, path, cancellationToken).ConfigureAwait(false)).IsEmpty;
    }

    /// <summary>The first page with something on it, or the last one.</summary>
    private async ValueTask<S3Page> FirstPageAsync(string prefix, int keysMax, string folder, CancellationToken cancellationToken)
    {
        var page = await PageAsync(prefix, null, keysMax, folder, cancellationToken).ConfigureAwait(false);
        for (var sameAgain = 0; page is { IsEmpty: true, Continuation: { } token }; sameAgain++)
        {
            page = sameAgain < SamePagesMax ? await PageAsync(prefix, token, keysMax, folder, cancellationToken).ConfigureAwait(false) : throw SamePage();
        }

        return page;
    }

    private async ValueTask DeleteKeyAsync(string key, string path, CancellationToken cancellationToken)
    {
        try
        {
            (await wire.AskAsync(new S3Request(HttpMethod.Delete, key) { About = About(path) }, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            // S3 says nothing about it; some servers do.
        }
    }

    /// <summary>For messages.</summary>
    private string About(string path)
    {
        var bare = Address.IndexOf('?') is > 0 and var mark ? Address[..mark] : Address;
        return path.Length == 0 ? bare : $"{bare.TrimEnd('/')}/{EndpointPath.Printable(path)}";
    }

    private EndpointException NoFolder(string folder) => new(EndpointError.NotFound, $"There is nothing at '{About(folder)}', nor below it.");

    private EndpointException Hostile(string folder, List<string> hostile) => new(
        EndpointError.Protocol,
        $"'{About(folder)}' holds {hostile.Count} {(hostile.Count == 1 ? "key" : "keys")} that cannot be paths of files elsewhere, such as "
        + string.Join(", ", hostile.Take(HostileNamed).Select(key => $"'{EndpointPath.Printable(key)}'"))
        + ": an empty, '.' or '..' segment, or content in a folder's marker. Everything else there was listed. Rename or delete them with the service's own tools.");
}
