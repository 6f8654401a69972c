using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>
/// The endpoints that people look into at the moment. One that was just used stays connected for a while, for its own user only: who opens a folder opens
/// the next one soon.
/// </summary>
internal sealed class OpenEndpoints(EndpointAccess access, SecretsOf secretsOf, SecretsInUse inUse, TimeProvider clock) : IAsyncDisposable
{
    private const int RestingMax = 64;
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<Key, OpenEndpoint> open = [];
    private bool isDisposed;

    /// <summary>A use of the saved endpoint of that name, which ends when it is disposed of.</summary>
    /// <exception cref="ProblemException">There is no such endpoint, or it cannot be opened.</exception>
    public async Task<EndpointUse> EnterAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        SavedEndpoint saved;
        bool isFree;
        await using (var session = await access.Database.OpenAsync(caller.Actor, cancellationToken))
        {
            saved = await EndpointStore.FindAsync(session, name, cancellationToken)
                ?? throw ProblemException.NotFound($"There is no endpoint '{EndpointPath.Printable(name)}'.");
            isFree = saved.IsGranted || await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
        }

        var key = new Key(caller.Actor, name, saved.UpdatedAt, isFree);
        var limits = access.Limits.Of(caller.WorkspaceId!.Value, saved);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (!open.TryGetValue(key, out var endpoint))
                open[key] = endpoint = Open(key, saved.Settings);
            endpoint.Users++;
            return new EndpointUse(this, endpoint, limits);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<OpenEndpoint> last;
        lock (gate)
        {
            isDisposed = true;
            // Whoever still uses one closes it.
            last = [.. open.Values.Where(endpoint => endpoint.Users == 0)];
            open.Clear();
        }

        foreach (var endpoint in last)
            await endpoint.DisposeAsync();
    }

    internal async ValueTask LeaveAsync(OpenEndpoint endpoint, bool isBroken)
    {
        lock (gate)
        {
            endpoint.Users--;
            var isKept = open.TryGetValue(endpoint.Key, out var known) && known == endpoint;
            if (isKept && (isBroken || (endpoint.Users == 0 && open.Count > RestingMax)))
            {
                open.Remove(endpoint.Key);
                isKept = false;
            }

            if (endpoint.Users > 0)
                return;
            if (isKept)
            {
                endpoint.Rest(clock.CreateTimer(_ => _ = CloseAsync(endpoint), null, RestMax, Timeout.InfiniteTimeSpan));
                return;
            }
        }

        await endpoint.DisposeAsync();
    }

    /// <summary>Ends a rest that nobody interrupted.</summary>
    private async Task CloseAsync(OpenEndpoint endpoint)
    {
        lock (gate)
        {
            if (endpoint.Users > 0 || !open.TryGetValue(endpoint.Key, out var known) || known != endpoint)
                return;
            open.Remove(endpoint.Key);
        }

        await endpoint.DisposeAsync();
    }

    private OpenEndpoint Open(Key key, EndpointSettings settings)
    {
        var found = secretsOf(key.Actor);
        var redactor = inUse.Begin();
        try
        {
            var endpoint = access.Open(settings, key.IsFree ? null : key.Actor, new RedactingSecrets(found, redactor), _ => { });
            return new OpenEndpoint(key, endpoint, redactor, found as IDisposable);
        }
        catch (EndpointException refused)
        {
            var detail = redactor.Text(refused.Message);
            redactor.Dispose();
            (found as IDisposable)?.Dispose();
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, detail);
        }
    }

    /// <summary>Whose it is and as it was saved: another user, or another version of it, gets another connection.</summary>
    internal sealed record Key(Actor Actor, string Name, DateTimeOffset UpdatedAt, bool IsFree);

    internal sealed class OpenEndpoint(Key key, IEndpoint endpoint, Redactor redactor, IDisposable? secrets) : IAsyncDisposable
    {
        private ITimer? rest;

        public Key Key => key;

        public IEndpoint Endpoint => endpoint;

        public Redactor Redactor => redactor;

        public int Users { get; set; }

        public void Rest(ITimer timer)
        {
            rest?.Dispose();
            rest = timer;
        }

        public async ValueTask DisposeAsync()
        {
            rest?.Dispose();
            await endpoint.DisposeAsync();
            redactor.Dispose();
            secrets?.Dispose();
        }
    }
}

/// <summary>One use of an open endpoint: what goes wrong there becomes a problem, without secrets.</summary>
internal sealed class EndpointUse(OpenEndpoints all, OpenEndpoints.OpenEndpoint open, EndpointLimits limits) : IAsyncDisposable
{
    private bool isBroken;

    public IEndpoint Endpoint => open.Endpoint;

    public EndpointLimits Limits => limits;

    /// <summary>Does something there.</summary>
    /// <exception cref="ProblemException">It could not be done.</exception>
    public async Task<T> DoAsync<T>(Func<IEndpoint, Task<T>> act)
    {
        try
        {
            return await act(open.Endpoint);
        }
        catch (EndpointException failure)
        {
            throw Problem(failure);
        }
    }

    /// <summary>What failed, as it is answered. A login that was refused is tried anew with the next use: what it signs in with may have been changed.</summary>
    public ProblemException Problem(EndpointException failure)
    {
        isBroken |= failure.Error is EndpointError.Disconnected or EndpointError.HostKey or EndpointError.LoginRefused or EndpointError.BadSetting or EndpointError.Protocol;
        return new ProblemException(StatusOf(failure.Error), open.Redactor.Text(failure.Message));
    }

    public ValueTask DisposeAsync() => all.LeaveAsync(open, isBroken);

    private static int StatusOf(EndpointError error) => error switch
    {
        EndpointError.NotFound => StatusCodes.Status404NotFound,
        EndpointError.BadPath => StatusCodes.Status400BadRequest,
        EndpointError.AlreadyExists or EndpointError.NotAFolder or EndpointError.IsAFolder or EndpointError.FolderNotEmpty => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
