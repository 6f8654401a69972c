using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// Keeps two names that differ in upper and lower case only from becoming one file where a system takes them for the same: the second is refused, and nothing is lost.
/// Whether a system does is tried when it first matters.
/// </summary>
internal sealed class CaseGuard(RcloneEndpoint endpoint, RcloneSession session)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ConcurrentDictionary<string, string>>>> folders = new(StringComparer.Ordinal);
    private volatile bool tellsCaseApart;
    private volatile bool isTried;

    /// <summary>It was tried, and two such names are two files.</summary>
    public bool TellsCaseApart => tellsCaseApart;

    /// <summary>Tries it on the first name that is listed: when nothing answers to it in the other case, the two are two files, and names are matched so.</summary>
    public async ValueTask TryAsync(string folder, string name, CancellationToken cancellationToken)
    {
        if (isTried || tellsCaseApart || !session.Features.IgnoresCase)
        {
            return;
        }

        var other = name.Any(char.IsLower) ? name.ToUpperInvariant() : name.ToLowerInvariant();
        if (other == name)
        {
            return;
        }

        if (await endpoint.FindNowAsync(EndpointPath.Join(folder, other), cancellationToken).ConfigureAwait(false) is null)
        {
            tellsCaseApart = true;
            folders.Clear();
        }

        isTried = true;
    }

    /// <summary>
    /// The name is about to be used; answers whether it was free before. Fails with BadPath when another one stands there that is the same to the system.
    /// </summary>
    public async ValueTask<bool> TakeAsync(string path, CancellationToken cancellationToken)
    {
        if (tellsCaseApart || !session.Features.IgnoresCase)
        {
            return false;
        }

        var folder = EndpointPath.ParentOf(path);
        var name = EndpointPath.NameOf(path);
        var names = await NamesAsync(folder, cancellationToken).ConfigureAwait(false);
        if (names.TryAdd(Folded(name), name))
        {
            return true;
        }

        var other = names.GetValueOrDefault(Folded(name), name);
        if (other == name)
        {
            return false;
        }

        // The system may tell them apart after all. While the other is still being written, nobody knows.
        var there = await endpoint.FindNowAsync(EndpointPath.Join(folder, other), cancellationToken).ConfigureAwait(false);
        var isApart = there switch
        {
            null => false,
            { Kind: EntryKind.Folder } => !await endpoint.IsListedAsync(path, cancellationToken).ConfigureAwait(false),
            _ => await endpoint.FindNowAsync(path, cancellationToken).ConfigureAwait(false) is null,
        };
        if (isApart)
        {
            tellsCaseApart = true;
            folders.Clear();
            return false;
        }

        throw new EndpointException(
            EndpointError.BadPath,
            $"'{endpoint.Address}/{EndpointPath.Printable(path)}' cannot stand beside '{EndpointPath.Printable(other)}': this system does not tell upper case from lower. Rename one of them.",
            isTransient: there is null);
    }

    /// <summary>The system itself found the name free and gave it.</summary>
    public void Took(string path)
    {
        if (folders.TryGetValue(EndpointPath.ParentOf(path), out var names) && names is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            names.Value.Result.TryAdd(Folded(EndpointPath.NameOf(path)), EndpointPath.NameOf(path));
        }
        else
        {
            // One that is being read may not have it yet.
            folders.TryRemove(EndpointPath.ParentOf(path), out _);
        }
    }

    /// <summary>The name is free again.</summary>
    public void Leave(string path)
    {
        var name = EndpointPath.NameOf(path);
        if (folders.TryGetValue(EndpointPath.ParentOf(path), out var names) && names is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            names.Value.Result.TryRemove(new KeyValuePair<string, string>(Folded(name), name));
        }

        folders.TryRemove(path, out _);
    }

    private async ValueTask<ConcurrentDictionary<string, string>> NamesAsync(string folder, CancellationToken cancellationToken)
    {
        var names = folders.GetOrAdd(folder, key => new Lazy<Task<ConcurrentDictionary<string, string>>>(() => ReadAsync(key)));
        try
        {
            return await names.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException)
        {
            folders.TryRemove(folder, out _);
            throw;
        }
    }

    private async Task<ConcurrentDictionary<string, string>> ReadAsync(string folder)
    {
        var names = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await foreach (var name in endpoint.NamesInAsync(folder, CancellationToken.None).ConfigureAwait(false))
            {
                if (!PartialName.Is(name))
                {
                    names.TryAdd(Folded(name), name);
                }
            }
        }
        catch (EndpointException failure) when (failure.Error is EndpointError.NotFound or EndpointError.NotAFolder)
        {
            // Then nothing stands in it; whoever writes into it is told.
        }

        return names;
    }

    private static string Folded(string name) => name.ToUpperInvariant();
}
