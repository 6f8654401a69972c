using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>
/// What one attempt tells, masked and brought to the journal, until the attempt is over: what an abandoned call tells later goes nowhere. When the journal is lost,
/// the call is stopped.
/// </summary>
internal sealed class StepLog(Execution execution, StepAttempt attempt) : IStepLog, IDisposable
{
    private readonly CancellationTokenSource lost = new();
    private volatile JournalLostException? loss;
    private volatile bool isClosed;

    public CancellationToken Lost => lost.Token;

    public void Write(StepLogLevel level, string message, JsonElement? fields = null)
    {
        var redactor = execution.Redactor;
        Tell(journal => journal.Write(new ExecutionLogLine
        {
            Time = execution.Clock.GetUtcNow(),
            Level = level,
            StepPath = attempt.StepPath,
            Attempt = attempt.Attempt,
            Message = redactor.Text(message),
            Fields = fields is { } value ? redactor.Json(value) : null,
        }));
    }

    public void Report(JsonElement progress) => Tell(journal => journal.Report(attempt.StepPath, execution.Redactor.Json(progress)));

    public void ThrowIfLost()
    {
        if (loss is { } exception)
        {
            throw new JournalLostException(exception.Message);
        }
    }

    public void Dispose() => isClosed = true;

    private void Tell(Action<IExecutionJournal> tell)
    {
        if (isClosed)
        {
            return;
        }

        try
        {
            tell(execution.Journal);
        }
        catch (JournalLostException exception)
        {
            loss = exception;
            lost.Cancel();
            throw;
        }
    }
}
