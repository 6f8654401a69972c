namespace Gantry.Engine.Work;

/// <summary>
/// Something that happened to an execution: "execution" and "step" are changes of state, "child" is the state of an execution that it called, "log" is a line of its
/// log, "progress" is how a running step gets on.
/// </summary>
/// <param name="ExecutionId">Whose event it is.</param>
/// <param name="Sequence">Counts an execution's kept events from 1; null for what is told as it stands now (why it waits, its children), and for progress.</param>
/// <param name="Type">execution, step, child, log or progress.</param>
/// <param name="Data">A JSON object on one line.</param>
/// <param name="IsFinal">Nothing comes after it.</param>
public sealed record ExecutionEvent(Guid ExecutionId, int? Sequence, string Type, string Data, bool IsFinal = false);
