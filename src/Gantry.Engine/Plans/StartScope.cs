using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What references find before any step has run.</summary>
internal class StartScope(PlanRun run) : Scope
{
    private static readonly string Roots = string.Join(", ", ReferenceCheck.Roots);

    protected PlanRun Run => run;

    protected override Answer FindRoot(Reference reference, out int taken)
    {
        taken = 0;
        switch (reference.Root, reference.Segments)
        {
            case ("input", _):
                return run.Inputs;
            case ("trigger", _):
                return run.Trigger is { } trigger ? trigger : Answer.None("no trigger started this execution.");
            case ("env", [var name, ..]):
                taken = 1;
                return FindVariable(name.Name);
            case (var variable, []) when ReferenceCheck.IsVariable(reference):
                return FindVariable(variable);
            case ("execution", [{ Name: "id" }, ..]):
                taken = 1;
                return Scalars.Text(run.ExecutionId.ToString());
            case ("plan", [{ Name: "name" }, ..]):
                taken = 1;
                return run.Plan.Name is { } planName ? Scalars.Text(planName) : Answer.None("this plan has no name.");
            default:
                return Answer.None($"there is no '{reference}' to refer to here. References begin with {Roots}.");
        }
    }

    private Answer FindVariable(string name) => run.Environment.TryGetValue(name, out var value)
        ? Scalars.Text(value)
        : Answer.None($"there is no variable '{name}' in the environment that plans see.");
}
