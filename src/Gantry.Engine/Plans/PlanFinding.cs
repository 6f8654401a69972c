namespace Gantry.Engine.Plans;

/// <summary>One thing that is wrong with a plan: where it stands, and a sentence on what and how to mend it.</summary>
/// <param name="Path">"steps[0].with.url"; empty for the plan as a whole.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="Message">A sentence.</param>
public sealed record PlanFinding(string Path, int Line, int Column, string Message)
{
    /// <summary>"12:7: steps[0].with.url: …", to be put behind a file's name and a colon.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Line}:{Column}: {Message}" : $"{Line}:{Column}: {Path}: {Message}";
}
