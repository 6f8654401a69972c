using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>
/// Looks up, before the first step, every credential that the plan and the endpoints it names refer to: a plan never begins that cannot get them all. An address made
/// out of a step's output is not known then; its credentials are looked up when the step runs. When they are not to be had, that is on record, and what the plan does on
/// a failure still runs with its own.
/// </summary>
internal sealed class SecretsAtBeginning(Execution execution)
{
    /// <summary>In records, the place of what happens before the first step.</summary>
    private const string Path = "secrets";

    private PlanRun Run => execution.Run;

    /// <summary>Why they are not to be had; null when they are.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>Gives the execution its credentials. Dispose of the answer after the run.</summary>
    public async Task<IDisposable?> ResolveAsync(CancellationToken cancellationToken)
    {
        if (execution.TakeRecorded(Path).LastOrDefault() is { Error: { } before } recorded)
        {
            Failure = new Failure(Path, null, before, recorded.StartedAt);
            return await ResolveForFailureAsync(cancellationToken);
        }

        var (secrets, problem) = await ResolveAsync(execution.Plan.AllSteps, cancellationToken);
        if (secrets is not null)
        {
            return Use(secrets);
        }

        var now = execution.Clock.GetUtcNow();
        Failure = new Failure(Path, null, problem!, now);
        execution.Journal.Write(new() { Time = now, Level = StepLogLevel.Error, Message = $"The execution cannot begin: {problem!.Message}" });
        if (execution.Plan.OnFailure is null || cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        await execution.Journal.RecordAsync(
            new StepAttempt { StepPath = Path, Use = Path, Attempt = 1, Status = StepStatus.Failed, StartedAt = now, EndedAt = now, Message = problem.Message, Error = problem },
            Durability.Now, CancellationToken.None);
        return await ResolveForFailureAsync(cancellationToken);
    }

    private async Task<IDisposable?> ResolveForFailureAsync(CancellationToken cancellationToken)
    {
        var (secrets, problem) = await ResolveAsync(execution.Plan.OnFailure?.All ?? [], cancellationToken);
        if (problem is not null)
        {
            execution.Journal.Write(new()
            {
                Time = execution.Clock.GetUtcNow(),
                Level = StepLogLevel.Error,
                Message = $"What the plan does on a failure may not have what it needs either: {problem.Message}",
            });
        }

        return secrets is null ? null : Use(secrets);
    }

    private ResolvedSecrets Use(ResolvedSecrets secrets)
    {
        execution.Secrets = new RedactingSecrets(secrets, execution.Redactor);
        return secrets;
    }

    /// <summary>The credentials, or why they are not to be had.</summary>
    private async ValueTask<(ResolvedSecrets? Secrets, ProviderError? Problem)> ResolveAsync(IEnumerable<CompiledStep> steps, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return (await ResolvedSecrets.ResolveAsync(await FindUsesAsync(steps, cancellationToken), Run.Secrets, cancellationToken), null);
            }
            catch (SecretStoreException failed) when (failed.IsTransient && failures < RetryPolicy.Default.Attempts)
            {
                await Task.Delay(RetryPolicy.Default.WaitAfter(failures, (execution.Chance ?? Random.Shared.NextDouble)(), retryAfter: null), execution.Clock, cancellationToken);
            }
            catch (Exception failed) when (failed is not JournalLostException)
            {
                return (null, ProviderFailure.Describe(failed, cancellationToken.IsCancellationRequested));
            }
        }
    }

    private async ValueTask<IReadOnlyCollection<SecretUse>> FindUsesAsync(IEnumerable<CompiledStep> steps, CancellationToken cancellationToken)
    {
        List<SecretUse> uses = [];
        foreach (var step in steps)
        {
            uses.AddRange(step.SecretUses.Select(use => use with { Place = PlaceOf(use.Place) }));
            foreach (var (template, path) in step.Addresses)
            {
                if (FindAddress(template) is { } address)
                {
                    uses.AddRange((await Run.Endpoints.FindSecretsAsync(address, cancellationToken)).Select(name => new SecretUse(name, $"the endpoint '{address}', {PlaceOf(path)}")));
                }
            }
        }

        return uses;
    }

    private string PlaceOf(string path) => Run.PlaceOf?.Invoke(path) ?? path;

    /// <summary>Null when only a step's output tells it.</summary>
    private string? FindAddress(Template template)
    {
        try
        {
            return Scalars.Convert(SettingType.Address, template.Evaluate(new RunScope(execution, execution.Root, 0, execution.Clock.GetUtcNow())))?.GetString();
        }
        catch (ExpressionException)
        {
            return null;
        }
    }
}
