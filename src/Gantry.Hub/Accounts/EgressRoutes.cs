using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>What the plans and endpoints of a workspace may reach besides the public internet.</summary>
internal static class EgressRoutes
{
    private const int RulesMax = 200;

    public static void MapEgress(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/egress-rules", ShowAsync).Allow(Access.Viewer)
            .WithSummary("Shows what plans and endpoints of the workspace may reach besides the public internet, as host:port.");
        app.MapPut("/api/egress-rules", ChangeAsync).Allow(Access.Owner)
            .WithSummary("Says what they may reach: {\"rules\": [\"127.0.0.1:9000\", \"files.lan:22\"]}, in place of the rules there were.");
    }

    private static async Task<Egress> ShowAsync(Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return new Egress(await EgressRuleStore.ListAsync(session, cancellationToken));
    }

    private static async Task<Egress> ChangeAsync(
        HttpContext context, Caller caller, Egress request, HubDatabase database, WorkspaceEgress egress, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> rules = [.. request.Rules.Select(Check).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (rules.Count > RulesMax) throw ProblemException.Invalid($"A workspace has at most {RulesMax} rules for requests out.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await EgressRuleStore.ReplaceAsync(session, rules, cancellationToken);
        await AuditLog.AppendAsync(session, context, "egress_rules.changed", caller.WorkspaceName, new { rules }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        egress.Forget();
        return new Egress(rules);
    }

    private static string Check(string rule)
    {
        try
        {
            return EgressRules.CheckOfWorkspace(rule);
        }
        catch (FormatException wrong)
        {
            throw ProblemException.Invalid(EndpointPath.Printable(wrong.Message));
        }
    }

    /// <param name="Rules">Each as host:port: a name as it is asked for, or an address.</param>
    private sealed record Egress(IReadOnlyList<string> Rules);
}
