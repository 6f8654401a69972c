using System.Text.Json;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Vault;

namespace Gantry.Hub.Operations;

/// <summary>What names a credential.</summary>
internal enum CredentialUser
{
    /// <summary>A plan, in its newest version.</summary>
    Plan,

    /// <summary>A transfer template, in its newest version.</summary>
    Template,

    /// <summary>A saved endpoint.</summary>
    Endpoint,

    /// <summary>A connection to a provider, which signs in with it.</summary>
    Connection,

    /// <summary>Whom the workspace tells of ends.</summary>
    Notifications,

    /// <summary>What drafts plans.</summary>
    Planner,

    /// <summary>The store in which the workspace's credentials rest.</summary>
    CredentialStore,
}

/// <summary>Something that names a credential.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The plan's, the template's, the endpoint's or the provider's; null for what there is one of.</param>
internal sealed record CredentialUse(CredentialUser Kind, string? Name);

/// <summary>What names a credential, as far as the caller may see it.</summary>
/// <param name="More">There may be others, which were not looked at.</param>
internal sealed record CredentialUses(IReadOnlyList<CredentialUse> Items, bool More);

/// <summary>
/// Finds what names a credential. The database finds the texts that its name stands in; whether they mean it is read from the texts themselves, as whoever runs them reads
/// them: its name may be a part of another, or stand in a comment.
/// </summary>
internal sealed class CredentialUseFinder(ProviderCatalog providers)
{
    private const int TextsMax = 1_000;

    public async Task<CredentialUses> FindAsync(HubSession session, CredentialView credential, CancellationToken cancellationToken)
    {
        var found = await session.QueryAsync<Candidate>("""
            select * from (
              select case when t.plan_id is null then 'plan' else 'template' end as kind, p.name, v.source as text
              from execution_plans p
              join execution_plan_versions v on v.workspace_id = p.workspace_id and v.plan_id = p.id and v.version = p.version
              left join transfer_templates t on t.workspace_id = p.workspace_id and t.plan_id = p.id and t.version = p.version
              where p.workspace_id = @workspace and p.deleted_at is null
              union all
              select 'endpoint', e.name, e.settings::text from endpoints e where e.workspace_id = @workspace
              union all
              select 'notifications', null, n.rules::text from notification_rules n where n.workspace_id = @workspace and n.plan_id = @everyPlan
              union all
              select 'credential_store', null, s.config::text from credential_stores s where s.workspace_id = @workspace) x
            where strpos(x.text, @prefix) > 0
            order by kind, name limit @count
            """, new { workspace = session.Actor.WorkspaceId, everyPlan = Guid.Empty, prefix = PrefixOf(credential), count = TextsMax + 1 }, cancellationToken);
        var connections = await session.QueryAsync<string>("""
            select c.provider from connections c
            where c.workspace_id = @workspace and c.name = @Name and (c.user_id is not null) = @isOwn order by c.provider limit @count
            """, new { workspace = session.Actor.WorkspaceId, credential.Name, isOwn = credential.Scope == CredentialScope.User, count = TextsMax }, cancellationToken);
        var drafts = await session.QueryAsync<string>(
            "select coalesce(s.connection, s.provider) from ai_settings s where s.workspace_id = @workspace and s.provider is not null",
            new { workspace = session.Actor.WorkspaceId }, cancellationToken);
        return new CredentialUses(
            [
                .. found.Take(TextsMax).Where(candidate => Names(candidate.Text, credential)).Select(candidate => new CredentialUse(candidate.User, candidate.Name)),
                .. connections.Select(provider => new CredentialUse(CredentialUser.Connection, provider)),
                .. drafts.Where(connection => SignsIn(connection, credential)).Select(_ => new CredentialUse(CredentialUser.Planner, null)),
            ], found.Count > TextsMax);
    }

    private bool Names(string text, CredentialView credential)
    {
        try
        {
            return PlanMentions.Of(DocumentReader.Read(text), providers).Any(mention => mention switch
            {
                SecretMention secret => Refers(secret.Name, credential),
                ActionMention { Connection: { } connection } => SignsIn(connection, credential),
                _ => false,
            });
        }
        catch (DocumentException)
        {
            // What cannot be read runs nothing.
            return false;
        }
    }

    /// <summary>By its whole name, or by a provider's and a field's.</summary>
    private static bool Refers(string name, CredentialView credential) =>
        credential.Provider is null ? name == credential.Name
            : name.Length > credential.Name.Length && name[credential.Name.Length] == '.' && name.StartsWith(credential.Name, StringComparison.Ordinal)
                && credential.Fields.Contains(name[(credential.Name.Length + 1)..]);

    /// <summary>A connection takes the fields of one credential, or credentials that are named like its fields.</summary>
    private static bool SignsIn(string connection, CredentialView credential) =>
        connection == credential.Name || (credential.Provider is null && connection == PrefixOf(credential));

    /// <summary>What stands in each text that could mean it: its name, or what is before the last point of it.</summary>
    private static string PrefixOf(CredentialView credential) =>
        credential.Provider is null && credential.Name.LastIndexOf('.') is > 0 and var point ? credential.Name[..point] : credential.Name;

    private sealed record Candidate
    {
        public string Kind { get; init; } = "";

        public string? Name { get; init; }

        public string Text { get; init; } = "";

        public CredentialUser User => JsonSerializer.Deserialize<CredentialUser>($"\"{Kind}\"", Web.HubJson.Options);
    }
}
