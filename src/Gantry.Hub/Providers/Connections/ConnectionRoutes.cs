using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Auth;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers.Connections;

/// <summary>Connections to providers: whether one is good and whose it is, and the consent of a person where the provider wants one.</summary>
internal sealed class ConnectionRoutes(
    HubDatabase database, ProviderCatalog catalog, SecretsOf secretsOf, SecretsInUse inUse, EndpointAccess endpoints, WorkspaceEgress egress, CredentialVault vault, ConsentState states, TimeProvider clock)
{
    private static readonly TimeSpan ConsentTime = TimeSpan.FromMinutes(15);

    public async Task<Page<ConnectionView>> ListAsync(Caller caller, string? provider, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await ConnectionStore.ListAsync(session, provider, after, count + 1, cancellationToken);
        return new Page<ConnectionView>([.. found.Take(count).Select(ConnectionView.Of)], found.Count > count ? ConnectionStore.CursorOf(found[count - 1]) : null);
    }

    /// <summary>Asks the provider whose connection it is, and keeps what it says.</summary>
    public async Task<ConnectionVerification> VerifyAsync(ConnectionRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var provider = Find(request.Provider);
        await using var use = await BeginAsync(caller, provider, request.Connection, cancellationToken);
        string? who = null;
        ProviderError? problem = null;
        try
        {
            who = use.Text(await provider.VerifyAsync(use.Call, cancellationToken));
        }
        catch (ProviderException failed)
        {
            problem = failed.Error;
        }
        catch (SecretException failed)
        {
            problem = new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = failed.Message };
        }

        var told = use.Text(problem?.Message);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var key = new ConnectionKey(provider.Id, use.Connection, "");
        await ConnectionStore.PutAsync(session, key, await ConnectionTokens.OwnerAsync(session, use.Connection, cancellationToken),
            new ConnectionCheck(who, told, told?.Contains("needs consent", StringComparison.Ordinal) == true), cancellationToken);
        await AuditLog.AppendAsync(session, context, "connection.verified", use.Connection, new { provider = provider.Id, ok = problem is null }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new ConnectionVerification(problem is null, who, told);
    }

    /// <summary>Begins a consent: answers where the person agrees.</summary>
    public async Task<ConsentView> BeginAsync(ConsentRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var provider = Find(request.Provider);
        await using var use = await BeginAsync(caller, provider, request.Connection, cancellationToken);
        await RequireRightAsync(caller, use.Connection, cancellationToken);
        var consent = await ConsentAsync(provider, use, request.Auth, cancellationToken);
        if (consent.IsForDevice)
        {
            var device = await TellAsync(use, consent.BeginDeviceAsync);
            var given = await states.SealAsync(caller.Actor, new BegunConsent(provider.Id, use.Connection, consent.Key.Auth, device.DeviceCode, null, device.ExpiresAt), cancellationToken);
            return new ConsentView(null, given, new DeviceView(device.UserCode, device.VerificationUri, device.VerificationUriComplete, (int)device.Interval.TotalSeconds), device.ExpiresAt);
        }

        var redirect = RedirectOf(request.Redirect, context.Request);
        var expires = clock.GetUtcNow() + ConsentTime;
        var verifier = Consent.NewSecret();
        var state = await states.SealAsync(caller.Actor, new BegunConsent(provider.Id, use.Connection, consent.Key.Auth, verifier, redirect.OriginalString, expires), cancellationToken);
        return new ConsentView(await TellAsync(use, () => Task.FromResult(consent.AuthorizeUrl(redirect, state, verifier))), state, null, expires);
    }

    /// <summary>Ends it with the code that the person came back with, or asks whether they have agreed at the other screen.</summary>
    public async Task<ConsentResult> FinishAsync(ConsentAnswer answer, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var begun = await states.OpenAsync(caller.Actor, answer.State, cancellationToken);
        var provider = Find(begun.Provider);
        await using var use = await BeginAsync(caller, provider, begun.Connection, cancellationToken);
        await RequireRightAsync(caller, use.Connection, cancellationToken);
        var consent = await ConsentAsync(provider, use, begun.Auth, cancellationToken);
        if (begun.Redirect is null)
        {
            var (isDone, isTooSoon) = await TellAsync(use, () => consent.PollDeviceAsync(begun.Secret, cancellationToken));
            if (!isDone) return new ConsentResult(false, isTooSoon, null, null);
        }
        else
        {
            var code = string.IsNullOrEmpty(answer.Code)
                ? throw ProblemException.Invalid("The field 'code' is missing: what the provider sent along. If it sent an 'error' instead, the person did not agree.")
                : answer.Code;
            await TellAsync(use, async () =>
            {
                await consent.FinishAsync(code, new Uri(begun.Redirect), begun.Secret, cancellationToken);
                return true;
            });
        }

        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            await AuditLog.AppendAsync(session, context, "connection.agreed", use.Connection, new { provider = provider.Id, auth = consent.Key.Auth }, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        var verified = await VerifyAsync(new ConnectionRequest(provider.Id, begun.Connection), caller, context, cancellationToken);
        return new ConsentResult(true, false, verified.Who, verified.Problem);
    }

    /// <summary>Forgets the token, and tells the provider where it wants to be told.</summary>
    public async Task<IResult> DisconnectAsync(ConnectionRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var provider = Find(request.Provider);
        await using var use = await BeginAsync(caller, provider, request.Connection, cancellationToken);
        await RequireRightAsync(caller, use.Connection, cancellationToken);
        foreach (var way in provider.Manifest.Auth.Where(way => way.NeedsConsent))
        {
            if (await Consent.FindAsync(provider, use.Call, way.Id, cancellationToken) is { } consent) await consent.RevokeAsync(cancellationToken);
        }

        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var tokens = new ConnectionTokens(caller.Actor, database, vault, clock);
        foreach (var way in provider.Manifest.Auth.Where(way => way.NeedsConsent))
            await tokens.DeleteAsync(session, new ConnectionKey(provider.Id, use.Connection, way.Id), cancellationToken);
        await ConnectionStore.DeleteAsync(session, provider.Id, use.Connection, await ConnectionTokens.OwnerAsync(session, use.Connection, cancellationToken), cancellationToken);
        await AuditLog.AppendAsync(session, context, "connection.removed", use.Connection, new { provider = provider.Id }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private ManifestProvider Find(string? id) =>
        id is not null && catalog.FindManifest(id) is { } provider ? provider
            : throw ProblemException.NotFound(
                catalog.Find(id ?? "") is null ? catalog.WhyMissing(id ?? "") : $"The provider '{id}' has no connections: its actions take what they sign in with as parameters.");

    private static async Task<Consent> ConsentAsync(ManifestProvider provider, ConnectionUse use, string? auth, CancellationToken cancellationToken) =>
        await TellAsync(use, () => Consent.FindAsync(provider, use.Call, auth, cancellationToken))
        ?? throw new ProblemException(422, $"The connection '{use.Connection}' of {provider.Title} needs no consent, or has not the fields for it. What it needs stands at GET /api/providers/{provider.Id}.");

    /// <summary>What a provider refuses is a problem of the request, its reason told.</summary>
    private static async Task<T> TellAsync<T>(ConnectionUse use, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ProviderException failed)
        {
            throw new ProblemException(422, use.Text(failed.Error.Message)!);
        }
        catch (SecretException failed)
        {
            throw new ProblemException(422, use.Text(failed.Message)!);
        }
    }

    private async Task RequireRightAsync(Caller caller, string connection, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        CredentialWriter.RequireRight(caller, await ConnectionTokens.OwnerAsync(session, connection, cancellationToken) is null ? CredentialScope.Workspace : CredentialScope.User);
    }

    /// <summary>Back to this hub's pages, or to a program on the person's own machine (RFC 8252).</summary>
    private static Uri RedirectOf(string? redirect, HttpRequest request)
    {
        if (!Uri.TryCreate(redirect, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            throw ProblemException.Invalid("The field 'redirect' is the address that the person comes back to: a page of this hub, or http://127.0.0.1:PORT/.");
        var isOwn = uri.Scheme is "https" or "http" && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
        var isLoopback = uri is { Scheme: "http", HostNameType: UriHostNameType.IPv4 or UriHostNameType.IPv6, IsLoopback: true };
        return isOwn || isLoopback ? uri : throw ProblemException.Invalid("The field 'redirect' leads to another host than this hub or the person's own machine.");
    }

    private async Task<ConnectionUse> BeginAsync(Caller caller, ManifestProvider provider, string? connection, CancellationToken cancellationToken)
    {
        connection ??= provider.Id;
        if (!SecretRef.IsName(connection)) throw ProblemException.Invalid("The field 'connection' is the name of a credential.");
        var found = secretsOf(caller.Actor);
        var redactor = inUse.Begin();
        var secrets = new RedactingSecrets(found, redactor);
        var call = new ProviderCall
        {
            Action = "verify",
            Parameters = JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { [ManifestProvider.ConnectionName] = connection }),
            Secrets = secrets,
            Endpoints = endpoints.OpenerFor(caller.Actor, secrets, _ => { }),
            IdempotencyKey = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
            Log = Silent.Log,
            Clock = clock,
            EgressAllowed = await egress.AllowedAsync(caller.Actor, cancellationToken),
            Tokens = new ConnectionTokens(caller.Actor, database, vault, clock),
        };
        return new ConnectionUse(connection, call, redactor, found as IDisposable);
    }

    /// <summary>A connection while it is asked about, its secrets masked until then.</summary>
    private sealed record ConnectionUse(string Connection, ProviderCall Call, Redactor Redactor, IDisposable? Secrets) : IAsyncDisposable
    {
        public string? Text(string? text) => text is null ? null : Redactor.Text(text);

        public ValueTask DisposeAsync()
        {
            Redactor.Dispose();
            Secrets?.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Silent : IStepLog
    {
        public static Silent Log { get; } = new();

        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
        }
    }
}

/// <param name="Connection">The credential's name; the provider's id when left out.</param>
internal sealed record ConnectionRequest(string Provider, string? Connection = null);

/// <param name="Ok">The provider took it.</param>
/// <param name="Who">Who it says that it belongs to; null where it does not say.</param>
/// <param name="Problem">Why it did not.</param>
internal sealed record ConnectionVerification(bool Ok, string? Who, string? Problem);

/// <param name="Auth">The id of the way to sign in; the first that takes a consent when left out.</param>
/// <param name="Redirect">Where the person comes back to: a page of this hub, or a loopback address of their own machine (RFC 8252).</param>
internal sealed record ConsentRequest(string Provider, string? Connection = null, string? Auth = null, string? Redirect = null);

/// <param name="AuthorizeUrl">Where the person agrees; null when it is at another screen.</param>
/// <param name="State">Given back with the answer.</param>
internal sealed record ConsentView(Uri? AuthorizeUrl, string State, DeviceView? Device, DateTimeOffset ExpiresAt);

/// <param name="IntervalSeconds">No sooner is asked again.</param>
internal sealed record DeviceView(string UserCode, Uri VerificationUri, Uri? VerificationUriComplete, int IntervalSeconds);

/// <param name="Code">What the provider sent along; none at another screen.</param>
internal sealed record ConsentAnswer(string State, string? Code = null);

/// <param name="Done">False: the person has not agreed yet.</param>
/// <param name="SlowDown">Ask 5 s later than the interval from now on.</param>
internal sealed record ConsentResult(bool Done, bool SlowDown, string? Who, string? Problem);

/// <summary>A connection as it is shown.</summary>
/// <param name="CheckedAt">When it was last looked at.</param>
/// <param name="NeedsConsent">A person has to agree (again).</param>
internal sealed record ConnectionView(string Provider, string Name, CredentialScope Scope, string? Who, string? Problem, bool NeedsConsent, DateTimeOffset CheckedAt)
{
    public static ConnectionView Of(ConnectionRow row) =>
        new(row.Provider, row.Name, row.UserId is null ? CredentialScope.Workspace : CredentialScope.User, row.Who, row.Problem, row.NeedsConsent, row.CheckedAt);
}
