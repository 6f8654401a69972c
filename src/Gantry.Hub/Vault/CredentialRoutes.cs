using System.Text;
using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>Credentials by name: stored, listed, changed and removed without ever showing a value; reading one back is a route and a right of its own.</summary>
internal sealed class CredentialRoutes(HubDatabase database, CredentialWriter writer, CredentialVault vault, SharedCredentials shared, UseTimes times)
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
        using var store = await shared.OpenAsync(session, cancellationToken);
        if (store is not null) filter = filter with { IsWithoutSharedValues = true };
        var found = (await CredentialStore.ListAsync(session, filter, count + 1, cancellationToken)).Select(CredentialView.Of);
        if (store is not null) found = found.Concat(await SharedCredentials.ListAsync(store, filter, cancellationToken));
        return Page<CredentialView>.From(
            [.. found.OrderBy(view => view.Name, StringComparer.Ordinal).ThenBy(view => view.Scope).Take(count + 1)], count, CursorAfter);
    }

    public async Task<CredentialView> ShowAsync(string name, Caller caller, string? scope, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        using var store = await shared.OpenAsync(session, cancellationToken);
        var (row, asked) = (await FindRowAsync(session, name, scope, store, cancellationToken), NameOf(name));
        return row is not null ? CredentialView.Of(row)
            : IsShared(scope, store) ? await SharedCredentials.FindAsync(store!, asked, cancellationToken) ?? throw NotThere(asked) : throw NotThere(asked);
    }

    public async Task<IResult> AddAsync(NewCredentialRequest request, Caller caller, HttpContext context, CancellationToken cancellationToken)
    {
        var change = ChangeOf(request);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return Saved(await SaveAsync(session, caller, change, context, cancellationToken));
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
        return Saved(await SaveAsync(session, caller, change, context, cancellationToken));
    }

    public async Task<IResult> DeleteAsync(string name, Caller caller, string? scope, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        using var store = await shared.OpenAsync(session, cancellationToken);
        if (await FindRowAsync(session, name, scope, store, cancellationToken) is { } row)
        {
            await writer.DeleteAsync(session, caller, row, context, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
        else if (!IsShared(scope, store) || !await SharedCredentials.DeleteAsync(session, caller, store!, NameOf(name), context, cancellationToken))
        {
            throw NotThere(NameOf(name));
        }

        return TypedResults.NoContent();
    }

    /// <summary>The value goes out only when the entry in the audit log is on record.</summary>
    public async Task<RevealedValue> RevealAsync(
        string name, RevealRequest? request, Caller caller, string? scope, HttpContext context, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        using var store = await shared.OpenAsync(session, cancellationToken);
        if (await FindRowAsync(session, name, scope, store, cancellationToken) is not { } credential)
        {
            return (IsShared(scope, store) ? await SharedCredentials.RevealAsync(session, store!, NameOf(name), context, cancellationToken) : null)
                ?? throw NotThere(NameOf(name));
        }

        var field = request?.Field ?? (credential.Fields.Length == 1 ? credential.Fields[0] : throw ProblemException.Invalid(
            $"The credentials of '{credential.Name}' have several fields. Say by 'field' which is meant: {string.Join(", ", credential.Fields)}."));
        var sealedRow = (await CredentialStore.SealedAsync(session, [credential.Name], cancellationToken)).FirstOrDefault(found => found.Id == credential.Id)
            ?? throw ProblemException.Forbidden("You may not use credentials in this workspace.");
        var value = await vault.OpenAsync(caller.WorkspaceId!.Value, sealedRow, field, cancellationToken)
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

    private async Task<(CredentialView View, bool IsNew)> SaveAsync(
        HubSession session, Caller caller, CredentialChange change, HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            CredentialWriter.Check(change);
            using var store = await shared.OpenAsync(session, cancellationToken);
            if (store is not null && !change.IsOfProvider && await IsOfStoreAsync(session, store, change, cancellationToken))
                return await SharedCredentials.SaveAsync(session, caller, store, change, context, cancellationToken);
            var (credential, isNew) = await writer.SaveAsync(session, caller, change, context, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return (CredentialView.Of(credential), isNew);
        }
        finally
        {
            foreach (var value in change.Fields?.Values ?? []) value.Dispose();
        }
    }

    /// <summary>Meant is the workspace's: by name, or because there is none of one's own and the store has it.</summary>
    private static async Task<bool> IsOfStoreAsync(HubSession session, ISecretStore store, CredentialChange change, CancellationToken cancellationToken)
    {
        if (change.Scope is { } scope) return scope == CredentialScope.Workspace;
        return (await CredentialStore.FindAsync(session, change.Name, cancellationToken)).All(row => row.UserId is null)
            && await SharedCredentials.FindAsync(store, change.Name, cancellationToken) is not null;
    }

    private static IResult Saved((CredentialView View, bool IsNew) saved) => saved.IsNew
        ? TypedResults.Created($"/api/credentials/{Uri.EscapeDataString(saved.View.Name)}", saved.View)
        : TypedResults.Ok(saved.View);

    /// <summary>The row of the scope; without one, the one that a reference would find. Null when the database has none that counts.</summary>
    private static async Task<Credential?> FindRowAsync(HubSession session, string name, string? scope, ISecretStore? store, CancellationToken cancellationToken)
    {
        var asked = ScopeOf(scope);
        return (await CredentialStore.FindAsync(session, NameOf(name), cancellationToken)).FirstOrDefault(found =>
            (asked is null || found.Scope == asked) && (store is null || found.UserId is not null || found.IsOfProvider));
    }

    private static bool IsShared(string? scope, ISecretStore? store) => store is not null && ScopeOf(scope) != CredentialScope.User;

    private static ProblemException NotThere(string name) =>
        ProblemException.NotFound($"There is no credential '{(name.Length <= 128 ? name : name[..128])}' that you can see.");

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
