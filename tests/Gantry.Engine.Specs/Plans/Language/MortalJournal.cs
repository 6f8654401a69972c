using System.Text.Json;
using Gantry.Engine.Plans;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>The journal of a process that dies at one of its writes. What was durable then is on record, and nothing else; the next process begins with that.</summary>
internal sealed class MortalJournal
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Path, int Attempt), StepAttempt> durable = [];
    private readonly HashSet<Guid> calls = [];

    /// <summary>What is on record, in no order.</summary>
    public IReadOnlyList<StepAttempt> Record
    {
        get
        {
            lock (gate)
            {
                return [.. durable.Values];
            }
        }
    }

    public int CallsStarted => calls.Count;

    /// <summary>A process whose write number so many is its last, and is durable or not.</summary>
    public Process Start(int writesMax, bool isLastDurable) => new(this, writesMax, isLastDurable);

    internal sealed class Process(MortalJournal record, int writesMax, bool isLastDurable) : IExecutionJournal
    {
        private readonly List<StepAttempt> ahead = [];
        private int writes;

        public bool IsDead { get; private set; }

        public int Writes => writes;

        public async ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken)
        {
            if (attempt.Output is { } output)
            {
                attempt = attempt with { Output = new StepOutput(await output.LoadAsync(cancellationToken)) };
            }

            lock (record.gate)
            {
                if (IsDead)
                {
                    throw new DeadException();
                }

                IsDead = ++writes >= writesMax;
                if (!IsDead || isLastDurable)
                {
                    ahead.Add(attempt);
                    if (durability == Durability.Now)
                    {
                        Settle();
                    }
                }

                if (IsDead)
                {
                    throw new DeadException();
                }
            }
        }

        /// <summary>The outcome is stored, and with it what ran ahead.</summary>
        public void Settle()
        {
            lock (record.gate)
            {
                foreach (var attempt in ahead)
                {
                    if (record.durable.TryGetValue((attempt.StepPath, attempt.Attempt), out var known) && known.Status is not (StepStatus.Running or StepStatus.Waiting or StepStatus.MayHaveRun))
                    {
                        throw new InvalidOperationException($"The final record of {attempt.StepPath} was written twice: {known.Status}, {attempt.Status}.");
                    }

                    if (attempt.Call is { } call && (attempt.Status == StepStatus.Waiting || !call.IsAwaited))
                    {
                        record.calls.Add(call.ExecutionId);
                    }

                    record.durable[(attempt.StepPath, attempt.Attempt)] = attempt;
                }

                ahead.Clear();
            }
        }

        public void Write(ExecutionLogLine line)
        {
        }

        public void Report(string stepPath, JsonElement progress)
        {
        }
    }

    internal sealed class DeadException : Exception;
}
