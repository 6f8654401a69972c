using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>What executions of the session's workspace move.</summary>
internal static class TransferRecords
{
    /// <summary>Null when it was not asked for as a transfer, or the session sees none of this id.</summary>
    public static async Task<TransferRecord?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<Row>("""
            select t.name, t.mode, t.request, t.template_id, t.retry_of, t.search_text,
                   array(select n.endpoint from transfer_endpoints n where n.workspace_id = t.workspace_id and n.transfer_id = t.id) as endpoints
            from transfers t where t.workspace_id = @workspace and t.id = @id
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);
        return row is null ? null : new TransferRecord
        {
            Name = row.Name,
            Mode = row.Mode,
            Request = row.Request,
            TemplateId = row.TemplateId,
            RetryOf = row.RetryOf,
            SearchText = row.SearchText,
            Endpoints = row.Endpoints,
        };
    }

    private sealed record Row
    {
        public string? Name { get; init; }

        public string Mode { get; init; } = "";

        public string Request { get; init; } = "";

        public Guid? TemplateId { get; init; }

        public Guid? RetryOf { get; init; }

        public string SearchText { get; init; } = "";

        public string[] Endpoints { get; init; } = [];
    }
}
