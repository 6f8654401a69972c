using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Planner;

/// <summary>Drafts of the session's workspace.</summary>
internal static class DraftStore
{
    private const string Columns = "d.id, d.prompt, d.provider, d.model, d.plan, d.answer::text as answer, d.tokens, d.cost, d.created_at, d.approved_at, d.plan_id, u.name as user";

    public static Task AddAsync(HubSession session, Draft draft, CancellationToken cancellationToken) => session.ExecuteAsync("""
        insert into ai_drafts (workspace_id, id, user_id, prompt, provider, model, plan, answer, tokens, cost)
        values (current_workspace_id(), @Id, current_user_id(), @Prompt, @Provider, @Model, @Plan, @answer::jsonb, @Tokens, @Cost)
        """, new { draft.Id, draft.Prompt, draft.Provider, draft.Model, draft.Plan, answer = draft.AnswerJson(), draft.Tokens, draft.Cost }, cancellationToken);

    /// <summary>The newest first, from behind an id on.</summary>
    public static async Task<IReadOnlyList<DraftView>> ListAsync(HubSession session, Guid? after, int count, CancellationToken cancellationToken) =>
    [
        .. (await session.QueryAsync<Row>($"""
            select {Columns} from ai_drafts d left join users u on u.id = d.user_id
            where d.workspace_id = current_workspace_id() and (@after::uuid is null or d.id < @after) order by d.id desc limit @count
            """, new { after, count }, cancellationToken)).Select(row => row.ToView()),
    ];

    /// <summary>Null when there is none that the session sees.</summary>
    public static async Task<DraftView?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        (await session.FindAsync<Row>($"select {Columns} from ai_drafts d left join users u on u.id = d.user_id where d.workspace_id = current_workspace_id() and d.id = @id",
            new { id }, cancellationToken))?.ToView();

    /// <summary>False when it was approved already.</summary>
    public static async Task<bool> ApproveAsync(HubSession session, Guid id, Guid planId, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("update ai_drafts set approved_at = now(), plan_id = @planId where workspace_id = current_workspace_id() and id = @id and approved_at is null",
            new { id, planId }, cancellationToken) == 1;

    /// <summary>False when there is none that the session may delete.</summary>
    public static async Task<bool> DeleteAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("delete from ai_drafts where workspace_id = current_workspace_id() and id = @id", new { id }, cancellationToken) == 1;

    private sealed record Row
    {
        public Guid Id { get; init; }

        public string Prompt { get; init; } = "";

        public string Provider { get; init; } = "";

        public string Model { get; init; } = "";

        public string? Plan { get; init; }

        public string Answer { get; init; } = "";

        public long Tokens { get; init; }

        public decimal? Cost { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? ApprovedAt { get; init; }

        public Guid? PlanId { get; init; }

        public string? User { get; init; }

        public DraftView ToView()
        {
            var answer = JsonSerializer.Deserialize<StoredAnswer>(Answer, HubJson.Options)!;
            return new DraftView(Id, Prompt, Provider, Model, User, Plan, answer.Steps, answer.Uses, answer.Connections, answer.Missing, answer.Findings, answer.StartsByItself,
                Tokens, Cost, CreatedAt, ApprovedAt, PlanId);
        }
    }
}

/// <summary>A draft as the API shows it.</summary>
/// <param name="Draft">Its id.</param>
/// <param name="Prompt">What was wished for.</param>
/// <param name="Provider">Which AI drafted.</param>
/// <param name="Model">Which model.</param>
/// <param name="User">Who asked; null when that user is gone.</param>
/// <param name="Plan">The plan as YAML; null when no answer held one.</param>
/// <param name="Steps">What the AI says that each step does.</param>
/// <param name="Uses">The actions that the plan names, read from the plan itself.</param>
/// <param name="Connections">The credentials that the plan names, read from the plan itself.</param>
/// <param name="Missing">What is to be set up or said before the plan can do its work.</param>
/// <param name="Findings">What is wrong with the plan; it can be approved when nothing is.</param>
/// <param name="StartsByItself">Once saved, something starts it: its 'on'.</param>
/// <param name="Tokens">What the AI used, as far as it says.</param>
/// <param name="Cost">What it cost, where the vendor says it.</param>
/// <param name="PlanId">The plan that was made of it; null when none was.</param>
internal sealed record DraftView(
    Guid Draft, string Prompt, string Provider, string Model, string? User, string? Plan, IReadOnlyList<string> Steps, IReadOnlyList<string> Uses,
    IReadOnlyList<DraftConnection> Connections, IReadOnlyList<string> Missing, IReadOnlyList<PlanFinding> Findings, bool StartsByItself, long Tokens, decimal? Cost,
    DateTimeOffset CreatedAt, DateTimeOffset? ApprovedAt, Guid? PlanId);
