using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>What is to be stored, checked; null means that it stays as it is.</summary>
internal sealed record CredentialChange
{
    public required string Name { get; init; }

    public string? Provider { get; init; }

    /// <inheritdoc cref="Credential.IsOfProvider"/>
    public bool IsOfProvider => Provider == Name;

    /// <summary>All fields there are to be.</summary>
    public IReadOnlyDictionary<string, GivenValue>? Fields { get; init; }

    public string? Website { get; init; }

    public string? Type { get; init; }

    public CredentialScope? Scope { get; init; }

    public string[]? AllowedHosts { get; init; }

    /// <summary>The version that it must still have.</summary>
    public string? Version { get; init; }

    public bool MustBeNew { get; init; }
}

/// <summary>
/// Stores and removes credentials, each change with its entry in the audit log in the same session. One's own are changed by nobody else; the workspace's by
/// its editors and owners.
/// </summary>
internal sealed class CredentialWriter(CredentialVault vault, TimeProvider clock)
{
    /// <summary>Stores it, or changes the one that is there. Whoever gave the values wipes them.</summary>
    public async Task<(Credential Credential, bool IsNew)> SaveAsync(
        HubSession session, Caller caller, CredentialChange change, HttpContext context, CancellationToken cancellationToken)
    {
        Check(change);
        var present = await PresentAsync(session, change, cancellationToken);
        return present is null
            ? (await AddAsync(session, caller, change, context, cancellationToken), true)
            : (await ChangeAsync(session, caller, present, change, context, cancellationToken), false);
    }

    public async Task DeleteAsync(HubSession session, Caller caller, Credential credential, HttpContext context, CancellationToken cancellationToken)
    {
        RequireRight(caller, credential.Scope);
        await CredentialStore.DeleteAsync(session, credential.Id, cancellationToken);
        await AuditLog.AppendAsync(session, context, "credential.deleted", credential.Name, new { credential.Scope }, cancellationToken);
    }

    private async Task<Credential> AddAsync(HubSession session, Caller caller, CredentialChange change, HttpContext context, CancellationToken cancellationToken)
    {
        if (change.Version is not null) throw ProblemException.Conflict($"There is no credential '{change.Name}' any more that could have that version.");
        if (change.Fields is not { } fields) throw ProblemException.Invalid($"There is no credential '{change.Name}' yet, so it needs {(change.IsOfProvider ? "'fields'" : "a 'value'")}.");
        var scope = change.Scope ?? CredentialScope.User;
        RequireRight(caller, scope);
        var credential = new Credential
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            UserId = scope == CredentialScope.User ? caller.UserId : null,
            Name = change.Name,
            Website = change.Website,
            Type = change.Type,
            Provider = change.Provider,
            Fields = [.. fields.Keys.Order(StringComparer.Ordinal)],
            AllowedHosts = change.AllowedHosts ?? [],
            Version = 1,
        };
        var values = ValuesOf(credential, fields);
        var isAdded = await vault.AddAsync(session, credential, values, cancellationToken);
        CredentialVault.Wipe(values);
        if (!isAdded) throw ProblemException.Conflict($"Somebody else has just stored a credential '{change.Name}'.");
        await AuditLog.AppendAsync(session, context, "credential.created", credential.Name, Details(credential), cancellationToken);
        return await StoredAsync(session, credential, cancellationToken);
    }

    private async Task<Credential> ChangeAsync(
        HubSession session, Caller caller, Credential present, CredentialChange change, HttpContext context, CancellationToken cancellationToken)
    {
        if (change.MustBeNew) throw ProblemException.Conflict($"There is a credential '{change.Name}' already. Change it with PUT.");
        if (present.IsOfProvider != change.IsOfProvider)
            throw ProblemException.Conflict($"'{present.Name}' is {(present.IsOfProvider ? "a provider's credentials" : "a credential of one value")}, which is changed by its own route.");
        if (change.Version is { } version && version != CredentialView.Of(present).Version)
            throw ProblemException.Conflict($"The credential '{present.Name}' has the version {present.Version} by now, not {version}. Look at it again before changing it.");
        RequireRight(caller, present.Scope);
        var credential = present with
        {
            Website = change.Website ?? present.Website,
            Type = change.Type ?? present.Type,
            Fields = change.Fields is null ? present.Fields : [.. change.Fields.Keys.Order(StringComparer.Ordinal)],
            AllowedHosts = change.AllowedHosts ?? present.AllowedHosts,
            Version = present.Version + 1,
        };
        var values = change.Fields is null ? await OpenAllAsync(session, present, cancellationToken) : ValuesOf(credential, change.Fields);
        var isChanged = await vault.ChangeAsync(session, credential, values, cancellationToken);
        CredentialVault.Wipe(values);
        if (!isChanged) throw ChangedMeanwhile(present.Name);
        await AuditLog.AppendAsync(session, context, "credential.changed", credential.Name, Details(credential), cancellationToken);
        return await StoredAsync(session, credential, cancellationToken);
    }

    /// <summary>The one that the change is about: of its scope if it says one, else the one that a reference would find.</summary>
    private static async Task<Credential?> PresentAsync(HubSession session, CredentialChange change, CancellationToken cancellationToken)
    {
        var found = await CredentialStore.FindAsync(session, change.Name, cancellationToken);
        return change.Scope is { } scope ? found.FirstOrDefault(credential => credential.Scope == scope) : found.FirstOrDefault();
    }

    /// <summary>With the database's times.</summary>
    private static async Task<Credential> StoredAsync(HubSession session, Credential credential, CancellationToken cancellationToken) =>
        (await CredentialStore.FindAsync(session, credential.Name, cancellationToken)).First(found => found.Id == credential.Id);

    private async Task<List<byte[]>> OpenAllAsync(HubSession session, Credential present, CancellationToken cancellationToken)
    {
        var row = (await CredentialStore.SealedAsync(session, [present.Name], cancellationToken)).FirstOrDefault(row => row.Id == present.Id && row.Version == present.Version)
            ?? throw ChangedMeanwhile(present.Name);
        List<byte[]> values = [];
        foreach (var field in row.Fields)
            values.Add((await vault.OpenAsync(session.Actor.WorkspaceId!.Value, row, field, cancellationToken))!);
        return values;
    }

    private static List<byte[]> ValuesOf(Credential credential, IReadOnlyDictionary<string, GivenValue> given) =>
        [.. credential.Fields.Select(field => given[field].Bytes.ToArray())];

    /// <summary>Refuses values that nobody could use.</summary>
    public static void Check(CredentialChange change)
    {
        foreach (var (field, value) in change.Fields ?? new Dictionary<string, GivenValue>(StringComparer.Ordinal))
        {
            using var secret = new Secret(value.Bytes);
            if (SecretRules.Problem(secret) is { } problem) throw ProblemException.Invalid($"The field '{field}' of the credential '{change.Name}' cannot be stored: {problem}");
        }
    }

    public static void RequireRight(Caller caller, CredentialScope scope)
    {
        if (scope == CredentialScope.Workspace && caller.Role < WorkspaceRole.Editor)
            throw ProblemException.Forbidden("Credentials of the workspace are changed by its editors and owners. Store one of your own with the scope 'user'.");
    }

    private static ProblemException ChangedMeanwhile(string name) =>
        ProblemException.Conflict($"Somebody else has just changed the credential '{name}'. Look at it again before changing it.");

    private static object Details(Credential credential) => new { credential.Scope, credential.Fields, credential.Version, credential.AllowedHosts };
}
