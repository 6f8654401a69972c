using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Endpoints;
using Gantry.Cli.Executions;
using Gantry.Cli.Providers;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Programs;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;
using Gantry.Plugins;

namespace Gantry.Cli.Plans;

/// <summary>One execution in this process. A plan that it calls is a file beside its own, and runs here too.</summary>
internal sealed class LocalExecution : IJournalListener
{
    private const int DepthMax = 32;

    private readonly PlanFile file;
    private readonly Plan plan;
    private readonly JsonElement inputs;
    private readonly EndpointContext context;
    private readonly Redactor redactor;
    private readonly ExecutionPrinter? printer;
    private readonly TerminalAnswers answers;
    private readonly Guid id;
    private readonly int depth;
    private readonly Signals signals = new();
    private readonly FolderFiles files;
    private readonly ConcurrentDictionary<Guid, (Task Run, CancellationTokenSource Stop)> called = [];
    private CancellationToken stopping;

    public LocalExecution(
        PlanFile file, Plan plan, JsonElement inputs, EndpointContext context, Redactor redactor, ExecutionPrinter? printer, TerminalAnswers answers, FolderFiles files, Guid? id = null, int depth = 0)
    {
        (this.file, this.plan, this.inputs, this.context, this.redactor, this.printer, this.answers) = (file, plan, inputs, context, redactor, printer, answers);
        (this.files, this.id, this.depth) = (files, id ?? Guid.CreateVersion7(), depth);
        Journal = new MemoryJournal(this) { StartCall = StartCallAsync, KeepsLines = false };
    }

    public MemoryJournal Journal { get; }

    /// <summary>Ends when it has ended, and all that it called as well.</summary>
    public async Task<PlanOutcome> RunAsync(CancellationToken cancellationToken)
    {
        stopping = cancellationToken;
        var outcome = await new PlanRunner(UserProviders.Catalog, TimeProvider.System).RunAsync(
            new PlanRun
            {
                ExecutionId = id,
                Manifests = new MemoryManifests(id),
                Files = files,
                Plan = plan,
                Inputs = inputs,
                Signals = signals,
                Secrets = context.Secrets,
                PlaceOf = file.PlaceOf,
                Redactor = redactor,
                Endpoints = new UserEndpointOpener(AllPlugins.Endpoints, context with { Secrets = new RedactingSecrets(context.Secrets, redactor) }),
                EgressAllowed = ["*"],
                ProgramsAllowed = ReadPrograms(),
                Environment = PlanEnvironment.ForCommandLine(),
                Tokens = UserTokens.Shared,
            },
            Journal,
            cancellationToken);
        await Task.WhenAll(called.Values.Select(call => call.Run));
        return outcome;
    }

    private static IReadOnlyList<string> ReadPrograms()
    {
        try
        {
            return ProgramsAllowed.Parse(Environment.GetEnvironmentVariable(ProgramsAllowed.Variable));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"The variable {ProgramsAllowed.Variable}: {exception.Message}");
        }
    }

    public void Recorded(StepAttempt attempt)
    {
        printer?.Recorded(attempt);
        if (attempt is { Status: StepStatus.Waiting, Wait: { Kind: WaitKind.Approval or WaitKind.Event } wait })
        {
            answers.Ask(wait, signals);
        }
        else if (attempt is { Status: StepStatus.Failed or StepStatus.Cancelled, Call: { IsAwaited: true } call } && called.TryGetValue(call.ExecutionId, out var running))
        {
            _ = running.Stop.CancelAsync();
        }
    }

    public void Wrote(ExecutionLogLine line) => printer?.Wrote(depth == 0 ? line : line with { Message = $"{plan.Name}: {line.Message}" });

    public void Reported(string stepPath, JsonElement progress) => printer?.Reported(stepPath, progress);

    private Task StartCallAsync(string stepPath, PlanCall call)
    {
        if (depth >= DepthMax)
        {
            throw Refused($"The plan '{call.Plan}' is not started: {DepthMax} plans have called one another already.");
        }

        if (file.FindCalled(call.Plan) is not { } calledFile)
        {
            throw Refused($"There is no plan '{call.Plan}' to call: without a hub it is a file {call.Plan}.yaml, {call.Plan}.yml or {call.Plan}.json beside the plan that calls it.");
        }

        var (calledPlan, values) = Check(calledFile, call);
        LocalExecution execution = new(calledFile, calledPlan with { Name = calledPlan.Name ?? call.Plan }, values, context, redactor, printer, answers, files, call.ExecutionId, depth + 1);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        called[call.ExecutionId] = (RunCalledAsync(execution, stepPath, call, stop), stop);
        return Task.CompletedTask;
    }

    private async Task RunCalledAsync(LocalExecution execution, string stepPath, PlanCall call, CancellationTokenSource stop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var outcome = await execution.RunAsync(stop.Token);
        if (call.IsAwaited)
        {
            signals.Add(Signal.CallEnded(stepPath, call.ExecutionId, outcome.Status, outcome.Output, outcome.Error, TimeProvider.System.GetUtcNow()));
        }
    }

    private static (Plan Plan, JsonElement Inputs) Check(PlanFile file, PlanCall call)
    {
        Plan plan;
        try
        {
            plan = file.Check(UserProviders.Catalog);
        }
        catch (CommandException wrong)
        {
            throw Refused($"The plan '{call.Plan}' cannot be called. {wrong.Message}");
        }

        List<SettingFinding> findings = [];
        var inputs = PlanInputs.Complete(plan, call.Inputs, findings);
        return findings.Count == 0
            ? (plan, inputs)
            : throw Refused($"The plan '{call.Plan}' cannot be called so: {string.Join(" ", findings.Select(finding => finding.Message))}");
    }

    private static CallRefusedException Refused(string message) => new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = message });
}
