namespace Gantry.Engine.Work;

/// <summary>A message says only "look at execution N"; the database is the truth.</summary>
public sealed record WorkItem(Guid ExecutionId);
