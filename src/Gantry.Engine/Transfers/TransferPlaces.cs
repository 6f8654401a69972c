using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Engine.Transfers;

/// <summary>
/// The places that addresses name, opened. One rule: a folder gives its content (or itself, when its name is kept) to the target, which is a
/// folder. A file goes into the target under its own name; but when it is the only source, and the target is not an existing folder
/// and is not written with a '/' at its end, the target is the file's new name.
/// </summary>
public sealed class TransferPlaces : IAsyncDisposable
{
    private readonly IEndpointOpener opener;
    private readonly List<IEndpoint> opened = [];
    private readonly Dictionary<string, IEndpoint> parents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EndpointLimits> limits = new(StringComparer.Ordinal);
    private IReadOnlyList<EndpointShare> shares = [];

    private TransferPlaces(IEndpointOpener opener) => this.opener = opener;

    public IReadOnlyList<TransferSource> Sources { get; private set; } = [];

    public TransferTarget Target { get; private set; } = null!;

    /// <summary>At the target's endpoint; null when nothing is kept.</summary>
    public string? BackupFolder { get; private init; }

    /// <summary>Of the transfer at its endpoints: the given one, else the highest that one of its limited endpoints states.</summary>
    public TransferPriority Priority { get; private set; } = TransferPriority.Normal;

    /// <summary>As <see cref="OpenAsync(IEndpointOpener, TransferAddresses, CancellationToken)"/>, for addresses that nothing more is said of.</summary>
    public static ValueTask<TransferPlaces> OpenAsync(
        IEndpointOpener opener, IReadOnlyList<string> sources, string target, bool keepName, CancellationToken cancellationToken) => OpenAsync(
            opener,
            new TransferAddresses { Sources = [.. sources.Select(source => new SourceAddress(source, keepName))], Target = target },
            cancellationToken);

    /// <summary>
    /// Waits for the transfer's places at limited endpoints, then opens all ends before anything is asked of one, so that slow connections
    /// are made at the same time.
    /// </summary>
    public static async ValueTask<TransferPlaces> OpenAsync(IEndpointOpener opener, TransferAddresses addresses, CancellationToken cancellationToken)
    {
        var (target, files) = addresses.Values is { } values ? AddressTemplate.Resolve(addresses.Target, values) : (addresses.Target, null);
        var (root, folder, backup) = BackupAddress.Resolve(target, BackupOf(addresses));
        var places = new TransferPlaces(opener) { BackupFolder = backup };
        try
        {
            await places.EnterAsync([.. addresses.Sources.Select(source => source.Address), target], addresses, cancellationToken);
            var targetEndpoint = await places.OpenAsync(root, cancellationToken);
            var sourceEndpoints = new List<IEndpoint>(addresses.Sources.Count);
            foreach (var source in addresses.Sources)
            {
                sourceEndpoints.Add(await places.OpenAsync(source.Address, cancellationToken));
            }

            await places.FindAsync(addresses.Sources, sourceEndpoints, target, new TransferTarget { Endpoint = targetEndpoint, Folder = folder }, isTemplate: files is not null, cancellationToken);
            places.Target = places.Target with { Files = files };
            return places;
        }
        catch
        {
            await places.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address split into its folder's and the name in it; null when it names no more than a root.</summary>
    public static (string Folder, string Name)? Split(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var (path, rest) = scheme >= 0 && query > scheme ? (address[..query], address[query..]) : (address, "");
        path = path.TrimEnd('/');
        var slash = path.LastIndexOf('/');
        if (scheme >= 0)
        {
            return slash < scheme + 3 ? null : (path[..(slash + 1)] + rest, Uri.UnescapeDataString(path[(slash + 1)..]));
        }

        var colon = path.IndexOf(':', StringComparison.Ordinal);
        var begin = Math.Max(slash, slash < 0 ? colon : -1);
        var name = path[(begin + 1)..];
        return name is "" or "." or ".." ? null : (begin < 0 ? "." : path[..(begin + 1)], name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in opened)
        {
            await endpoint.DisposeAsync();
        }

        opened.Clear();
        foreach (var share in shares)
        {
            share.Dispose();
        }
    }

    private async ValueTask EnterAsync(IReadOnlyList<string> places, TransferAddresses wanted, CancellationToken cancellationToken)
    {
        foreach (var address in places)
        {
            if (await opener.FindLimitsAsync(address, cancellationToken) is { } found)
            {
                limits[address] = found;
            }
        }

        if (limits.Count == 0)
        {
            Priority = wanted.Priority ?? Priority;
            return;
        }

        Priority = wanted.Priority ?? limits.Values.Max(limit => limit.Settings.Priority);
        var entering = EndpointLimits.EnterAllAsync(limits.Values, Priority, cancellationToken).AsTask();
        if (!entering.IsCompleted)
        {
            wanted.OnWaiting?.Invoke();
        }

        shares = await entering;
    }

    private static string? BackupOf(TransferAddresses addresses)
    {
        if (addresses is not { Backup: { } backup, Values: { } values })
        {
            return addresses.Backup;
        }

        var (folder, files) = AddressTemplate.Resolve(backup, values);
        return files is null ? folder : throw new EndpointException(
            EndpointError.BadSetting, $"In the backup folder '{EndpointPath.Printable(backup)}' a variable of a file means nothing: files keep their paths there.");
    }

    private EndpointShare? ShareAt(string address) =>
        limits.TryGetValue(address, out var found) ? shares.FirstOrDefault(share => share.Limits == found) : null;

    private async ValueTask FindAsync(
        IReadOnlyList<SourceAddress> sources, List<IEndpoint> endpoints, string address, TransferTarget target, bool isTemplate, CancellationToken cancellationToken)
    {
        var found = new List<TransferSource>(sources.Count);
        var isFile = false;
        for (var i = 0; i < sources.Count; i++)
        {
            var entry = await endpoints[i].FindAsync("", cancellationToken);
            isFile = entry is { Kind: EntryKind.File };
            found.Add(isFile
                ? await FileAsync(sources[i].Address, cancellationToken)
                : new TransferSource { Endpoint = endpoints[i], KeepName = sources[i].KeepName, Name = NameOf(endpoints[i]), Found = entry is { Kind: EntryKind.Folder } ? entry : null, Share = ShareAt(sources[i].Address) });
        }

        Sources = found;
        Target = target with { Share = ShareAt(address) };
        if (isFile && found.Count == 1 && !isTemplate && !address.EndsWith('/') && Split(address) is var (folder, name)
            && await target.Endpoint.FindAsync(target.Folder, cancellationToken) is not { Kind: EntryKind.Folder })
        {
            Target = target.Folder.Length > 0
                ? Target with { Folder = EndpointPath.ParentOf(target.Folder), FileName = EndpointPath.NameOf(target.Folder) }
                : Target with { Endpoint = await ParentAsync(folder, cancellationToken), FileName = name };
        }
    }

    private async ValueTask<TransferSource> FileAsync(string address, CancellationToken cancellationToken)
    {
        var (folder, name) = Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is a file without a folder that could be opened.");
        return new TransferSource { Endpoint = await ParentAsync(folder, cancellationToken), Path = name, Share = ShareAt(address) };
    }

    /// <summary>The same for all files of one folder.</summary>
    private async ValueTask<IEndpoint> ParentAsync(string address, CancellationToken cancellationToken)
    {
        if (!parents.TryGetValue(address, out var parent))
        {
            parents[address] = parent = await OpenAsync(address, cancellationToken);
        }

        return parent;
    }

    private async ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken)
    {
        var endpoint = await opener.OpenAsync(address, cancellationToken);
        opened.Add(endpoint);
        return endpoint;
    }

    private static string? NameOf(IEndpoint endpoint) => Split(endpoint.Address)?.Name;
}
