using Gantry.Engine.Plans.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Plans;

/// <summary>
/// Looks up, before the first step, every credential that the plan and the endpoints it names refer to: a plan never begins that cannot get them all. An address made
/// out of a step's output is not known then; its credentials are looked up when the step runs.
/// </summary>
internal sealed class PlanSecrets(PlanRun run, CompiledPlan plan, IExecutionJournal journal, TimeProvider clock, Func<double> chance)
{
    /// <summary>The credentials, or why they are not to be had.</summary>
    public async ValueTask<(ResolvedSecrets? Secrets, ProviderError? Problem)> ResolveAsync(CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return (await ResolvedSecrets.ResolveAsync(await FindUsesAsync(cancellationToken), run.Secrets, cancellationToken), null);
            }
            catch (SecretStoreException failed) when (failed.IsTransient && failures < RetryPolicy.Default.Attempts)
            {
                await Task.Delay(RetryPolicy.Default.WaitAfter(failures, chance(), retryAfter: null), clock, cancellationToken);
            }
            catch (Exception failed)
            {
                var problem = ProviderFailure.Describe(failed, cancellationToken.IsCancellationRequested);
                journal.Write(new() { Time = clock.GetUtcNow(), Level = StepLogLevel.Error, Message = $"The execution cannot begin: {problem.Message}" });
                return (null, problem);
            }
        }
    }

    private async ValueTask<IReadOnlyCollection<SecretUse>> FindUsesAsync(CancellationToken cancellationToken)
    {
        var execution = new Execution(run, plan, journal);
        List<SecretUse> uses = [];
        foreach (var step in plan.Steps)
        {
            uses.AddRange(step.SecretUses.Select(use => use with { Place = PlaceOf(use.Place) }));
            foreach (var (template, path) in step.Addresses)
            {
                if (FindAddress(execution, step, template) is { } address)
                {
                    uses.AddRange((await run.Endpoints.FindSecretsAsync(address, cancellationToken)).Select(name => new SecretUse(name, $"the endpoint '{address}', {PlaceOf(path)}")));
                }
            }
        }

        return uses;
    }

    private string PlaceOf(string path) => run.PlaceOf?.Invoke(path) ?? path;

    /// <summary>Null when only a step's output tells it.</summary>
    private string? FindAddress(Execution execution, CompiledStep step, Template template)
    {
        try
        {
            return Settings.Scalars.Convert(Settings.SettingType.Address, template.Evaluate(new RunScope(execution, step, clock.GetUtcNow())))?.GetString();
        }
        catch (ExpressionException)
        {
            return null;
        }
    }
}
