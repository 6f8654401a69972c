using Dapper;
using Npgsql;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>A webhook as it stands now.</summary>
internal sealed record FoundWebhook : TriggerContext
{
    public bool IsPaused { get; init; }

    /// <summary>Which question it answers.</summary>
    public int Place { get; init; }
}

/// <summary>
/// Finds the webhooks that are called. Calls that come while the database is being asked are answered by one next look, which begins after each of them has come: nothing is
/// remembered, so that a plan's newest version and its end count at once.
/// </summary>
internal sealed class WebhookFinder(NpgsqlDataSource database)
{
    private readonly Lock gate = new();
    private List<Question> waiting = [];
    private bool isAsking;

    /// <summary>Null when the workspace has none of this path and verb, or there is no such workspace.</summary>
    public Task<FoundWebhook?> FindAsync(string workspace, string path, string verb, CancellationToken cancellationToken)
    {
        var question = new Question(workspace, path, verb);
        lock (gate)
        {
            waiting.Add(question);
            if (!isAsking)
            {
                isAsking = true;
                _ = Task.Run(AnswerAllAsync, CancellationToken.None);
            }
        }

        return question.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AnswerAllAsync()
    {
        while (true)
        {
            List<Question> questions;
            lock (gate)
            {
                (questions, waiting) = (waiting, []);
                if (questions.Count == 0)
                {
                    isAsking = false;
                    return;
                }
            }

            await AnswerAsync(questions);
        }
    }

    // Whatever goes wrong is each caller's answer.
    private async Task AnswerAsync(List<Question> questions)
    {
        try
        {
            var found = new FoundWebhook?[questions.Count];
            foreach (var webhook in await AskAsync(questions))
                found[webhook.Place - 1] = webhook;
            for (var i = 0; i < found.Length; i++)
                questions[i].Answer.TrySetResult(found[i]);
        }
        catch (Exception failure)
        {
            foreach (var question in questions)
                question.Answer.TrySetException(failure);
        }
    }

    private async Task<IEnumerable<FoundWebhook>> AskAsync(List<Question> questions)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QueryAsync<FoundWebhook>(
            "select *, 'webhook' as kind from find_webhooks(@workspaces, @paths, @verbs)",
            new
            {
                workspaces = questions.Select(question => question.Workspace).ToArray(),
                paths = questions.Select(question => question.Path).ToArray(),
                verbs = questions.Select(question => question.Verb).ToArray(),
            });
    }

    private sealed record Question(string Workspace, string Path, string Verb)
    {
        public TaskCompletionSource<FoundWebhook?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
