using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints;

internal static class EndpointRoutes
{
    public static async Task<Page<EndpointView>> ListAsync(
        Caller caller, EndpointAccess access, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        var found = await EndpointStore.ListAsync(session, after, count + 1, cancellationToken);
        return Page<EndpointView>.From([.. found.Select(endpoint => View(access, endpoint))], count, endpoint => endpoint.Name);
    }

    public static async Task<EndpointView> ShowAsync(string name, Caller caller, EndpointAccess access, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        return View(access, await FindAsync(session, name, cancellationToken));
    }

    public static async Task<IResult> AddAsync(
        NewEndpointRequest request, Caller caller, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        var settings = Settings(access, new EndpointRequest { Address = request.Address, Kind = request.Kind, Settings = request.Settings });
        return await SaveAsync(session, request.Name, settings, EndpointLimitsText.Complete(null, request.Limits), mustBeNew: true, access, context, cancellationToken);
    }

    public static async Task<IResult> PutAsync(
        string name, EndpointRequest request, Caller caller, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        var limits = request.Limits is null ? null : EndpointLimitsText.Complete(null, request.Limits);
        return await SaveAsync(session, name, Settings(access, request), limits, mustBeNew: false, access, context, cancellationToken);
    }

    public static async Task<IResult> ChangeAsync(
        string name, EndpointChanges request, Caller caller, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        var saved = await FindAsync(session, name, cancellationToken);
        var limits = request.Limits is null ? null : EndpointLimitsText.Complete(saved.Limits, request.Limits);
        if (request.Settings is { } changes)
            return await SaveAsync(session, name, Changed(access, saved, changes), limits, mustBeNew: false, access, context, cancellationToken);
        if (limits is null)
            throw ProblemException.Invalid("A change names 'settings', 'limits' or both.");
        await SetLimitsAsync(session, context, name, limits, cancellationToken);
        var view = View(access, await FindAsync(session, name, cancellationToken));
        await session.CommitAsync(cancellationToken);
        return TypedResults.Ok(view);
    }

    public static async Task<IResult> DeleteAsync(
        string name, Caller caller, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        if (!await EndpointStore.DeleteAsync(session, name, cancellationToken)) throw NotThere(name);
        await AuditLog.AppendAsync(session, context, "endpoint.deleted", name, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<EndpointTestResult> TestAsync(
        string name, Caller caller, EndpointAccess access, SecretsOf secretsOf, SecretsInUse inUse, TimeProvider clock, CancellationToken cancellationToken)
    {
        SavedEndpoint saved;
        bool isAdministrator;
        await using (var session = await access.Database.OpenAsync(caller.Actor, cancellationToken))
        {
            saved = await FindAsync(session, name, cancellationToken);
            isAdministrator = await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
        }

        var result = await ProbeAsync(access, saved.Settings, saved.IsGranted || isAdministrator ? null : caller.Actor, secretsOf(caller.Actor), inUse, cancellationToken);
        await using (var session = await access.Database.OpenAsync(caller.Actor, cancellationToken))
        {
            await EndpointStore.SetTestAsync(session, saved, new EndpointTestView(result.Ok, result.FailedPhase, result.Detail, clock.GetUtcNow()), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return result;
    }

    public static async Task<EndpointTestResult> TestUnsavedAsync(
        EndpointRequest request, Caller caller, EndpointAccess access, SecretsOf secretsOf, SecretsInUse inUse, CancellationToken cancellationToken)
    {
        return await ProbeAsync(access, Settings(access, request), caller.IsAdministrator ? null : caller.Actor, secretsOf(caller.Actor), inUse, cancellationToken);
    }

    private static async Task<EndpointTestResult> ProbeAsync(
        EndpointAccess access, EndpointSettings settings, Actor? bound, ISecretResolver found, SecretsInUse inUse, CancellationToken cancellationToken)
    {
        using var wiping = found as IDisposable;
        using var redactor = inUse.Begin();
        var secrets = new RedactingSecrets(found, redactor);
        var result = await EndpointProbe.RunAsync(
            () => ValueTask.FromResult(access.Open(settings, bound, secrets, _ => { })), $"{Guid.CreateVersion7():N}", cancellationToken);
        var hostKey = result.Failure?.Error == EndpointError.HostKey
            ? await access.FindHostKeyAsync(settings, bound, secrets, cancellationToken)
            : null;
        return new EndpointTestResult(result.IsSuccess, result.Passed, result.FailedPhase, result.Failure is { } failure ? redactor.Text(failure.Message) : null, hostKey);
    }

    private static async Task<IResult> SaveAsync(
        HubSession session, string name, EndpointSettings settings, IReadOnlyDictionary<string, string>? limits, bool mustBeNew, EndpointAccess access,
        HttpContext context, CancellationToken cancellationToken)
    {
        if (NamedAddress.WhyNot(name) is { } why) throw ProblemException.Invalid(why);
        var isGranted = await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
        var isNew = await EndpointStore.PutAsync(session, name, settings, isGranted, cancellationToken);
        if (mustBeNew && !isNew) throw ProblemException.Conflict($"There is an endpoint '{name}' already. Change it with PUT /api/endpoints/{name}.");
        await AuditLog.AppendAsync(
            session, context, isNew ? "endpoint.created" : "endpoint.changed", name, new { settings.Kind, settings.Values }, cancellationToken);
        if (limits is not null && !(isNew && limits.Count == 0))
            await SetLimitsAsync(session, context, name, limits, cancellationToken);
        var view = View(access, await FindAsync(session, name, cancellationToken));
        await session.CommitAsync(cancellationToken);
        return isNew ? TypedResults.Created($"/api/endpoints/{name}", view) : TypedResults.Ok(view);
    }

    private static async Task SetLimitsAsync(
        HubSession session, HttpContext context, string name, IReadOnlyDictionary<string, string> limits, CancellationToken cancellationToken)
    {
        if (!await EndpointStore.SetLimitsAsync(session, name, limits, cancellationToken)) throw NotThere(name);
        await AuditLog.AppendAsync(session, context, "endpoint.limits_changed", name, limits, cancellationToken);
    }

    private static EndpointSettings Changed(EndpointAccess access, SavedEndpoint saved, IReadOnlyDictionary<string, JsonElement> changes)
    {
        var removed = changes.Where(change => change.Value.ValueKind == JsonValueKind.Null).Select(change => change.Key).ToHashSet(StringComparer.Ordinal);
        var kept = saved.Settings with
        {
            Values = saved.Settings.Values.Where(pair => !removed.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal),
        };
        return Completed(access, () => kept, changes.Where(change => !removed.Contains(change.Key)));
    }

    /// <summary>What the request says, held against its kind.</summary>
    private static EndpointSettings Settings(EndpointAccess access, EndpointRequest request) => Completed(
        access,
        () => (request.Address, request.Kind) switch
        {
            ({ } address, null) => access.Parse(address),
            (null, { } kind) => new EndpointSettings { Kind = kind, Values = new Dictionary<string, string>(StringComparer.Ordinal) },
            _ => throw ProblemException.Invalid("An endpoint is given by its address or by its kind: exactly one of 'address' and 'kind'."),
        },
        request.Settings ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal));

    private static EndpointSettings Completed(
        EndpointAccess access, Func<EndpointSettings> read, IEnumerable<KeyValuePair<string, JsonElement>> further)
    {
        try
        {
            return EndpointCheck.Complete(access.Catalog, read(), further.Select(Text));
        }
        catch (EndpointException wrong)
        {
            throw ProblemException.Invalid(wrong.Message);
        }
    }

    private static KeyValuePair<string, string> Text(KeyValuePair<string, JsonElement> setting) =>
        KeyValuePair.Create(setting.Key, Scalars.Convert(SettingType.Text, setting.Value) is { } text && Scalars.TextOf(text) is { } value
            ? value
            : throw ProblemException.Invalid($"The setting '{setting.Key}' must be a text, a number or a boolean."));

    private static async Task<SavedEndpoint> FindAsync(HubSession session, string name, CancellationToken cancellationToken) =>
        await EndpointStore.FindAsync(session, name, cancellationToken) ?? throw NotThere(name);

    private static ProblemException NotThere(string name) => ProblemException.NotFound($"There is no endpoint '{EndpointPath.Printable(name)}'.");

    private static EndpointView View(EndpointAccess access, SavedEndpoint endpoint) => new(
        endpoint.Name,
        endpoint.Settings.Kind,
        access.Catalog.Find(endpoint.Settings.Kind)?.Format(endpoint.Settings) ?? endpoint.Settings.Kind + ":",
        endpoint.Settings.Values,
        endpoint.Limits,
        endpoint.LastTest,
        endpoint.CreatedAt,
        endpoint.UpdatedAt);
}
