using Dapper;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>A webhook as it stands now.</summary>
internal sealed record FoundWebhook : TriggerContext
{
    public bool IsPaused { get; init; }

    /// <summary>Which question it answers, counted from 1.</summary>
    public int Place { get; init; }
}

/// <summary>Finds the webhooks that are called, many by one look: a plan's newest version and its end count at once.</summary>
internal sealed class WebhookFinder
{
    private readonly NpgsqlDataSource database;
    private readonly GatheredQuestions<ValueTuple, Question, FoundWebhook?> questions;

    public WebhookFinder(NpgsqlDataSource database)
    {
        this.database = database;
        questions = new((_, asked) => FindAllAsync(asked));
    }

    /// <summary>Null when the workspace has none of this path and verb, or there is no such workspace.</summary>
    public Task<FoundWebhook?> FindAsync(string workspace, string path, string verb, CancellationToken cancellationToken) =>
        questions.AskAsync(default, new Question(workspace, path, verb), cancellationToken);

    private async Task<IReadOnlyList<FoundWebhook?>> FindAllAsync(IReadOnlyList<Question> asked)
    {
        await using var connection = await database.OpenConnectionAsync();
        var webhooks = await connection.QueryAsync<FoundWebhook>(
            "select *, 'webhook' as kind from find_webhooks(@workspaces, @paths, @verbs)",
            new
            {
                workspaces = asked.Select(question => question.Workspace).ToArray(),
                paths = asked.Select(question => question.Path).ToArray(),
                verbs = asked.Select(question => question.Verb).ToArray(),
            });
        var found = new FoundWebhook?[asked.Count];
        foreach (var webhook in webhooks)
            found[webhook.Place - 1] = webhook;
        return found;
    }

    private sealed record Question(string Workspace, string Path, string Verb);
}
