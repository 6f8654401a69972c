using System.Text;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>Credentials by name: stored, listed, changed and removed without ever showing a value; reading one back is a route and a right of its own.</summary>
internal sealed class CredentialRoutes(HubDatabase database, CredentialWriter writer, CredentialVault vault, UseTimes times)
{
    public async Task<Page<CredentialView>> ListAsync(
        Caller caller, string? website, string? provider, string? scope, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var (afterName, afterShared) = CursorOf(after);
        var filter = new CredentialFilter
        {
            Website = website,
            Provider = provider,
            IsShared = ScopeOf(scope) is { } asked ? asked == CredentialScope.Workspace : null,
            AfterName = afterName,
            AfterShared = afterShared,
        };
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await CredentialStore.ListAsync(session, filter, count + 1, cancellationToken);
        return Page<CredentialView>.From([.. found.Select(CredentialView.Of)], count, CursorAfter);
    }

    public async Task<CredentialView> ShowAsync(string name, Caller caller, string? scope, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return CredentialView.Of(await FindAsync(session, NameOf(name), ScopeOf(scope), cancellationToken));
    }

    public async Task<IResult> AddAsync(NewCredentialRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var change = ChangeOf(request);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var (credential, isNew) = await writer.SaveAsync(session, caller, change, context, cancellationToken);
        if (!isNew) throw ProblemException.Conflict($"There is a credential '{change.Name}' already. Change it with PUT.");
        await session.CommitAsync(cancellationToken);
        return TypedResults.Created($"/api/credentials/{Uri.EscapeDataString(credential.Name)}", CredentialView.Of(credential));
    }

    public async Task<IResult> PutAsync(string name, CredentialRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var change = new CredentialChange
        {
            Name = CredentialNames.Checked(NameOf(name)),
            Fields = request.Value is null ? null : new Dictionary<string, GivenValue>(StringComparer.Ordinal) { [CredentialNames.Value] = request.Value },
            Website = CredentialNames.Label(request.Website, "website", 253),
            Type = CredentialNames.Label(request.Type, "type", 100),
            Scope = request.Scope,
            AllowedHosts = CredentialNames.Hosts(request.AllowedHosts),
            Version = request.Version,
        };
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var (credential, isNew) = await writer.SaveAsync(session, caller, change, context, cancellationToken);
        await session.CommitAsync(cancellationToken);
        var view = CredentialView.Of(credential);
        return isNew ? TypedResults.Created($"/api/credentials/{Uri.EscapeDataString(credential.Name)}", view) : TypedResults.Ok(view);
    }

    public async Task<IResult> DeleteAsync(string name, Caller caller, string? scope, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var credential = await FindAsync(session, NameOf(name), ScopeOf(scope), cancellationToken);
        await writer.DeleteAsync(session, caller, credential, context, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>The value goes out only when the entry in the audit log is on record.</summary>
    public async Task<RevealedValue> RevealAsync(
        string name, RevealRequest? request, Caller caller, string? scope, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var credential = await FindAsync(session, NameOf(name), ScopeOf(scope), cancellationToken);
        var field = request?.Field ?? (credential.Fields.Length == 1 ? credential.Fields[0] : throw ProblemException.Invalid(
            $"The credentials of '{credential.Name}' have several fields. Say by 'field' which is meant: {string.Join(", ", credential.Fields)}."));
        var row = (await CredentialStore.SealedAsync(session, [credential.Name], cancellationToken)).FirstOrDefault(row => row.Id == credential.Id)
            ?? throw ProblemException.Forbidden("You may not use credentials in this workspace.");
        var value = await CredentialWriter.OpenedAsync(() => vault.OpenAsync(caller.WorkspaceId!.Value, row, field, cancellationToken))
            ?? throw ProblemException.NotFound($"The credentials of '{credential.Name}' have no field '{field}'.");
        await AuditLog.AppendAsync(session, context, "credential.revealed", credential.Name, new { credential.Scope, field, credential.Version }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        times.Add(caller.WorkspaceId!.Value, [credential.Id]);
        var text = Encoding.UTF8.GetString(value);
        CredentialVault.Wipe([value]);
        return new RevealedValue(text);
    }

    /// <summary>A name out of a path, where a '/' in it is written %2F.</summary>
    public static string NameOf(string name) => name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static CredentialScope? ScopeOf(string? scope) => scope switch
    {
        null => null,
        "user" => CredentialScope.User,
        "workspace" => CredentialScope.Workspace,
        _ => throw ProblemException.Invalid("The parameter 'scope' is 'user' or 'workspace'."),
    };

    /// <summary>Of the scope; without one, the one that a reference would find.</summary>
    public static async Task<Credential> FindAsync(HubSession session, string name, CredentialScope? scope, CancellationToken cancellationToken) =>
        (await CredentialStore.FindAsync(session, name, cancellationToken)).FirstOrDefault(found => scope is null || found.Scope == scope)
        ?? throw ProblemException.NotFound($"There is no credential '{(name.Length <= 128 ? name : name[..128])}' that you can see.");

    private static CredentialChange ChangeOf(NewCredentialRequest request)
    {
        var isOfProvider = request.Provider is not null;
        if (isOfProvider ? request.Value is not null || request.Name is not null : request.Fields is not null)
            throw ProblemException.Invalid("A credential has a 'name' and a 'value', or a 'provider' and 'fields'.");
        var fields = isOfProvider ? request.Fields
            : request.Value is null ? null : new Dictionary<string, GivenValue>(StringComparer.Ordinal) { [CredentialNames.Value] = request.Value };
        if (fields is null) throw ProblemException.Invalid($"The field '{(isOfProvider ? "fields" : "value")}' is missing.");
        if (isOfProvider) CredentialNames.CheckFields([.. fields.Keys]);
        return new CredentialChange
        {
            Name = isOfProvider ? CredentialNames.Provider(request.Provider!) : CredentialNames.NameOf(request.Name, request.Website, request.Type),
            Provider = request.Provider,
            Fields = fields,
            Website = CredentialNames.Label(request.Website, "website", 253),
            Type = CredentialNames.Label(request.Type, "type", 100),
            Scope = request.Scope,
            AllowedHosts = CredentialNames.Hosts(request.AllowedHosts),
            MustBeNew = true,
        };
    }

    /// <summary>A name holds no colon.</summary>
    public static string CursorAfter(CredentialView view) => $"{view.Name}:{(view.Scope == CredentialScope.Workspace ? "workspace" : "user")}";

    public static (string? Name, bool IsShared) CursorOf(string? after)
    {
        if (after is null) return (null, false);
        var colon = after.LastIndexOf(':');
        return colon > 0 ? (after[..colon], after[(colon + 1)..] == "workspace")
            : throw ProblemException.Invalid("The parameter 'after' is no cursor of this list. Take the 'next' of the page before, as it is.");
    }
}
