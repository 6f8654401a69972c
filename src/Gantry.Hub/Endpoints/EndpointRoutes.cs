using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
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
        return await SaveAsync(session, request.Name, settings, mustBeNew: true, access, context, cancellationToken);
    }

    public static async Task<IResult> PutAsync(
        string name, EndpointRequest request, Caller caller, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, cancellationToken);
        return await SaveAsync(session, name, Settings(access, request), mustBeNew: false, access, context, cancellationToken);
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
        string name, Caller caller, EndpointAccess access, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        var opener = access.OpenerFor(caller.Actor, secrets);
        await using (var session = await access.Database.OpenAsync(caller.Actor, cancellationToken))
        {
            _ = await FindAsync(session, name, cancellationToken);
        }

        return await ProbeAsync(() => opener.OpenAsync(name + ":", cancellationToken), cancellationToken);
    }

    public static async Task<EndpointTestResult> TestUnsavedAsync(
        EndpointRequest request, Caller caller, EndpointAccess access, ISecretResolver secrets, CancellationToken cancellationToken)
    {
        var settings = Settings(access, request);
        return await ProbeAsync(() => ValueTask.FromResult(access.Open(settings, caller.IsAdministrator, secrets)), cancellationToken);
    }

    private static async Task<EndpointTestResult> ProbeAsync(Func<ValueTask<IEndpoint>> open, CancellationToken cancellationToken)
    {
        var result = await EndpointProbe.RunAsync(open, $"{Guid.CreateVersion7():N}", cancellationToken);
        return new EndpointTestResult(result.IsSuccess, result.Passed, result.FailedPhase, result.Failure?.Message);
    }

    private static async Task<IResult> SaveAsync(
        HubSession session, string name, EndpointSettings settings, bool mustBeNew, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        if (NamedAddress.WhyNot(name) is { } why) throw ProblemException.Invalid(why);
        var isGranted = await EndpointAccess.IsAdministratorAsync(session, cancellationToken);
        var isNew = await EndpointStore.PutAsync(session, name, settings, isGranted, cancellationToken);
        if (mustBeNew && !isNew) throw ProblemException.Conflict($"There is an endpoint '{name}' already. Change it with PUT /api/endpoints/{name}.");
        await AuditLog.AppendAsync(
            session, context, isNew ? "endpoint.created" : "endpoint.changed", name, new { settings.Kind, settings.Values }, cancellationToken);
        var view = View(access, await FindAsync(session, name, cancellationToken));
        await session.CommitAsync(cancellationToken);
        return isNew ? TypedResults.Created($"/api/endpoints/{name}", view) : TypedResults.Ok(view);
    }

    /// <summary>What the request says, held against its kind.</summary>
    private static EndpointSettings Settings(EndpointAccess access, EndpointRequest request)
    {
        try
        {
            var settings = (request.Address, request.Kind) switch
            {
                ({ } address, null) => access.Parse(address),
                (null, { } kind) => new EndpointSettings { Kind = kind, Values = new Dictionary<string, string>(StringComparer.Ordinal) },
                _ => throw ProblemException.Invalid("An endpoint is given by its address or by its kind: exactly one of 'address' and 'kind'."),
            };
            return EndpointCheck.Complete(access.Catalog, settings, (request.Settings ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal)).Select(Text));
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
        endpoint.CreatedAt,
        endpoint.UpdatedAt);
}
