namespace Gantry.Hub.Database;

/// <summary>
/// Answers many who ask by few looks at the database: those who ask while it is being asked for the same group are answered by one next look, which begins after each of
/// them has asked. Nothing is remembered.
/// </summary>
/// <param name="answerAsync">Answers questions of one group, each in its place. What it throws is each asker's answer.</param>
internal sealed class GatheredQuestions<TGroup, TQuestion, TAnswer>(Func<TGroup, IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> answerAsync)
    where TGroup : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TGroup, List<Asker>> waiting = [];

    public Task<TAnswer> AskAsync(TGroup group, TQuestion question, CancellationToken cancellationToken)
    {
        var asker = new Asker(question);
        lock (gate)
        {
            if (waiting.TryGetValue(group, out var next))
            {
                next.Add(asker);
            }
            else
            {
                waiting[group] = [];
                _ = Task.Run(() => AnswerAllAsync(group, [asker]), CancellationToken.None);
            }
        }

        return asker.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AnswerAllAsync(TGroup group, List<Asker> askers)
    {
        while (true)
        {
            await AnswerAsync(group, askers);
            lock (gate)
            {
                askers = waiting[group];
                if (askers.Count == 0)
                {
                    waiting.Remove(group);
                    return;
                }

                waiting[group] = [];
            }
        }
    }

    // Whatever goes wrong is each asker's answer.
    private async Task AnswerAsync(TGroup group, List<Asker> askers)
    {
        try
        {
            var answers = await answerAsync(group, [.. askers.Select(asker => asker.Question)]);
            foreach (var (asker, answer) in askers.Zip(answers))
                asker.Answer.TrySetResult(answer);
        }
        catch (Exception failure)
        {
            foreach (var asker in askers)
                asker.Answer.TrySetException(failure);
        }
    }

    private sealed record Asker(TQuestion Question)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
