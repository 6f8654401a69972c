using System.Globalization;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>How much of AIs one execution of a plan may use. The last call of a budget may go beyond it.</summary>
public sealed record PlanBudget
{
    /// <summary>Null means that tokens are not bounded.</summary>
    public long? Tokens { get; init; }

    /// <summary>By what vendors say that their answers cost; null means that it is not bounded.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>What one execution used of its budget, with what earlier runs of it have on record.</summary>
internal sealed class ExecutionBudget : IAiAccount
{
    private readonly Lock gate = new();
    private readonly PlanBudget budget;
    private long tokens;
    private decimal cost;

    public ExecutionBudget(PlanBudget budget, IReadOnlyList<StepAttempt> recorded)
    {
        this.budget = budget;
        foreach (var attempt in recorded)
        {
            if (AiUse.In(attempt.Metadata) is { } used)
            {
                (tokens, cost) = (tokens + used.Tokens, cost + used.Cost);
            }
        }
    }

    public ValueTask<string?> TakeAsync(long tokens, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (this.tokens >= budget.Tokens)
            {
                return ValueTask.FromResult<string?>(
                    $"the budget of {Text(budget.Tokens.Value)} tokens for one execution is used up: {Text(this.tokens)} with what is being asked now. The plan's 'budget' says so");
            }

            if (cost >= budget.Cost)
            {
                return ValueTask.FromResult<string?>($"the budget of {Text(budget.Cost.Value)} for one execution is used up: {Text(cost)} was spent. The plan's 'budget' says so");
            }

            this.tokens += tokens;
            return ValueTask.FromResult<string?>(null);
        }
    }

    public ValueTask SettleAsync(long taken, AiUse used)
    {
        lock (gate)
        {
            tokens += used.Tokens - taken;
            cost += used.Cost;
        }

        return ValueTask.CompletedTask;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
