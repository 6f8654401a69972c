using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>
/// Finds the plans that are named by starts. Those who ask while the database is being asked for the same person are answered by one next
/// look, which begins after each of them has asked: nothing is remembered, and row security decides every time.
/// </summary>
internal sealed class PlanFinder(HubDatabase database)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Actor, List<Question>> waiting = [];

    /// <summary>By id or by name; null when there is none that the actor sees.</summary>
    public Task<SavedPlanRow?> FindAsync(Actor actor, string plan, CancellationToken cancellationToken)
    {
        var question = new Question(plan);
        lock (gate)
        {
            if (waiting.TryGetValue(actor, out var next))
            {
                next.Add(question);
            }
            else
            {
                waiting[actor] = [];
                _ = Task.Run(() => AnswerAllAsync(actor, [question]), CancellationToken.None);
            }
        }

        return question.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AnswerAllAsync(Actor actor, List<Question> questions)
    {
        while (true)
        {
            await AnswerAsync(actor, questions);
            lock (gate)
            {
                questions = waiting[actor];
                if (questions.Count == 0)
                {
                    waiting.Remove(actor);
                    return;
                }

                waiting[actor] = [];
            }
        }
    }

    // Whatever goes wrong is each asker's answer.
    private async Task AnswerAsync(Actor actor, List<Question> questions)
    {
        try
        {
            IReadOnlyList<SavedPlanRow> found;
            await using (var session = await database.OpenAsync(actor, CancellationToken.None))
            {
                var plans = questions.Select(question => question.Plan).Distinct(StringComparer.Ordinal).ToList();
                found = await PlanStore.FindAllAsync(session, plans, CancellationToken.None);
            }

            foreach (var question in questions)
                question.Answer.TrySetResult(PlanStore.Named(found, question.Plan));
        }
        catch (Exception failure)
        {
            foreach (var question in questions)
                question.Answer.TrySetException(failure);
        }
    }

    private sealed record Question(string Plan)
    {
        public TaskCompletionSource<SavedPlanRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
